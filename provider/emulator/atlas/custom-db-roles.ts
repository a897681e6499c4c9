import { type CustomDbRoleUpdate, customDbRoleCreateSchema, customDbRoleUpdateSchema } from "../../../schema/atlas.ts";
import { requireDatabaseAccessAdmin, requireProject } from "./access.ts";
import { validBody } from "./body.ts";
import { customDbRoleBody } from "./custom-db-role.ts";
import { checkRole, checkRoleName } from "./custom-db-role-rules.ts";
import { AtlasError, conflict } from "./errors.ts";
import { roleNotFound } from "./granted-roles.ts";
import { commitAccess } from "./rollout.ts";
import { type AtlasCall, type AtlasRoute, accepted, inKeyOrder, noContent, ok, V2023_01_01 } from "./route.ts";
import { type AtlasWorld, customDbRolesOf, databaseUsersOf, sameId, type WorldCustomDbRole } from "./world.ts";

const list = "/groups/:groupId/customDBRoles/roles";
const one = `${list}/:roleName`;
const versions = [V2023_01_01];
const rateLimit = "custom-db-roles";
const write = { versions, rateLimit, overlaps: true } as const;

export const customDbRoleRoutes: readonly AtlasRoute[] = [
  {
    method: "GET",
    path: list,
    versions,
    rateLimit,
    // The one list that has no pages.
    handle(call) {
      const project = requireProject(call, call.params.groupId ?? "");
      return ok(customDbRolesOf(call.world, project.id).map(customDbRoleBody));
    },
  },
  { ...write, method: "POST", path: list, takesBody: true, handle: create },
  {
    method: "GET",
    path: one,
    versions,
    rateLimit,
    handle(call) {
      const project = requireProject(call, call.params.groupId ?? "");
      return ok(customDbRoleBody(requireRole(call, project.id)));
    },
  },
  { ...write, method: "PATCH", path: one, takesBody: true, handle: update },
  { ...write, method: "DELETE", path: one, handle: remove },
];

function create(call: AtlasCall) {
  const project = requireDatabaseAccessAdmin(call);
  const { roleName, ...body } = validBody(customDbRoleCreateSchema, call.body);
  checkRoleName(roleName);
  const roles = customDbRolesOf(call.world, project.id);
  if (roles.some((other) => other.roleName === roleName)) {
    const detail = `A custom role with the name ${roleName} already exists.`;
    throw conflict("ATLAS_CUSTOM_ROLE_NAME_ALREADY_EXISTS", detail, roleName);
  }
  const role = { projectId: project.id, roleName, actions: [], inheritedRoles: [], ...stored(body) };
  checkRole(call.world, role);
  if (roles.length >= call.behaviour.maxCustomDbRoles) {
    throw new AtlasError(403, "CUSTOM_ROLES_LIMIT_EXCEEDED", "Exceeded maximum number of custom roles.");
  }
  commitAccess(call, project.id, (world) => ({ ...world, customDbRoles: [...world.customDbRoles, role] }));
  return accepted(customDbRoleBody(role));
}

/** Each list that is sent replaces the old one. */
function update(call: AtlasCall) {
  const project = requireDatabaseAccessAdmin(call);
  const old = requireRole(call, project.id);
  const role = { ...old, ...stored(validBody(customDbRoleUpdateSchema, call.body)) };
  checkRole(call.world, role);
  commitAccess(call, project.id, (world) => ({
    ...world,
    customDbRoles: world.customDbRoles.map((other) => (isRoleOf(project.id, other, old.roleName) ? role : other)),
  }));
  return ok(customDbRoleBody(role));
}

/**
 * Deletes a role that is in use, too, and removes it from its users, as Atlas does. Refuses only if a user would have no
 * role left, or a role no permission.
 */
function remove(call: AtlasCall) {
  const project = requireDatabaseAccessAdmin(call);
  const { roleName } = requireRole(call, project.id);
  const without = withoutRole(call.world, project.id, roleName);
  const stripped = databaseUsersOf(without, project.id).filter(
    (user) => user.roles.length === 0 && !call.world.databaseUsers.includes(user),
  );
  if (stripped.length > 0) {
    const names = stripped.map(({ username }) => username).join(", ");
    const detail = `Deleting specified custom role would leave the following users without a role: ${names}.`;
    throw conflict("ATLAS_CUSTOM_ROLE_IN_USE_BY_USERS", detail, names);
  }
  const emptied = customDbRolesOf(without, project.id).filter(
    (role) => role.actions.length + role.inheritedRoles.length === 0 && !call.world.customDbRoles.includes(role),
  );
  if (emptied.length > 0) {
    const names = emptied.map((role) => role.roleName).join(", ");
    const detail = `Deleting specified custom role would leave the following roles with no actions or inherited roles: ${names}.`;
    throw conflict("ATLAS_CUSTOM_ROLE_IN_USE_BY_ROLES", detail, names);
  }
  commitAccess(call, project.id, (world) => withoutRole(world, project.id, roleName));
  return noContent;
}

/** Returns the state without a role, its grants and its inheritance. Unaffected objects keep their identity. */
function withoutRole(world: AtlasWorld, projectId: string, roleName: string): AtlasWorld {
  return {
    ...world,
    databaseUsers: world.databaseUsers.map((user) => {
      if (!sameId(user.projectId, projectId)) return user;
      const roles = user.roles.filter((role) => role.roleName !== roleName);
      return roles.length === user.roles.length ? user : { ...user, roles };
    }),
    customDbRoles: world.customDbRoles
      .filter((role) => !isRoleOf(projectId, role, roleName))
      .map((role) => {
        if (!sameId(role.projectId, projectId)) return role;
        const inheritedRoles = role.inheritedRoles.filter((inherited) => inherited.role !== roleName);
        return inheritedRoles.length === role.inheritedRoles.length ? role : { ...role, inheritedRoles };
      }),
  };
}

/** As it is kept and answered: only keys that say something, and of a cluster nothing else. */
function stored({ actions, inheritedRoles }: CustomDbRoleUpdate): Partial<WorldCustomDbRole> {
  return {
    ...(actions && {
      actions: actions.map(({ action, resources }) => ({
        action,
        resources: resources.map(({ cluster, db, collection }) => {
          if (cluster === true) return { cluster };
          return { ...(collection === undefined ? {} : { collection }), ...(db === undefined ? {} : { db }) };
        }),
      })),
    }),
    ...(inheritedRoles && { inheritedRoles: inheritedRoles.map((role) => inKeyOrder(role)) }),
  };
}

function requireRole({ world, params }: AtlasCall, projectId: string): WorldCustomDbRole {
  const { roleName = "" } = params;
  const role = customDbRolesOf(world, projectId).find((one) => one.roleName === roleName);
  if (role === undefined) throw roleNotFound(roleName);
  return role;
}

function isRoleOf(projectId: string, role: WorldCustomDbRole, roleName: string): boolean {
  return sameId(role.projectId, projectId) && role.roleName === roleName;
}
