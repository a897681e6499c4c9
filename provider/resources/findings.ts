import type { Finding } from "../../schema/finding.ts";
import type { Report } from "../../schema/report.ts";
import type { AtlasPlane } from "../control-planes/control-plane.ts";
import { FindingError } from "../findings.ts";
import { declarationFindings, type Kind, type PlaneKind } from "../rules/index.ts";
import type { Context, Props } from "./definition.ts";

/** For the places where nothing but an error can stop what would happen: diff, create, update, delete. */
export function refuse(findings: readonly Finding[]): void {
  if (findings.length > 0) throw new FindingError(findings);
}

/**
 * The same rules that the program gate applies, on values that are resolved by now. Only errors: of warnings the
 * program has been told, with file and line, and every further check would tell them again.
 *
 * @param plane where nothing in the inputs says which control plane it is for
 */
export function errorsOf(kind: Kind, name: string, inputs: Props, plane?: PlaneKind): Finding[] {
  const location = { file: "", line: 1, column: 1, label: `${kind} "${name}"` };
  return declarationFindings({ kind, name, location, inputs }, plane === undefined ? {} : { plane })
    .filter(({ severity }) => severity === "error")
    .map((found) => ({ ...found, locations: [] }));
}

/** Reports a topic once a run: engines ask the same several times for one resource. */
export function reportOnce({ memory, report }: Context, topic: string, one: Report): void {
  if (memory.notices.firstTime(topic)) report(one);
}

/** Reports warnings about live state, each once a run. */
export function warn(context: Context, findings: readonly Finding[]): void {
  for (const one of findings) reportOnce(context, JSON.stringify(one), { type: "finding", finding: one });
}

/** An organization as a user knows it, and as a program does. */
export async function orgLabel(plane: AtlasPlane, orgId: string): Promise<string> {
  const name = await plane.connections.orgName(orgId);
  return name === orgId ? orgId : `${name} (${orgId})`;
}

/**
 * Whether the credentials may look at something. If not, that is told once, with what is not checked because of it:
 * nothing, where `unchecked` knows of nothing.
 * `key` identifies the subject.
 */
export async function mayLook(
  context: Context,
  key: string,
  unchecked: () => string | undefined,
  look: () => Promise<unknown>,
): Promise<boolean> {
  const { baseUrl, credentialsSource } = context.plane();
  const refusal = await context.memory.notices.refusal(`${key} ${baseUrl} ${credentialsSource}`, look);
  if (refusal === undefined) return true;
  const what = unchecked();
  if (what === undefined) return false;
  const why = refusal.message.split("\n")[0] ?? "";
  reportOnce(context, `${key} unchecked ${what}`, { type: "skipped", check: what, why });
  return false;
}
