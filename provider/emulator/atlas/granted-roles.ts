import { ATLAS_BUILT_IN_ROLES, ROLES_DATABASE, roleText } from "../../../schema/roles.ts";
import { missingAttribute, validationError } from "./body.ts";
import { badRequest, notFound } from "./errors.ts";
import { type AtlasWorld, customDbRolesOf, type WorldDatabaseUser } from "./world.ts";

type GrantedRole = WorldDatabaseUser["roles"][number];

/** A documented limit; the code of its refusal is a guess. */
const MAX_ROLES = 100;

/**
 * Roles of MongoDB that Atlas never grants. The response to them is a guess. They are listed because no user-defined
 * role can have their names.
 */
export const WITHHELD_ROLES: ReadonlySet<string> = new Set([
  "clusterAdmin",
  "clusterManager",
  "dbOwner",
  "hostManager",
  "restore",
  "root",
  "userAdmin",
  "userAdminAnyDatabase",
  "__system",
]);

/** Where a built-in role can be granted; undefined for any other. */
export function reachOfBuiltIn(roleName: string): "any" | "admin" | undefined {
  return Object.hasOwn(ATLAS_BUILT_IN_ROLES, roleName) ? ATLAS_BUILT_IN_ROLES[roleName] : undefined;
}

/** The characters that no database name has, and the comma, with which a name was seen refused. */
export function requireDatabaseName(name: string): void {
  if (/[/\\. "$*<>:|?,\0]/.test(name)) {
    throw badRequest("INVALID_DATABASE_NAME", `Invalid database name specified: ${name}.`, name);
  }
}

/**
 * Refuses roles that a user cannot be granted. There is also `ATLAS_INVALID_CUSTOM_ROLE_ASSIGNMENT`, "a user can only
 * be assigned one role": it is older than the present limit of a hundred, and not played.
 */
export function checkGrantedRoles(
  world: AtlasWorld,
  projectId: string,
  username: string,
  roles: readonly GrantedRole[],
): void {
  // A guess, drawn from the refusal to delete a role that would leave a user without any.
  if (roles.length === 0) throw missingAttribute("roles");
  if (roles.length > MAX_ROLES) throw validationError("roles", `must not be more than ${MAX_ROLES}`);
  const seen = new Set<string>();
  for (const role of roles) {
    checkGrantedRole(world, projectId, role);
    const key = JSON.stringify([role.roleName, role.databaseName, role.collectionName]);
    if (seen.has(key)) {
      const { roleName, databaseName, collectionName } = role;
      const text = roleText({
        role: roleName,
        database: databaseName,
        ...(collectionName === undefined ? {} : { collection: collectionName }),
      });
      const detail = `Duplicate database roles specified for user ${username}: ${text}.`;
      throw badRequest("DUPLICATE_DATABASE_ROLES", detail, username, text);
    }
    seen.add(key);
  }
}

function checkGrantedRole(
  world: AtlasWorld,
  projectId: string,
  { roleName, databaseName, collectionName }: GrantedRole,
): void {
  requireDatabaseName(databaseName);
  if (collectionName !== undefined && roleName !== "read" && roleName !== "readWrite") {
    throw validationError("collectionName", `does not go with the role ${roleName}`);
  }
  const reach = reachOfBuiltIn(roleName);
  if (reach === "any") return;
  if (WITHHELD_ROLES.has(roleName)) {
    const detail = `The specified role ${roleName}@${databaseName} is restricted.`;
    throw badRequest("ATLAS_RESTRICTED_ROLE", detail, roleName, databaseName);
  }
  if (databaseName !== ROLES_DATABASE) {
    // Seen: a user-defined role on any other database than admin is "not supported", whether it exists or not.
    if (reach === undefined) throw badRequest("UNSUPPORTED_ROLE", "The provided role is not supported.");
    const detail = `The specified role ${roleName} only exists for database ${ROLES_DATABASE}.`;
    throw badRequest("ATLAS_INVALID_ROLE_DATABASE", detail, roleName, ROLES_DATABASE);
  }
  if (reach === undefined && !customDbRolesOf(world, projectId).some((role) => role.roleName === roleName)) {
    // Seen for users too, with this code and its documented status: a 404 that says nothing about the user.
    throw roleNotFound(roleName);
  }
}

export function roleNotFound(roleName: string) {
  const detail = `The specified custom db role ${roleName} does not exist.`;
  return notFound("ATLAS_CUSTOM_ROLE_NOT_FOUND", detail, roleName);
}
