/**
 * The privileges of MongoDB's built-in roles that a grant may name. Sources: mongod's builtin_roles.yml, and for
 * `atlasAdmin` the list in the Atlas documentation. The tables omit resources without user data (time series buckets,
 * single system collections of `admin` and `local`).
 */

import type { PrivilegeResource } from "../../schema/privileges.ts";
import type { GrantedRole } from "../../schema/roles.ts";

/** `*`: every resource there is, system collections and the cluster included. */
export type Resource = PrivilegeResource | "*";

export interface Allowed {
  readonly resource: Resource;
  readonly actions: readonly string[];
}

/** The own privileges of a role, and the roles that it inherits. */
export interface RoleContent {
  readonly allows: readonly Allowed[];
  readonly roles: readonly GrantedRole[];
}

const READ = words(
  "changeStream collStats dbHash dbStats find killCursors listCollections listIndexes listSearchIndexes planCacheRead",
);
const READ_WRITE = [
  ...READ,
  ...words(
    "cleanupStructuredEncryptionData compactStructuredEncryptionData convertToCapped createCollection createIndex",
  ),
  ...words("createSearchIndexes dropCollection dropIndex dropSearchIndex insert remove renameCollectionSameDB update"),
  ...words("updateSearchIndex"),
];
const DB_ADMIN = [
  ...words("analyze bypassDocumentValidation collMod collStats compact configureQueryAnalyzer convertToCapped"),
  ...words("createCollection createIndex createSearchIndexes dbStats dropCollection dropDatabase dropIndex"),
  ...words("dropSearchIndex enableProfiler listCollections listIndexes listSearchIndexes planCacheIndexFilter"),
  ...words("planCacheRead planCacheWrite reIndex renameCollectionSameDB storageDetails updateSearchIndex validate"),
];
const PROFILE = [...READ, ...words("convertToCapped createCollection dropCollection")];
const USER_ADMIN = words(
  "changeCustomData changePassword createRole createUser dropRole dropUser grantRole revokeRole setAuthenticationRestriction viewRole viewUser",
);
const SHARDING = words("analyzeShardKey enableSharding moveCollection refineCollectionShardKey reshardCollection");
const MONITOR = words("collStats dbStats getDatabaseVersion getShardVersion indexStats");
const MONITOR_CLUSTER = [
  ...words(
    "allCollectionStats connPoolStats getCmdLineOpts getDefaultRWConcern getLog getParameter getShardMap hostInfo",
  ),
  ...words("inprog listDatabases listSampledQueries listSessions listShards netstat operationMetrics replSetGetConfig"),
  ...words("replSetGetStatus serverStatus shardedDataDistribution shardingState top useUUID"),
];
const HOST_CLUSTER = [
  ...words(
    "applicationMessage auditConfigure connPoolSync dropConnections flushRouterConfig fsync invalidateUserCache",
  ),
  ...words(
    "killAnyCursor killAnySession killop logRotate oidReset oidcListKeys oidcRefreshKeys replSetResizeOplog resync",
  ),
  ...words("rotateCertificates setParameter shutdown touch trafficRecord unlock"),
];
const MANAGE_CLUSTER = [
  ...words("addShard appendOplogNote applicationMessage checkMetadataConsistency cleanupOrphaned flushRouterConfig"),
  ...words("getChangeStreamState getClusterParameter getDefaultRWConcern listSessions listShards querySettings"),
  ...words("queryStatsRead queryStatsReadTransformed removeShard replSetConfigure replSetGetConfig replSetGetStatus"),
  ...words("replSetStateChange resync setChangeStreamState setClusterParameter setDefaultRWConcern"),
  ...words("setFeatureCompatibilityVersion transitionFromDedicatedConfigServer transitionToDedicatedConfigServer"),
];
const MANAGE = [...SHARDING, ...words("clearJumboFlag configureQueryAnalyzer moveChunk splitChunk splitVector")];
const RESTORE = words(
  "bypassDocumentValidation collMod convertToCapped createCollection createIndex createSearchIndexes dropCollection insert updateSearchIndex",
);

const CLUSTER: Resource = { cluster: true };
/** All databases but `local` and `config`, without their system collections. */
const ANY: Resource = { database: "", collection: "" };

/** Those that are granted on one database and mean that database. */
const ON_A_DATABASE: Readonly<Record<string, (database: string) => RoleContent>> = {
  read: (database) => content([...onData(database, READ)]),
  readWrite: (database) => content([...onData(database, READ_WRITE)]),
  dbAdmin: (database) => content([on(database, "", DB_ADMIN), on(database, "system.profile", PROFILE)]),
  userAdmin: (database) => content([on(database, "", USER_ADMIN)]),
  dbOwner: (database) => content([], ["readWrite", "dbAdmin", "userAdmin"], database),
  enableSharding: () => content([{ resource: ANY, actions: SHARDING }]),
};

/** Those that exist on `admin` only. */
const ON_ADMIN: Readonly<Record<string, RoleContent>> = {
  readAnyDatabase: content([...onData("", READ), cluster("listDatabases")]),
  readWriteAnyDatabase: content(onData("", READ_WRITE), ["readAnyDatabase"]),
  dbAdminAnyDatabase: content([
    { resource: ANY, actions: DB_ADMIN },
    on("", "system.profile", PROFILE),
    cluster("applyOps listDatabases"),
  ]),
  userAdminAnyDatabase: content([
    { resource: ANY, actions: [...USER_ADMIN, "listCachedAndActiveUsers"] },
    ...["local", "config"].map((database) => on(database, "", USER_ADMIN)),
    ...["system.users", "system.roles"].map((name) => on("admin", name, [...READ, ...words("createIndex dropIndex")])),
    cluster("authSchemaUpgrade invalidateUserCache listDatabases viewUser"),
  ]),
  clusterMonitor: {
    allows: [
      { resource: CLUSTER, actions: MONITOR_CLUSTER },
      ...["", "config", "local"].map((database) => on(database, "", MONITOR)),
      on("", "system.profile", ["find"]),
    ],
    roles: ["config", "local"].map((database) => ({ role: "read", database })),
  },
  hostManager: content([
    { resource: CLUSTER, actions: HOST_CLUSTER },
    { resource: ANY, actions: ["killCursors"] },
  ]),
  clusterManager: {
    allows: [
      { resource: CLUSTER, actions: MANAGE_CLUSTER },
      { resource: ANY, actions: MANAGE },
      ...["config", "local"].map((database) => on(database, "", [...MANAGE, ...words("insert remove update")])),
      { resource: "*", actions: ["dbCheck"] },
    ],
    roles: [{ role: "read", database: "config" }],
  },
  clusterAdmin: content(
    [
      { resource: ANY, actions: ["dropDatabase"] },
      { resource: "*", actions: words("exportCollection importCollection") },
    ],
    ["clusterMonitor", "hostManager", "clusterManager"],
  ),
  backup: content([
    { resource: "*", actions: words("collStats listCollections listIndexes listSearchIndexes") },
    ...["", "config", "local"].map((database) => on(database, "", ["find"])),
    ...["system.js", "system.users", "system.profile"].map((name) => on("", name, ["find"])),
    on("config", "settings", words("find insert update")),
    cluster("appendOplogNote getParameter listDatabases serverStatus setUserWriteBlockMode useUUID"),
  ]),
  restore: content([
    { resource: ANY, actions: [...RESTORE, ...USER_ADMIN] },
    ...["config", "local"].map((database) => on(database, "", RESTORE)),
    on("", "system.js", RESTORE),
    on("", "system.users", [...RESTORE, ...words("find remove update")]),
    { resource: "*", actions: ["listCollections"] },
    cluster("applyOps bypassWriteBlockingMode forceUUID getParameter setUserWriteBlockMode useUUID"),
  ]),
  directShardOperations: content([cluster("issueDirectShardOperations")]),
  root: content(
    [{ resource: "*", actions: ["validate"] }],
    [
      ...["clusterAdmin", "userAdminAnyDatabase", "dbAdminAnyDatabase", "readWriteAnyDatabase"],
      ...["backup", "restore", "directShardOperations"],
    ],
  ),
  // Of these three of Atlas's the documentation names the purpose; the actions are those that the purpose takes.
  autoCompact: content([cluster("autoCompact")]),
  killOpSession: content([cluster("inprog killAnyCursor killAnySession killop listSessions")]),
  manageShardBalancer: content([on("config", "settings", words("find update"))]),
  atlasAdmin: content(
    [
      { resource: ANY, actions: words("enableSharding moveChunk splitChunk viewRole viewUser") },
      on("config", "settings", ["update"]),
      cluster("cleanupOrphaned flushRouterConfig"),
    ],
    ["readWriteAnyDatabase", "dbAdminAnyDatabase", "clusterMonitor"],
  ),
};

/** Returns the content of a built-in role, or `undefined` if the database has no built-in role of this name. */
export function builtInRole({ role, database, collection }: GrantedRole): RoleContent | undefined {
  if (collection !== undefined) return onCollection(role, database, collection);
  if (Object.hasOwn(ON_A_DATABASE, role)) return ON_A_DATABASE[role]?.(database);
  return database === "admin" && Object.hasOwn(ON_ADMIN, role) ? ON_ADMIN[role] : undefined;
}

/** Atlas grants two of them on single collections. */
function onCollection(role: string, database: string, collection: string): RoleContent | undefined {
  const actions = role === "read" ? READ : role === "readWrite" ? READ_WRITE : undefined;
  return actions && content([on(database, collection, actions)]);
}

function content(allows: readonly Allowed[], inherits: readonly string[] = [], database = "admin"): RoleContent {
  return { allows, roles: inherits.map((role) => ({ role, database })) };
}

function onData(database: string, actions: readonly string[]): Allowed[] {
  return [on(database, "", actions), on(database, "system.js", actions)];
}

function on(database: string, collection: string, actions: readonly string[]): Allowed {
  return { resource: { database, collection }, actions };
}

function cluster(actions: string): Allowed {
  return { resource: CLUSTER, actions: words(actions) };
}

function words(text: string): string[] {
  return text.split(" ");
}
