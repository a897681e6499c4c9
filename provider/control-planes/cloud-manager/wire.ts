import type { AuthenticationRestriction } from "../../../schema/authentication-restrictions.ts";
import {
  type AutomationRestriction,
  type AutomationRole,
  type AutomationUser,
  automationRoleSchema,
  automationUserSchema,
  CONFIGURATION_NAME,
  EXTERNAL_DATABASE,
  type OidcProviderConfig,
  oidcProviderConfigSchema,
} from "../../../schema/automation-config.ts";
import type { IdentityProviderSettings } from "../../../schema/identity-provider.ts";
import { canonicalPrivileges, type Privilege } from "../../../schema/privileges.ts";
import type { GrantedRole } from "../../../schema/roles.ts";
import type {
  DatabaseRoleSettings,
  Grantee,
  GrantSettings,
  LiveDatabaseRole,
  LiveGrant,
  LiveIdentityProvider,
} from "../control-plane.ts";
import { plainSettings, readSettings, wireName } from "../identity-provider-settings.ts";
import type { Snapshot } from "./api.ts";
import type { Keys } from "./change.ts";
import { CloudManagerError } from "./errors.ts";

/** Where a grant to a group lives, and a user-defined role by default. */
export const ROLE_DATABASE = "admin";

// Identity providers

export function providersOf({ document }: Snapshot): OidcProviderConfig[] {
  // An entry of another shape is somebody else's, and none that we could manage.
  return (document.oidcProviderConfigs ?? []).flatMap((entry) => oidcProviderConfigSchema.safeParse(entry).data ?? []);
}

export function toLiveProvider(projectId: string, config: OidcProviderConfig): LiveIdentityProvider {
  return {
    scope: { kind: "project", id: projectId },
    prefix: config.authNamePrefix,
    ...readSettings("project", config, {
      idpType: config.supportsHumanFlows ? "WORKFORCE" : "WORKLOAD",
      authorizationType: config.useAuthorizationClaim ? "GROUP" : "USER",
    }),
    connectedOrgIds: [],
  };
}

/** The keys of an entry of `oidcProviderConfigs`, of those settings that are given. */
export function providerKeys(settings: Partial<IdentityProviderSettings>): Keys {
  const keys: Record<string, unknown> = {};
  for (const setting of plainSettings("project")) {
    const value = settings[setting];
    // The server saves no empty list.
    const isEmpty = Array.isArray(value) && value.length === 0;
    if (setting in settings) keys[wireName(setting, "project")] = isEmpty ? undefined : value;
  }
  if (settings.idpType !== undefined) keys.supportsHumanFlows = settings.idpType === "WORKFORCE";
  if (settings.authorizationType !== undefined) keys.useAuthorizationClaim = settings.authorizationType === "GROUP";
  if (settings.authorizationType === "USER") keys.groupsClaim = undefined;
  return keys;
}

// Roles and users

export const rolesOf = onceADocument(({ document }): readonly AutomationRole[] =>
  (document.roles ?? []).flatMap((entry) => automationRoleSchema.safeParse(entry).data ?? []),
);

export const usersOf = onceADocument(({ document }): readonly AutomationUser[] =>
  (document.auth?.usersWanted ?? []).flatMap((entry) => automationUserSchema.safeParse(entry).data ?? []),
);

/**
 * A thousand resources of a project look into the same document: what it takes to understand it is done once. `about`
 * is what belongs to the document, as its project does.
 */
export function onceADocument<About extends readonly unknown[], T extends object>(
  read: (snapshot: Snapshot, ...about: About) => T,
): (snapshot: Snapshot, ...about: About) => T {
  const known = new WeakMap<Snapshot, T>();
  return (snapshot, ...about) => {
    const found = known.get(snapshot) ?? read(snapshot, ...about);
    known.set(snapshot, found);
    return found;
  };
}

/** `corp/dba` as the configuration `corp` and the group `dba`; the rest of the name may hold slashes of its own. */
export function principalOf(name: string): Pick<Grantee, "prefix" | "who"> | undefined {
  const slash = name.indexOf("/");
  const prefix = name.slice(0, slash);
  const who = name.slice(slash + 1);
  return slash > 0 && who !== "" && CONFIGURATION_NAME.test(prefix) ? { prefix, who } : undefined;
}

export function grantName({ prefix, who }: Grantee): string {
  return `${prefix}/${who}`;
}

/**
 * Returns the access that a role or user gives to a principal, or `undefined` if its name holds no principal. The
 * identity provider may be deleted already: its grants remain.
 */
export function toLiveGrant(projectId: string, entry: AutomationRole | AutomationUser): LiveGrant | undefined {
  const isRole = "role" in entry && typeof entry.role === "string";
  const principal = principalOf(isRole ? String(entry.role) : String(entry.user));
  if (principal === undefined || entry.db !== (isRole ? ROLE_DATABASE : EXTERNAL_DATABASE)) return undefined;
  return {
    projectId,
    ...principal,
    by: isRole ? "GROUP" : "USER",
    roles: toGrantedRoles(entry.roles),
    privileges: isRole ? toPrivileges((entry as AutomationRole).privileges) : [],
    authenticationRestrictions: toRestrictions(entry.authenticationRestrictions),
    scopes: [],
    labels: [],
    description: undefined,
    deleteAfterDate: undefined,
  };
}

/** Users that are no grants. */
export function otherUsersOf(projectId: string, snapshot: Snapshot): { name: string; roles: GrantedRole[] }[] {
  return usersOf(snapshot)
    .filter((entry) => toLiveGrant(projectId, entry) === undefined)
    .map(({ user, db, roles }) => ({ name: `${user}@${db}`, roles: toGrantedRoles(roles) }));
}

/** @throws CloudManagerError for what an automation config has no place for */
export function grantKeys(grantee: Grantee, settings: Partial<GrantSettings>): Keys {
  refuseAtlasOnly(settings);
  return {
    ...(settings.privileges === undefined || grantee.by === "USER"
      ? {}
      : { privileges: fromPrivileges(settings.privileges) }),
    ...(settings.roles === undefined ? {} : { roles: fromGrantedRoles(settings.roles) }),
    ...(settings.authenticationRestrictions === undefined
      ? {}
      : { authenticationRestrictions: settings.authenticationRestrictions }),
  };
}

/** All keys of a new entry, in the form in which MongoDB's own operator writes them. */
export function newGrantKeys(grantee: Grantee, settings: GrantSettings): Keys {
  const keys = grantKeys(grantee, settings);
  const name = grantName(grantee);
  return grantee.by === "GROUP"
    ? { role: name, db: ROLE_DATABASE, ...keys }
    : { user: name, db: EXTERNAL_DATABASE, ...keys, mechanisms: [], scramSha256Creds: null, scramSha1Creds: null };
}

export function toLiveRole(projectId: string, role: AutomationRole): LiveDatabaseRole {
  return {
    projectId,
    roleName: role.role,
    database: role.db,
    privileges: toPrivileges(role.privileges),
    roles: toGrantedRoles(role.roles),
  };
}

export function roleKeys(settings: Partial<DatabaseRoleSettings>): Keys {
  return {
    ...(settings.privileges === undefined ? {} : { privileges: fromPrivileges(settings.privileges) }),
    ...(settings.roles === undefined ? {} : { roles: fromGrantedRoles(settings.roles) }),
  };
}

// Parts

function toGrantedRoles(roles: AutomationRole["roles"]): GrantedRole[] {
  return (roles ?? []).map(({ role, db }) => ({ role, database: db }));
}

function fromGrantedRoles(roles: readonly GrantedRole[]) {
  return roles.map(({ role, database, collection }) => {
    if (collection === undefined) return { role, db: database };
    throw new CloudManagerError(
      `role ${role}@${database}.${collection}: Cloud Manager grants roles on whole databases only\n` +
        "  fix  Define a DatabaseRole with a privilege on that collection, and grant that.",
    );
  });
}

/** Kinds of resources that a program cannot declare are told with the key that makes them so, for drift to show them. */
function toPrivileges(privileges: AutomationRole["privileges"]): readonly Privilege[] {
  const read = (privileges ?? []).map(({ resource, actions }): Privilege => {
    if (resource.cluster === true) return { resource: { cluster: true }, actions };
    const { db, collection } = resource;
    if (typeof collection === "string") return { resource: { database: db ?? "", collection }, actions };
    return { resource: { database: JSON.stringify(resource), collection: "" }, actions };
  });
  return canonicalPrivileges(read);
}

/** Of the cluster it is `{cluster: true}` and not a key more: with an empty `db` beside it servers refuse the role. */
function fromPrivileges(privileges: readonly Privilege[]) {
  return privileges.map(({ resource, actions }) => ({
    resource: "cluster" in resource ? { cluster: true } : { db: resource.database, collection: resource.collection },
    actions,
  }));
}

function toRestrictions(
  restrictions: readonly AutomationRestriction[] | null | undefined,
): AuthenticationRestriction[] {
  return (restrictions ?? []).map(({ clientSource, serverAddress }) => ({
    ...(clientSource ? { clientSource } : {}),
    ...(serverAddress ? { serverAddress } : {}),
  }));
}

function refuseAtlasOnly({ scopes, labels, description, deleteAfterDate }: Partial<GrantSettings>): void {
  const given = Object.entries({ scopes, labels, description, deleteAfterDate }).filter(([, value]) =>
    Array.isArray(value) ? value.length > 0 : value !== undefined,
  );
  if (given.length === 0) return;
  throw new CloudManagerError(
    `Cloud Manager knows no ${given.map(([name]) => name).join(", no ")} of a grant\n  fix  Remove it: only Atlas has it.`,
  );
}
