import type { Finding } from "../../../schema/finding.ts";
import { aResource, input, phrase, planBefore, stack } from "../../../schema/phrase.ts";
import { MINIMUM_SERVERS } from "../../../schema/requirements.ts";
import { ATLAS_BUILT_IN_ROLES, ROLES_DATABASE, roleText } from "../../../schema/roles.ts";
import { isUnknown } from "../../../schema/unknown.ts";
import type { LiveCluster } from "../../control-planes/control-plane.ts";
import { kindOf, onAtlas } from "../../control-planes/planes.ts";
import { listed } from "../../reports.ts";
import { finding, placeOfBuiltIn } from "../../rules/index.ts";
import type { Context, Phase, Props } from "../definition.ts";
import { mayLook, orgLabel, warn } from "../findings.ts";
import { known } from "../known.ts";
import type { Change } from "../lifecycle/resource.ts";
import { referenceOf } from "../reference.ts";
import { isPast } from "../state/expiry.ts";
import { rolesOf } from "../state/granted-roles.ts";
import { observe } from "./org-connection.ts";
import { notInProject } from "./reference.ts";
import { isBefore } from "./version.ts";

/** The tiers that are not dedicated: those below M10. */
const SHARED_TIER = /^(M0|M2|M5|FLEX|SERVERLESS.*)$/;

/**
 * Judges a new grant by the live project. In the phase `apply`, everything that the
 * program itself connects is connected, and the server names a role that does not exist.
 */
export async function creationFindings(context: Context, inputs: Props, phase: Phase): Promise<Finding[]> {
  if (known(inputs.projectId) === undefined) return expired(inputs);
  if (referenceOf(inputs).projectId !== undefined) {
    const findings = await Promise.all([
      phase === "apply" ? notInProject(context, inputs) : [],
      phase === "apply" ? [] : unknownRoles(context, inputs),
    ]);
    return findings.flat();
  }
  const findings = await Promise.all([
    notConnected(context, inputs, phase),
    phase === "apply" ? [] : unfitClusters(context, inputs),
    phase === "apply" ? [] : unknownRoles(context, inputs),
    phase === "apply" ? [] : unknownScopes(context, inputs),
  ]);
  return [...expired(inputs), ...findings.flat()];
}

export async function changeFindings(context: Context, { inputs, changes }: Change<unknown>): Promise<Finding[]> {
  const changed = changes.map(({ property }) => property);
  if (known(inputs.projectId) === undefined) return [];
  const findings = await Promise.all([
    changed.includes("roles") ? unknownRoles(context, inputs) : [],
    changed.includes("deleteAfterDate") ? expired(inputs) : [],
    // Atlas alone has them.
    changed.includes("scopes") ? unfitClusters(context, inputs) : [],
    changed.includes("scopes") ? unknownScopes(context, inputs) : [],
  ]);
  return findings.flat();
}

/** FED318: Atlas refuses such a date, for new and for existing access. */
function expired({ deleteAfterDate }: Props): Finding[] {
  if (!isPast(deleteAfterDate)) return [];
  const message = phrase`${input("deleteAfterDate")} is in the past: ${String(deleteAfterDate)}`;
  return [finding("FED318", { path: "deleteAfterDate", message })];
}

/** FED313: no cluster of the project's organization would accept the tokens. */
async function notConnected(context: Context, inputs: Props, phase: Phase): Promise<Finding[]> {
  const reference = referenceOf(inputs);
  const federationSettingsId = known(reference.federationSettingsId);
  const identityProviderId = known(reference.identityProviderId);
  const { connects = [], makesProvider = false, makesUnknownProvider = false } = context.declared.related ?? {};
  // Only the program can connect an identity provider that does not exist yet.
  const isNew = phase === "preview" && identityProviderId === undefined && (makesProvider || makesUnknownProvider);
  if (!isNew && (federationSettingsId === undefined || identityProviderId === undefined)) return [];
  const plane = onAtlas(context.plane(), "an identity provider of a federation");
  const { orgId, name } = await plane.projects.get(String(inputs.projectId));
  const connectedHere = connects.some((org) => org === orgId || isUnknown(org));
  if (phase === "preview" && connectedHere) return [];
  const through = known(reference.configurationName) ?? identityProviderId ?? "the new identity provider";
  const org = await orgLabel(plane, orgId);
  const found = {
    path: "identityProvider",
    message: `${through} is not connected to organization ${org}, which project ${name} (${String(inputs.projectId)}) belongs to`,
  };
  if (federationSettingsId === undefined || identityProviderId === undefined)
    return [finding("FED313", { ...found, fix: CONNECT_NEW })];
  const look = () => plane.connections.list(federationSettingsId);
  // If this run connects the provider, its credentials are known to suffice, so nothing is reported as unchecked.
  const unchecked = () => (connectedHere ? undefined : `whether ${through} is connected to organization ${org}`);
  if (!(await mayLook(context, `federation ${federationSettingsId}`, unchecked, look))) return [];
  const live = await observe(plane, { federationSettingsId, orgId, identityProviderId });
  return live?.identityProviderIds.includes(identityProviderId) ? [] : [finding("FED313", found)];
}

const CONNECT_NEW = phrase`Declare ${aResource("OrgConnection")} for the two. If another ${stack} connects the provider, create the provider first, and grant access after the connection exists.${planBefore}`;

/** FED322, FED323: clusters that take no tokens. */
async function unfitClusters(context: Context, inputs: Props): Promise<Finding[]> {
  const names = scopesOf(inputs);
  const seen = (await clustersOf(context, String(inputs.projectId))) ?? [];
  const clusters = seen.filter(({ name }) => names.length === 0 || names.includes(name));
  const unfit = clusters.filter((cluster) => !takesTokens(cluster));
  if (unfit.length === 0) return [];
  const message = `${listed(unfit.map(described))} of project ${String(inputs.projectId)} ${unfit.length === 1 ? "takes" : "take"} no tokens of identity providers`;
  if (unfit.length === clusters.length) return [finding("FED322", { message })];
  warn(context, [finding("FED323", { message })]);
  return [];
}

/** `undefined` where the credentials may not see them. */
async function clustersOf(context: Context, projectId: string): Promise<readonly LiveCluster[] | undefined> {
  const { projects } = context.plane();
  const unchecked = () => `whether the clusters of project ${projectId} take tokens`;
  const look = () => projects.clusters(projectId);
  return (await mayLook(context, `clusters ${projectId}`, unchecked, look)) ? await look() : undefined;
}

function takesTokens({ tier, version }: LiveCluster): boolean {
  const dedicated = tier === undefined || !SHARED_TIER.test(tier);
  return dedicated && (version === undefined || !isBefore(version, MINIMUM_SERVERS.recommended));
}

function described({ name, tier, version }: LiveCluster): string {
  return `${name} (${[tier, version && `MongoDB ${version}`].filter((part) => part !== undefined).join(", ")})`;
}

/** FED324: a role that is neither built in, nor in the project, nor defined by the program. */
export async function unknownRoles(context: Context, inputs: Props): Promise<Finding[]> {
  const projectId = known(inputs.projectId);
  const plane = context.plane();
  const named = rolesOf(inputs).filter(({ role }) => placeOfBuiltIn(kindOf(plane), role) === undefined);
  const { roles: declared = [] } = context.declared.related ?? {};
  // One whose name is not known yet may be any of them.
  if (projectId === undefined || named.length === 0 || declared.some(isUnknown)) return [];
  const there = new Set([...declared, ...(await plane.databaseRoles.grantable(projectId)).map(roleText)]);
  const missing = new Map(
    named.map(({ role, database }): [string, Finding] => [
      roleText({ role, database }),
      finding("FED324", {
        path: "roles",
        message: `project ${projectId} has no role "${database === ROLES_DATABASE ? role : `${role}@${database}`}"`,
        ...(Object.hasOwn(ATLAS_BUILT_IN_ROLES, role) ? { fix: ATLAS_ROLE } : {}),
      }),
    ]),
  );
  return [...missing].filter(([role]) => !there.has(role)).map(([, found]) => found);
}

const ATLAS_ROLE = phrase`It is a built-in role of Atlas only. Use one of the server's, or declare ${aResource("DatabaseRole")} with this name.`;

/** FED325: a scope that names no existing cluster. */
async function unknownScopes(context: Context, inputs: Props): Promise<Finding[]> {
  const names = scopesOf(inputs);
  if (names.length === 0) return [];
  const clusters = await clustersOf(context, String(inputs.projectId));
  if (clusters === undefined) return [];
  const missing = names.filter((name) => !clusters.some((cluster) => cluster.name === name));
  if (missing.length > 0) {
    const message = `project ${String(inputs.projectId)} has no cluster ${listed(missing)}`;
    warn(context, [finding("FED325", { path: "scopes", message })]);
  }
  return [];
}

/** Names of the clusters in the scopes that are known. */
function scopesOf({ scopes }: Props): string[] {
  if (!Array.isArray(scopes)) return [];
  return (scopes as readonly Props[])
    .filter((scope) => (scope as Props | null)?.type === "CLUSTER")
    .map(({ name }) => known(name))
    .filter((name) => name !== undefined);
}
