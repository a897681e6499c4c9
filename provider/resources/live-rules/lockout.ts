import type { Finding } from "../../../schema/finding.ts";
import { foreign, perhapsOurs, phrase } from "../../../schema/phrase.ts";
import { isUnknown } from "../../../schema/unknown.ts";
import type { LiveIdentityProvider } from "../../control-planes/control-plane.ts";
import { listed } from "../../reports.ts";
import { catalogue, type DeclaredPrincipal, finding } from "../../rules/index.ts";
import type { Context, Props } from "../definition.ts";
import { reportOnce } from "../findings.ts";
import type { Comparison } from "../state/compare.ts";

/** A change after which tokens of an identity provider that got in no longer do. */
export interface Closing {
  /** The change, for the headline: `changing audience of corp-entra (5f1e…)`. */
  readonly what: string;
  readonly path?: string;
  /** The prefix of the identity provider. */
  readonly prefix: string;
  /** Where clusters no longer let them in: organizations in Atlas, else the project. */
  readonly scopes: readonly string[];
  /**
   * The principals that the program grants access. The preview shows them, so only others count. `undefined` where the
   * program is not known. `everyone`: the tokens stop working, which locks out all of them.
   */
  readonly ours: readonly DeclaredPrincipal[] | "everyone" | undefined;
  /** Principals whose access the run deletes first. */
  readonly gone?: readonly Pick<DeclaredPrincipal, "projectId" | "who">[];
  /** The input of the resource, or its recorded value for a deletion. */
  readonly allowed: boolean;
}

/**
 * FED224: principals carry the prefix of an identity provider whose tokens would no longer get in. Parts that cannot be
 * read are reported and count as empty. A refusal for unknown principals would block every organization where the
 * credentials lack a role.
 */
export async function lockoutFindings(context: Context, closing: Closing): Promise<Finding[]> {
  if (closing.allowed) return [];
  const findings = await foundWith(context, closing, false);
  // The process of another explicit provider may have deleted their access meanwhile.
  return findings.length === 0 || closing.ours !== undefined ? findings : await foundWith(context, closing, true);
}

async function foundWith(context: Context, closing: Closing, fresh: boolean): Promise<Finding[]> {
  const plane = context.plane();
  const scopes = [...new Set(closing.scopes)];
  const found = await Promise.all(scopes.map((scope) => plane.principals.list(scope, { fresh })));
  const unreadable = found.flatMap((listed) => listed.unreadable);
  if (unreadable.length > 0) {
    reportOnce(context, `${closing.prefix} lockout`, {
      type: "lockout-unknown",
      change: closing.what,
      unreadable: [...new Set(unreadable)],
    });
  }
  const isOwned = (id: string) => Array.isArray(closing.ours) && ownsAccess(context, id);
  const ours = [...(closing.gone ?? []), ...(closing.ours === "everyone" ? [] : (closing.ours ?? []))];
  const projects = new Map<string, string[]>();
  for (const { prefix, who, project, projectId } of found.flatMap((listed) => listed.principals)) {
    if (prefix !== closing.prefix) continue;
    if (ours.some((one) => one.projectId === projectId && one.who === who)) continue;
    if (isOwned(`${projectId}/${prefix}/${who}`)) continue;
    projects.set(who, [...(projects.get(who) ?? []), project]);
  }
  if (projects.size === 0) return [];
  const principals = projects.size === 1 ? "one principal" : `${projects.size} principals`;
  return [
    finding("FED224", {
      path: closing.path ?? "",
      message: phrase`${closing.what} would lock out ${principals}${Array.isArray(closing.ours) ? foreign : ""}: ${namesOf(projects)}`,
      ...(closing.ours === undefined ? { why: phrase`${catalogue.FED224.why}${perhapsOurs}` } : {}),
    }),
  ];
}

/** Access in the state: the run that closes its identity provider moves it to another project, or deletes it. */
function ownsAccess({ owners }: Context, id: string): boolean {
  return (["OidcRole", "FederatedUser"] as const).some((kind) => (owners?.of(kind, id) ?? []).length > 0);
}

function namesOf(projects: ReadonlyMap<string, readonly string[]>): string {
  return listed([...projects].map(([who, where]) => `${who} (${[...new Set(where)].join(", ")})`));
}

/**
 * Returns the change in place after which current tokens are refused, if `changes` hold one. Unknown values are checked
 * at apply.
 */
export function closingOf(
  live: LiveIdentityProvider,
  changes: readonly Comparison[],
  inputs: Props,
): Closing | undefined {
  const closes = changes.filter(({ property, wanted }) => decides(live, property) && !isUnknown(wanted));
  const properties = closes.map(({ property }) => property);
  if (properties.length === 0) return undefined;
  return {
    what: `changing ${properties.join(" and ")} of ${live.configurationName} (${live.prefix})`,
    ...(properties.length === 1 ? { path: properties[0]! } : {}),
    prefix: live.prefix,
    scopes: live.connectedOrgIds,
    ours: "everyone",
    allowed: inputs.allowLockout === true,
  };
}

/** Whether a token gets in, or as whom, depends on it. */
export function decides({ authorizationType }: LiveIdentityProvider, property: string): boolean {
  switch (property) {
    case "issuerUri":
    case "audience":
    case "authorizationType":
      return true;
    case "userClaim":
      return authorizationType === "USER";
    case "groupsClaim":
      return authorizationType === "GROUP";
    default:
      return false;
  }
}
