import type { AccessNote, AccessRole, AccessRow } from "../../schema/access-report.ts";
import type { LiveGrant, LiveIdentityProvider } from "../control-planes/control-plane.ts";
import type { OrganizationContents } from "../lookups/organization.ts";
import { effectiveRoles } from "../tokens/roles.ts";
import { farReaching, INTERNAL_ROLES } from "./far-reaching.ts";
import { grantObject, managedObject } from "./managed-object.ts";

export interface RowOptions {
  /** Names of groups and principals, by their ids. */
  readonly names?: ReadonlyMap<string, string>;
  /** The members of groups, by the ids of the groups. */
  readonly members?: ReadonlyMap<string, readonly string[]>;
  /** The stacks that hold a grant, by `managedObject`. `undefined`: no state was given. */
  readonly managers?: ReadonlyMap<string, ReadonlySet<string>>;
  readonly now?: number;
}

/** Grants with all that decides about their access: read from a control plane, or declared by resources. */
export interface AccessContents
  extends Pick<OrganizationContents, "plane" | "projects" | "grants" | "databaseRoles" | "unreadable"> {
  readonly identityProviders: readonly Provider[];
}

type Provider = Pick<LiveIdentityProvider, "prefix" | "scope" | "configurationName" | "idpType" | "connectedOrgIds">;

/** Returns each grant with the effective privileges of its roles. */
export function accessRows(contents: AccessContents, options: RowOptions = {}): AccessRow[] {
  const { names, members, managers, now = Date.now() } = options;
  const { plane, grants, identityProviders, projects, databaseRoles } = contents;
  // In Cloud Manager, projects may use one name for providers of their own.
  const placeOf = (prefix: string, projectId: string) => (plane === "atlas" ? prefix : `${projectId} ${prefix}`);
  const providers = new Map(
    identityProviders.map((provider) => [placeOf(provider.prefix, provider.scope.id), provider]),
  );
  const projectOf = new Map(projects.map((project) => [project.projectId, project]));
  const declared = databaseRoles.map((role) => ({
    ...role,
    privileges: [...role.privileges],
    roles: [...role.roles],
    authenticationRestrictions: [],
  }));
  const unreadProjects = new Set(contents.unreadable.map(({ projectId }) => projectId));
  const twins = Map.groupBy(grants, ({ projectId, by, who }) => JSON.stringify([projectId, by, who]));
  return grants.map((grant) => {
    const { projectId, prefix, by, who } = grant;
    const provider = providers.get(placeOf(prefix, projectId));
    const project = projectOf.get(projectId);
    const roles = rolesOf(grant, declared);
    const notes: AccessNote[] = [];
    const trouble = providerTrouble(contents, provider, project?.orgId);
    if (trouble !== undefined) notes.push(trouble);
    if (grant.deleteAfterDate !== undefined && Date.parse(grant.deleteAfterDate) <= now) notes.push("expired");
    if (roles.some(({ isUnknown }) => isUnknown))
      notes.push(unreadProjects.has(projectId) ? "unread-role" : "unknown-role");
    if ((twins.get(JSON.stringify([projectId, by, who]))?.length ?? 0) > 1) notes.push("duplicate");
    const name = names?.get(who);
    const known = by === "GROUP" ? members?.get(who) : undefined;
    const holders = managedIds(grant, provider).flatMap((id) => [...(managers?.get(id) ?? [])]);
    return {
      who: {
        kind: kindOf(grant, provider),
        id: who,
        ...(name === undefined ? {} : { name }),
        ...(known === undefined ? {} : { members: [...known] }),
      },
      through: { prefix, ...(provider === undefined ? {} : { name: provider.configurationName }) },
      project: { id: projectId, name: project?.name ?? projectId },
      roles,
      privileges: [...grant.privileges],
      farReaching: farReaching({ roles, privileges: [...grant.privileges] }),
      restrictions: [...grant.authenticationRestrictions],
      clusters: grant.scopes.map((scope) => scope.name),
      ...(grant.deleteAfterDate === undefined ? {} : { expires: grant.deleteAfterDate }),
      ...(managers === undefined ? {} : { managedBy: [...new Set(holders)].sort() }),
      notes,
    };
  });
}

/**
 * The keys of the grant in states and programs. A program that creates the identity
 * provider knows its name only.
 */
function managedIds(grant: LiveGrant, provider: Provider | undefined): string[] {
  const prefixes = [...new Set([grant.prefix, provider?.configurationName ?? grant.prefix])];
  return prefixes.map((prefix) => {
    const { kind, id } = grantObject({ ...grant, prefix });
    return managedObject(kind, id);
  });
}

function kindOf({ by }: LiveGrant, provider: Provider | undefined): AccessRow["who"]["kind"] {
  if (by === "GROUP") return "group";
  if (provider === undefined) return "principal";
  return provider.idpType === "WORKFORCE" ? "person" : "program";
}

type Declared = Parameters<typeof effectiveRoles>[1];

function rolesOf(grant: LiveGrant, declared: Declared): AccessRole[] {
  const { projectId, prefix, who } = grant;
  // Role by role, because two roles may lead to the same one.
  return grant.roles.flatMap((given) => {
    const one = {
      identityProvider: prefix,
      projectId,
      principal: who,
      roles: [given],
      privileges: [],
      authenticationRestrictions: [],
    };
    return effectiveRoles({ name: who, grant: one }, declared).map(({ role, through, allows, undeclared }) => ({
      role,
      through: through.slice(1),
      isUnknown: undeclared && !INTERNAL_ROLES.has(role),
      privileges: allows.map(({ resource, actions }) => ({ resource, actions: [...actions] })),
    }));
  });
}

/** Only a complete listing proves that an object is missing. */
function providerTrouble(
  { plane, unreadable }: AccessContents,
  provider: Provider | undefined,
  orgId: string | undefined,
): AccessNote | undefined {
  if (provider === undefined) {
    const isUnread = unreadable.some(({ projectId }) => projectId === undefined);
    return isUnread ? "provider-unknown" : "provider-gone";
  }
  if (plane !== "atlas" || orgId === undefined || provider.connectedOrgIds.includes(orgId)) return undefined;
  return "provider-not-connected";
}
