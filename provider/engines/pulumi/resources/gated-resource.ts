import * as pulumi from "@pulumi/pulumi";
import type { Kind } from "../../../rules/index.ts";
import { entryText, typeToken } from "../entry.ts";
import { hold, hostsChecked, type Ticket } from "../gate/hold.ts";
import type { SampleTokens } from "../gate/token-checks.ts";
import { CONTEXT, type HiddenContext, TOKENS } from "../hidden.ts";

/** The arguments that a class passes to its base for registration. */
export interface Declared {
  readonly kind: Kind;
  readonly name: string;
  /** As the program gave them; for the rules. */
  readonly args: Readonly<Record<string, unknown>>;
  /** As the engine gets them. */
  readonly inputs: pulumi.Inputs;
  /** Outputs that are no inputs: they must be named, or Pulumi makes no property of them. */
  readonly outputs: readonly string[];
  /** The sample tokens of a `TokenCheck`. */
  readonly tokens?: SampleTokens;
}

/**
 * Pulumi's SDK captures a stack for each of about 30 promises of a resource, and prints them only when this variable is
 * set. They would take a third of a program's time. The SDK also records a stack in state, where it takes 0.8 KB of each
 * resource and names files of this package. mongofed disables both.
 */
const debugsPromiseLeaks = Boolean(process.env.PULUMI_DEBUG_PROMISE_LEAKS);

/**
 * A resource whose registration waits for the program gate. It is what `pulumi.dynamic.Resource` is, without its
 * serialization of the provider: state holds a short constant text that loads whatever version is installed.
 */
export abstract class GatedResource extends pulumi.CustomResource {
  protected constructor(declared: Declared, options: pulumi.CustomResourceOptions = {}) {
    const { kind, name, args, inputs, outputs, tokens } = declared;
    const reads = options.id !== undefined || options.urn !== undefined;
    // `new.target` is the class of the user's `new`: its constructors are not the place of the declaration.
    const isImport = options.import !== undefined;
    const request = { kind, name, type: new.target as never, inputs: args, isImport, ...(tokens ? { tokens } : {}) };
    const ticket = reads ? undefined : hold(request);
    const preview = pulumi.runtime.isDryRun();
    const ignored = options.ignoreChanges as string[] | undefined;
    const { __protect: inherited } = (options.parent ?? {}) as { readonly __protect?: boolean };
    const saysProtect = (options.protect ?? inherited) !== undefined;
    const isRetained = options.retainOnDelete || undefined;
    const context = reads
      ? preview && JSON.stringify({ preview })
      : contextText({ name, ignored, saysProtect, isRetained, preview }, inputs, ticket);
    const text = entryText(kind);
    // An adopted object is protected: a mistake in the program must not delete an object that the stack did not create.
    const adopts = args.adopt === true || args.adopt === "overwrite";
    if (adopts && options.protect === undefined) options = { ...options, protect: true };
    const props: pulumi.Inputs = {
      ...Object.fromEntries(outputs.map((output) => [output, undefined])),
      ...inputs,
      ...(context ? { [CONTEXT]: context } : {}),
      ...(tokens && ticket ? { [TOKENS]: ticket.tokens } : {}),
      __provider: ticket === undefined ? textOfRead(text) : ticket.text(text),
    };
    const restoreStacks = debugsPromiseLeaks ? () => {} : withoutStacks();
    try {
      super(
        typeToken(kind),
        name,
        props,
        ticket === undefined ? options : pulumi.mergeOptions(options, { dependsOn: ticket.dependsOn }),
      );
    } catch (error) {
      restoreStacks();
      if (error instanceof Error) Error.captureStackTrace(error);
      throw error;
    } finally {
      restoreStacks();
    }
    ticket?.made(this);
  }
}

/** Disables stacks of errors, and returns the function that enables them again. */
function withoutStacks(): () => void {
  const { stackTraceLimit, prepareStackTrace } = Error;
  Error.stackTraceLimit = 0;
  Error.prepareStackTrace = () => "";
  return () => {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = prepareStackTrace;
  };
}

/** Without a gate, or for a resource that is only read. */
function textOfRead(text: string): pulumi.Input<string> {
  const checked = hostsChecked()?.then(() => text);
  // Pulumi hears of a refusal from the input; the promise must not count as unhandled.
  checked?.catch(() => {});
  return checked ?? text;
}

/** The context of a declaration as JSON, once the gate opens. */
function contextText(known: HiddenContext, inputs: pulumi.Inputs, ticket: Ticket | undefined): Promise<string> {
  const released = Promise.all([ticket?.related, ticket?.urn, ticket?.isProtected]);
  const context = Promise.all([secretKeys(inputs), released]).then(([secrets, [related, urn, isProtected]]) =>
    JSON.stringify({
      ...known,
      urn,
      secrets,
      related,
      ...(isProtected ? { isProtected } : {}),
      folder: ticket?.overwriteFolder,
    } satisfies HiddenContext),
  );
  // Pulumi hears of a refusal from the other inputs too; none may count as unhandled.
  context.catch(() => {});
  return context;
}

/**
 * Which inputs are secret, or contain what is. Waits for the same outputs as the inputs themselves; one that is
 * rejected is told by Pulumi for the input's own sake.
 */
async function secretKeys(inputs: pulumi.Inputs): Promise<string[]> {
  const entries = await Promise.all(
    Object.entries(inputs).map(async ([key, value]) => ((await containsSecret(value).catch(() => false)) ? [key] : [])),
  );
  return entries.flat();
}

async function containsSecret(value: unknown): Promise<boolean> {
  if (pulumi.Output.isInstance(value)) return pulumi.isSecret(value);
  const settled = await value;
  if (typeof settled !== "object" || settled === null || pulumi.Resource.isInstance(settled)) return false;
  if (settled !== value) return containsSecret(settled);
  return (await Promise.all(Object.values(settled).map(containsSecret))).includes(true);
}
