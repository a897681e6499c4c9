import type { CustomDbRoleUpdate } from "../../../schema/atlas.ts";
import { ROLES_DATABASE } from "../../../schema/roles.ts";
import { validationError } from "./body.ts";
import { badRequest, conflict } from "./errors.ts";
import { reachOfBuiltIn, requireDatabaseName, WITHHELD_ROLES } from "./granted-roles.ts";
import { type AtlasWorld, customDbRolesOf, sameId, type WorldCustomDbRole } from "./world.ts";

type Actions = NonNullable<CustomDbRoleUpdate["actions"]>;

/** Actions that are about a cluster as a whole; of those named in neither set the emulator takes any resource. */
const CLUSTER_ACTIONS: ReadonlySet<string> = new Set([
  "CONN_POOL_STATS",
  "FLUSH_ROUTER_CONFIG",
  "GET_CMD_LINE_OPTS",
  "GET_LOG",
  "GET_PARAMETER",
  "GET_SHARD_MAP",
  "HOST_INFO",
  "IN_PROG",
  "KILL_ANY_SESSION",
  "KILL_OP",
  "LIST_DATABASES",
  "LIST_SESSIONS",
  "LIST_SHARDS",
  "NET_STAT",
  "REPL_SET_GET_CONFIG",
  "REPL_SET_GET_STATUS",
  "SERVER_STATUS",
  "SET_USER_WRITE_BLOCK",
  "SHARDING_STATE",
  "TOP",
  "USE_UUID",
]);
/** Actions that are about collections or a database. */
const DATA_ACTIONS: ReadonlySet<string> = new Set([
  "BYPASS_DOCUMENT_VALIDATION",
  "COLL_MOD",
  "COLL_STATS",
  "COMPACT",
  "CONVERT_TO_CAPPED",
  "CREATE_COLLECTION",
  "CREATE_INDEX",
  "DB_STATS",
  "DROP_COLLECTION",
  "DROP_DATABASE",
  "DROP_INDEX",
  "FIND",
  "INSERT",
  "LIST_COLLECTIONS",
  "LIST_INDEXES",
  "RE_INDEX",
  "REMOVE",
  "UPDATE",
  "VALIDATE",
]);

/** The first MongoDB version that knows an action; all others are older than any that Atlas runs. */
const SINCE: Readonly<Record<string, number>> = {
  ANALYZE_SHARD_KEY: 7,
  BYPASS_USER_WRITE_BLOCK: 6,
  CHECK_METADATA_CONSISTENCY: 7,
  SET_USER_WRITE_BLOCK: 6,
};

/** The name of a new role. */
export function checkRoleName(name: string): void {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_-]*$/.test(name)) {
    const detail = `The role name, "${name}", is invalid. It must begin with a letter or number, and be made of ASCII letters, numbers, hyphens and underscores.`;
    throw badRequest("ATLAS_CUSTOM_ROLE_INVALID_NAME", detail, name);
  }
  if (name.startsWith("xgen-")) {
    const detail = `Cannot create custom role ${name} because the prefix xgen- is reserved for built-in roles.`;
    throw badRequest("ATLAS_RESERVED_CUSTOM_ROLE_RESTRICTED", detail, name);
  }
  if (reachOfBuiltIn(name) !== undefined || WITHHELD_ROLES.has(name)) {
    const detail = `Cannot create custom role ${name} because a built-in role with that name already exists.`;
    throw badRequest("ATLAS_INVALID_CUSTOM_ROLE_RESTRICTED", detail, name);
  }
}

/** A whole role, as it would be. */
export function checkRole(world: AtlasWorld, role: WorldCustomDbRole): void {
  if (role.actions.length === 0 && role.inheritedRoles.length === 0) {
    const detail = "Custom roles must have one or more user privilege actions or inherited roles.";
    throw badRequest("ATLAS_CUSTOM_ROLE_HAS_NO_PERMISSIONS", detail);
  }
  checkActions(role.actions as Actions);
  checkVersions(world, role);
  checkInheritance(world, role);
}

function checkActions(actions: Actions): void {
  if (repeats(actions.map(({ action }) => action))) {
    throw badRequest("ATLAS_DUPLICATE_CUSTOM_ROLE_ACTION", "A custom role cannot have duplicate actions.");
  }
  for (const { action, resources } of actions) {
    if (repeats(resources.map((resource) => JSON.stringify(resource)))) {
      const detail = "A custom role cannot have duplicate resources applied to the same action.";
      throw badRequest("ATLAS_DUPLICATE_CUSTOM_ROLE_RESOURCE", detail);
    }
    const fits = resources.every(({ cluster, db }) =>
      cluster === true ? !DATA_ACTIONS.has(action) : db !== undefined && !CLUSTER_ACTIONS.has(action),
    );
    // That an action needs a resource at all is a guess.
    if (!fits || resources.length === 0) {
      const detail = "One or more of the selected actions was applied to an incorrect resource.";
      throw badRequest("ATLAS_INVALID_RESOURCE", detail);
    }
    for (const { db } of resources) if (db !== undefined) requireDatabaseName(db);
  }
}

/** Which actions the API knows to be too new for which version is a guess. */
function checkVersions(world: AtlasWorld, role: WorldCustomDbRole): void {
  for (const { projectId, mongoDBMajorVersion: version } of world.clusters) {
    if (!sameId(projectId, role.projectId)) continue;
    const unknown = role.actions.map(({ action }) => action).filter((one) => (SINCE[one] ?? 0) > Number(version));
    if (unknown.length > 0) {
      const detail = `Cannot create or edit role as the following custom role action(s) are not supported for your ${version} cluster(s): ${unknown}.`;
      throw conflict("CUSTOM_ROLE_ACTIONS_INVALID_FOR_EXISTING_CLUSTERS", detail, version, `${unknown}`);
    }
  }
}

function checkInheritance(world: AtlasWorld, role: WorldCustomDbRole): void {
  const roles = new Map(customDbRolesOf(world, role.projectId).map((one) => [one.roleName, one]));
  // The schema says that they are unique, and no code is published for those that are not.
  if (repeats(role.inheritedRoles.map(({ role: name, db }) => JSON.stringify([name, db])))) {
    throw validationError("inheritedRoles", "must not repeat a role");
  }
  for (const inherited of role.inheritedRoles) {
    if (inherited.role === role.roleName) {
      throw badRequest("ATLAS_INVALID_CUSTOM_ROLE_SELF_REFERENTIAL", "A custom DB role cannot inherit from itself.");
    }
    const onAnyDatabase = inherited.role === "read" || inherited.role === "readWrite";
    if (!onAnyDatabase && inherited.db !== ROLES_DATABASE) {
      const detail = "One or more of the specified inherited roles have an invalid scope.";
      throw badRequest("ATLAS_INVALID_CUSTOM_ROLE_INHERITED_SCOPE", detail);
    }
    if (reachOfBuiltIn(inherited.role) === undefined && !roles.has(inherited.role)) {
      const detail = "One or more of the specified inherited roles do not exist.";
      throw badRequest("ATLAS_INVALID_CUSTOM_ROLE_INHERITANCE", detail);
    }
  }
  if (reaches(roles, role, role.roleName, new Set())) {
    const detail = "One or more of the specified inherited roles creates a circular dependency.";
    throw badRequest("ATLAS_INVALID_CUSTOM_ROLE_CIRCULAR_DEPENDENCY", detail);
  }
}

/** Whether `role` inherits the role `name`, over however many steps. */
function reaches(
  roles: ReadonlyMap<string, WorldCustomDbRole>,
  role: WorldCustomDbRole,
  name: string,
  seen: Set<string>,
): boolean {
  return role.inheritedRoles.some((inherited) => {
    if (inherited.role === name) return true;
    const next = roles.get(inherited.role);
    // A circle that this role is not part of: the API makes none, an edit can.
    if (next === undefined || seen.has(inherited.role)) return false;
    seen.add(inherited.role);
    return reaches(roles, next, name, seen);
  });
}

function repeats(keys: readonly string[]): boolean {
  return new Set(keys).size < keys.length;
}
