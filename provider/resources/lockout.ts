import type { Finding } from "../../schema/finding.ts";
import { foreign, perhapsOurs, phrase } from "../../schema/phrase.ts";
import { listed } from "../reports.ts";
import { catalogue, type DeclaredPrincipal, finding } from "../rules/index.ts";
import type { Context } from "./definition.ts";
import { reportOnce } from "./findings.ts";

/** A change after which tokens of an identity provider that got in no longer do. */
export interface Closing {
  /** What is done, for the headline: `changing audience of corp-entra (5f1e…)`. */
  readonly what: string;
  readonly path?: string;
  /** The prefix of the identity provider. */
  readonly prefix: string;
  /** Where clusters no longer let them in: organizations in Atlas, else the project. */
  readonly scopes: readonly string[];
  /**
   * Whom this stack manages through it, which its own preview shows: only others count then. Left out where a token
   * stops getting in, which locks out both alike.
   */
  readonly ours?: readonly DeclaredPrincipal[];
  /** What the resource says of it: its input, or for a deletion what is recorded of it. */
  readonly allowed: boolean;
}

/**
 * FED224: principals carry the prefix of an identity provider whose tokens would no longer get in. What cannot be read is told, and counts as nobody: refusing for
 * the sake of what is not known would make every organization unchangeable in which somebody lacks a role.
 */
export async function lockoutFindings(context: Context, closing: Closing): Promise<Finding[]> {
  if (closing.allowed) return [];
  const plane = context.plane();
  const found = await Promise.all([...new Set(closing.scopes)].map((scope) => plane.principals.list(scope)));
  const unreadable = found.flatMap((listed) => listed.unreadable);
  if (unreadable.length > 0) {
    reportOnce(context, `${closing.prefix} lockout`, {
      type: "lockout-unknown",
      change: closing.what,
      unreadable: [...new Set(unreadable)],
    });
  }
  const projects = new Map<string, string[]>();
  for (const { prefix, who, project, projectId } of found.flatMap((listed) => listed.principals)) {
    if (prefix !== closing.prefix) continue;
    if (closing.ours?.some((one) => one.projectId === projectId && one.who === who)) continue;
    projects.set(who, [...(projects.get(who) ?? []), project]);
  }
  if (projects.size === 0) return [];
  const principals = projects.size === 1 ? "one principal" : `${projects.size} principals`;
  return [
    finding("FED224", {
      path: closing.path ?? "",
      message: phrase`${closing.what} would lock out ${principals}${closing.ours === undefined ? "" : foreign}: ${namesOf(projects)}`,
      ...(closing.ours === undefined ? {} : { why: phrase`${catalogue.FED224.why}${perhapsOurs}` }),
    }),
  ];
}

function namesOf(projects: ReadonlyMap<string, readonly string[]>): string {
  return listed([...projects].map(([who, where]) => `${who} (${[...new Set(where)].join(", ")})`));
}
