import type { AccessRole, AccessRow } from "../../schema/access-report.ts";

/** Actions with which somebody can give more access to oneself or to others. */
const ACCESS_ACTIONS = new Set([
  "anyAction",
  "changePassword",
  "createRole",
  "createUser",
  "dropRole",
  "dropUser",
  "grantRole",
  "revokeRole",
]);
/** Actions that change data. They reach far if they hold for all databases, or for the users and roles themselves. */
const WRITE_ACTIONS = new Set(["dropCollection", "dropDatabase", "insert", "remove", "update"]);

type Privilege = AccessRole["privileges"][number];

function reachesFar({ resource, actions }: Privilege): boolean {
  if (actions.some((action) => ACCESS_ACTIONS.has(action))) return true;
  if (!actions.some((action) => WRITE_ACTIONS.has(action))) return false;
  if (resource === "*") return true;
  if ("cluster" in resource) return false;
  const { database, collection } = resource;
  return (
    database === "" || (database === "admin" && (collection === "" || /^system\.(?:users|roles)$/.test(collection)))
  );
}

/**
 * The roles and privileges of a grant that reach beyond the data of single databases, computed from effective privileges:
 * giving access (`grantRole`, `createUser`, …), and writing to all databases or to the users themselves.
 */
export function farReaching({ roles, privileges }: Pick<AccessRow, "roles" | "privileges">): string[] {
  const far = roles.filter((role) => role.privileges.some(reachesFar));
  // The grant names the role that has to change, not the one that this inherits.
  const byRole = far.map(({ role, through }) => through[0] ?? role);
  const own = privileges.filter(reachesFar).map(({ resource, actions }) => {
    const where = "cluster" in resource ? "cluster" : `${resource.database || "all databases"}`;
    return `${actions.filter((action) => ACCESS_ACTIONS.has(action) || WRITE_ACTIONS.has(action)).join(", ")} on ${where}`;
  });
  return [...new Set([...byRole, ...own])];
}
