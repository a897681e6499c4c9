import { z } from "zod";

/** One role that is granted, on one database; `collection` narrows `read` and `readWrite` down (Atlas only). */
const grantedRoleObjectSchema = z.strictObject({
  role: z.string().min(1),
  database: z.string().min(1),
  collection: z.string().min(1).optional(),
});
export type GrantedRole = z.infer<typeof grantedRoleObjectSchema>;

/** `readWrite@app`, `read@app.orders`, `clusterMonitor@admin`; or the object, for names that the text cannot hold. */
export const grantedRoleSchema = z.union(
  [z.string().min(1), grantedRoleObjectSchema],
  'expected a role as text, "readWrite@app", or as an object, { role, database }',
);
export type GrantedRoleInput = z.infer<typeof grantedRoleSchema>;

/** Where a role lives when its text names no database: user-defined roles of Atlas, and most built-in ones. */
export const ROLES_DATABASE = "admin";

/**
 * The roles that Atlas has by itself, and where each can be granted: on every database, or on `admin` only.
 * `CloudDatabaseUser.roles` in the API's description lists them but for `autoCompact`, `killOpSession` and
 * `manageShardBalancer`, which Atlas's documentation has among the specific privileges.
 */
export const ATLAS_BUILT_IN_ROLES: Readonly<Record<string, "any" | "admin">> = {
  atlasAdmin: "admin",
  autoCompact: "admin",
  backup: "admin",
  clusterMonitor: "admin",
  dbAdmin: "any",
  dbAdminAnyDatabase: "admin",
  enableSharding: "admin",
  killOpSession: "admin",
  manageShardBalancer: "admin",
  read: "any",
  readAnyDatabase: "admin",
  readWrite: "any",
  readWriteAnyDatabase: "admin",
};

/**
 * The roles that a server has by itself (`builtin_roles.yml`), and where: what there is in Cloud Manager and Ops Manager.
 * `searchCoordinator` is one from 8.2 on.
 */
export const SERVER_BUILT_IN_ROLES: Readonly<Record<string, "any" | "admin">> = {
  __queryableBackup: "admin",
  __system: "admin",
  backup: "admin",
  clusterAdmin: "admin",
  clusterManager: "admin",
  clusterMonitor: "admin",
  dbAdmin: "any",
  dbAdminAnyDatabase: "admin",
  dbOwner: "any",
  directShardOperations: "admin",
  enableSharding: "any",
  hostManager: "admin",
  read: "any",
  readAnyDatabase: "admin",
  readWrite: "any",
  readWriteAnyDatabase: "admin",
  restore: "admin",
  root: "admin",
  searchCoordinator: "admin",
  userAdmin: "any",
  userAdminAnyDatabase: "admin",
};

/** Databases on which a server allows no user-defined role. */
export const DATABASES_WITHOUT_ROLES: ReadonlySet<string> = new Set(["local", "$external"]);

/**
 * Reads the text form. A database name has no dot, so that all after the first one is the collection; the role ends at
 * the last `@` before it. Without `@` the role lives on `admin`. `undefined` where no role or database is named.
 */
export function parseRole(given: GrantedRoleInput): GrantedRole | undefined {
  if (typeof given !== "string") return given;
  const match = /^(?<role>[^@]+)(?:@(?<database>[^@.]+)(?:\.(?<collection>.+))?)?$/s.exec(given);
  if (match?.groups === undefined) return undefined;
  const { role = "", database = ROLES_DATABASE, collection } = match.groups;
  return { role, database, ...(collection === undefined ? {} : { collection }) };
}

/** The text form where it can be read back, else the object: one way to write each role, in state and in messages. */
export function canonicalRole(given: GrantedRoleInput): GrantedRoleInput {
  const role = parseRole(given);
  if (role === undefined) return given;
  const text = roleText(role);
  const back = parseRole(text);
  const same = back?.role === role.role && back.database === role.database && back.collection === role.collection;
  return same ? text : role;
}

/** For messages, where it need not be read back. */
export function roleText({ role, database, collection }: GrantedRole): string {
  return `${role}@${database}${collection === undefined ? "" : `.${collection}`}`;
}
