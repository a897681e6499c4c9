import type { DatabaseUser, DatabaseUserCreate, DatabaseUserUpdate } from "../../../schema/atlas.ts";
import type { Grantee, GrantSettings, LiveGrant } from "../control-plane.ts";

/** The kind of a principal decides its database and its `oidcAuthType`. */
const KINDS = {
  GROUP: { databaseName: "admin", oidcAuthType: "IDP_GROUP" },
  USER: { databaseName: "$external", oidcAuthType: "USER" },
} as const;

/** The name and the database that a grant has in Atlas: together they are its identity. */
export function userOf({ prefix, by, who }: Grantee) {
  return { databaseName: KINDS[by].databaseName, username: `${prefix}/${who}` };
}

/** Converts a database user into a grant, or returns `undefined` for users without an identity provider. */
export function toGrant(projectId: string, user: DatabaseUser): LiveGrant | undefined {
  const by = (["GROUP", "USER"] as const).find((kind) => KINDS[kind].oidcAuthType === user.oidcAuthType);
  const name = /^([0-9a-f]{24})\/(.+)$/is.exec(user.username);
  if (by === undefined || name === null || user.databaseName !== KINDS[by].databaseName) return undefined;
  const [, prefix = "", who = ""] = name;
  return {
    projectId,
    prefix,
    by,
    who,
    roles: user.roles.map(({ roleName, databaseName, collectionName }) => ({
      role: roleName,
      database: databaseName,
      ...(collectionName ? { collection: collectionName } : {}),
    })),
    privileges: [],
    authenticationRestrictions: [],
    // A kind of scope that is newer than this program is passed on as it is.
    scopes: (user.scopes ?? []) as GrantSettings["scopes"],
    labels: (user.labels ?? []).map(({ key, value }) => ({ key: key ?? "", value: value ?? "" })),
    description: user.description || undefined,
    deleteAfterDate: user.deleteAfterDate ?? undefined,
  };
}

/** How a user logs in. `OIDC` stands for a user whose name begins with no identity provider. */
export function authenticationOf({ oidcAuthType, awsIAMType, ldapAuthType, x509Type }: DatabaseUser): string {
  const is = (type: string | null | undefined) => typeof type === "string" && type !== "NONE";
  if (is(oidcAuthType)) return "OIDC";
  if (is(x509Type)) return "X.509";
  if (is(ldapAuthType)) return "LDAP";
  return is(awsIAMType) ? "AWS IAM" : "password";
}

/** Returns the body of a POST, without absent settings. */
export function toNewUser(projectId: string, grantee: Grantee, settings: GrantSettings): DatabaseUserCreate {
  const { description, deleteAfterDate } = settings;
  return {
    ...identity(projectId, grantee),
    roles: wireRoles(settings.roles),
    scopes: [...settings.scopes],
    labels: [...settings.labels],
    ...(description === undefined ? {} : { description }),
    ...(deleteAfterDate === undefined ? {} : { deleteAfterDate }),
  };
}

/**
 * The body of a PATCH: what `changes` holds, and always who it is and how it authenticates. A description is taken off
 * by an empty one, which is valid by the API's schema. No value of that schema takes off an expiry date; null is all
 * that can be tried, so whoever sends it looks whether it worked.
 */
export function toUserChanges(
  projectId: string,
  grantee: Grantee,
  changes: Partial<GrantSettings>,
): DatabaseUserUpdate {
  return {
    ...identity(projectId, grantee),
    ...(changes.roles === undefined ? {} : { roles: wireRoles(changes.roles) }),
    ...(changes.scopes === undefined ? {} : { scopes: [...changes.scopes] }),
    ...(changes.labels === undefined ? {} : { labels: [...changes.labels] }),
    ...("description" in changes ? { description: changes.description ?? "" } : {}),
    ...("deleteAfterDate" in changes ? { deleteAfterDate: changes.deleteAfterDate ?? null } : {}),
  };
}

/** All kinds of authentication must be said again in a PATCH: one that is left out means `NONE`, and is a change. */
function identity(groupId: string, grantee: Grantee) {
  return {
    ...userOf(grantee),
    groupId,
    oidcAuthType: KINDS[grantee.by].oidcAuthType,
    awsIAMType: "NONE",
    ldapAuthType: "NONE",
    x509Type: "NONE",
  } as const;
}

function wireRoles(roles: GrantSettings["roles"]): DatabaseUserCreate["roles"] {
  return roles.map(({ role, database, collection }) => ({
    roleName: role,
    databaseName: database,
    ...(collection === undefined ? {} : { collectionName: collection }),
  }));
}

/** Whether a grant is as `settings` say, in whatever order and spelling of the same moment the server answers. */
export function isAs(live: LiveGrant, settings: Partial<GrantSettings>): boolean {
  const { roles, scopes, labels } = settings;
  return (
    (roles === undefined || sameSet(live.roles, roles, (one) => [one.role, one.database, one.collection])) &&
    (scopes === undefined || sameSet(live.scopes, scopes, ({ name, type }) => [name, type])) &&
    (labels === undefined || sameSet(live.labels, labels, ({ key, value }) => [key, value])) &&
    (!("description" in settings) || (live.description ?? "") === (settings.description ?? "")) &&
    (!("deleteAfterDate" in settings) || sameMoment(live.deleteAfterDate, settings.deleteAfterDate))
  );
}

function sameSet<T>(live: readonly T[], wanted: readonly T[], keyOf: (item: T) => unknown): boolean {
  const there = new Set(live.map((item) => JSON.stringify(keyOf(item))));
  const asked = new Set(wanted.map((item) => JSON.stringify(keyOf(item))));
  return there.size === asked.size && [...asked].every((key) => there.has(key));
}

function sameMoment(a: string | undefined, b: string | undefined): boolean {
  // To the second: the API writes no fractions.
  const second = (text: string) => Math.floor(Date.parse(text) / 1_000);
  return a === b || (a !== undefined && b !== undefined && second(a) === second(b));
}
