import type { AccessRole, AccessRow } from "../../schema/access-report.ts";

/** Actions with which somebody can give more access to oneself or to others. */
const ACCESS_ACTIONS = new Set([
  "anyAction",
  "applyOps",
  "changePassword",
  "createRole",
  "createUser",
  "dropRole",
  "dropUser",
  "grantRole",
  "revokeRole",
  "setAuthenticationRestriction",
]);
/** Actions that change data. They reach far if they hold for all databases, or for the users and roles themselves. */
const WRITE_ACTIONS = new Set(["dropCollection", "dropDatabase", "insert", "remove", "update"]);

/** Roles for everything. They exist on every server and are in no list. */
export const INTERNAL_ROLES: ReadonlySet<string> = new Set(["__system@admin"]);

type Privilege = AccessRole["privileges"][number];

function reachesFar({ resource, actions }: Privilege): boolean {
  if (actions.some((action) => ACCESS_ACTIONS.has(action))) return true;
  if (actions.includes("find") && isUsers(resource)) return true;
  if (!actions.some((action) => WRITE_ACTIONS.has(action))) return false;
  if (resource === "*") return true;
  if ("cluster" in resource) return false;
  const { database, collection } = resource;
  return (collection === "" && (database === "" || database === "admin")) || isUsers(resource);
}

/** The users with their credentials, or the roles. */
function isUsers(resource: Privilege["resource"]): boolean {
  if (resource === "*" || "cluster" in resource) return false;
  return resource.database === "admin" && /^system\.(?:users|roles)$/.test(resource.collection);
}

/**
 * The roles and privileges of a grant that reach beyond the data of single databases, computed from effective privileges:
 * giving access (`grantRole`, `createUser`, …), and writing to all databases or to the users themselves.
 */
export function farReaching({ roles, privileges }: Pick<AccessRow, "roles" | "privileges">): string[] {
  const far = roles.filter(({ role, privileges: given }) => INTERNAL_ROLES.has(role) || given.some(reachesFar));
  // The grant names the role that has to change, not the one that this inherits.
  const byRole = far.map(({ role, through }) => through[0] ?? role);
  const own = privileges.filter(reachesFar).map(({ resource, actions }) => {
    const where = "cluster" in resource ? "cluster" : `${resource.database || "all databases"}`;
    return `${actions.filter((action) => ACCESS_ACTIONS.has(action) || WRITE_ACTIONS.has(action)).join(", ")} on ${where}`;
  });
  return [...new Set([...byRole, ...own])];
}
