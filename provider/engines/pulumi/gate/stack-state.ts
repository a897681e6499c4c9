import * as pulumi from "@pulumi/pulumi";
import { type Kind, kinds } from "../../../../schema/resources.ts";
import { typeToken } from "../entry.ts";

/** A resource of mongofed in the state of the stack. */
interface RecordedResource {
  readonly urn: string;
  readonly kind: Kind;
  /** The name in the program that created it. */
  readonly name: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** The resources in the state before this run, or why the engine did not return them. */
export type StackState = { readonly resources: readonly RecordedResource[] } | { readonly trouble: string };

const FUNCTION = "pulumi:pulumi:readStackResourceOutputs";
const ANSWER_MS = 60_000;

const kindsByType = new Map<unknown, Kind>(kinds.map((kind) => [typeToken(kind), kind]));

/**
 * Reads the state through the engine, which never shows it to a provider. The answer has neither ids nor options, and
 * leaves out resources that only wait for their deletion.
 */
export async function readStackState(): Promise<StackState> {
  const stackName = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ANSWER_MS / 1000} seconds`)), ANSWER_MS);
  });
  try {
    const { outputs } = await Promise.race([pulumi.runtime.invoke(FUNCTION, { stackName }), expired]);
    return { resources: Object.entries(outputs as Answer).flatMap(recordedIn) };
  } catch (error) {
    return { trouble: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

type Answer = Readonly<Record<string, { readonly type: unknown; readonly outputs: RecordedResource["outputs"] }>>;

function recordedIn([urn, { type, outputs }]: [string, Answer[string]]): RecordedResource[] {
  const kind = kindsByType.get(type);
  if (kind === undefined) return [];
  // A name may hold the separator itself.
  return [{ urn, kind, name: urn.split("::").slice(3).join("::"), outputs }];
}
