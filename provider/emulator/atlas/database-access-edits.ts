import { z } from "zod";
import { objectIdSchema } from "../../../schema/atlas.ts";
import { customDbRoleSeedSchema, newCustomDbRole } from "./custom-db-role.ts";
import { databaseUserSeedSchema, newDatabaseUser } from "./database-user.ts";
import { type AtlasWorld, sameId, type WorldCustomDbRole, type WorldDatabaseUser } from "./world.ts";

/** Sets any fields, known or not, and removes those in `unset`. */
const change = {
  fields: z.record(z.string(), z.unknown()).default({}),
  unset: z.array(z.string()).default([]),
};
/** The database tells apart users of the same name. */
const user = { projectId: objectIdSchema, username: z.string(), databaseName: z.string().optional() };
const role = { projectId: objectIdSchema, roleName: z.string() };

/** Users and user-defined roles, as they are changed in the console, or by other tools. */
export const databaseAccessEditSchemas = [
  z.strictObject({ edit: z.literal("add-database-user"), projectId: objectIdSchema, user: databaseUserSeedSchema }),
  z.strictObject({ edit: z.literal("update-database-user"), ...user, ...change }),
  z.strictObject({ edit: z.literal("remove-database-user"), ...user }),
  z.strictObject({ edit: z.literal("add-custom-role"), projectId: objectIdSchema, role: customDbRoleSeedSchema }),
  z.strictObject({ edit: z.literal("update-custom-role"), ...role, ...change }),
  /** Wherever it was granted or inherited it still is, which the API would not bring about. */
  z.strictObject({ edit: z.literal("remove-custom-role"), ...role }),
] as const;
type DatabaseAccessEdit = z.output<(typeof databaseAccessEditSchemas)[number]>;

/** Returns the state after an edit, and the name of the user or role. Throws if the object does not exist. */
export function applyDatabaseAccessEdit(
  world: AtlasWorld,
  edit: DatabaseAccessEdit,
): { world: AtlasWorld; id: string } {
  const { projectId } = edit;
  const { databaseUsers, customDbRoles } = world;
  switch (edit.edit) {
    case "add-database-user": {
      const added = newDatabaseUser(projectId, edit.user);
      return { id: added.username, world: { ...world, databaseUsers: [...databaseUsers, added] } };
    }
    case "update-database-user":
    case "remove-database-user": {
      const { username, databaseName } = edit;
      const isMeant = (one: WorldDatabaseUser) =>
        sameId(one.projectId, projectId) &&
        one.username === username &&
        (databaseName === undefined || one.databaseName === databaseName);
      if (!databaseUsers.some(isMeant)) throw new Error(`no user ${username} in project ${projectId}`);
      const changed =
        edit.edit === "remove-database-user"
          ? databaseUsers.filter((one) => !isMeant(one))
          : databaseUsers.map((one) => (isMeant(one) ? changedFields(one, edit) : one));
      return { id: username, world: { ...world, databaseUsers: changed } };
    }
    case "add-custom-role": {
      const added = newCustomDbRole(projectId, edit.role);
      return { id: added.roleName, world: { ...world, customDbRoles: [...customDbRoles, added] } };
    }
    case "update-custom-role":
    case "remove-custom-role": {
      const { roleName } = edit;
      const isMeant = (one: WorldCustomDbRole) => sameId(one.projectId, projectId) && one.roleName === roleName;
      if (!customDbRoles.some(isMeant)) throw new Error(`no role ${roleName} in project ${projectId}`);
      const changed =
        edit.edit === "remove-custom-role"
          ? customDbRoles.filter((one) => !isMeant(one))
          : customDbRoles.map((one) => (isMeant(one) ? changedFields(one, edit) : one));
      return { id: roleName, world: { ...world, customDbRoles: changed } };
    }
  }
}

/** Returns an object with some fields set and others removed, without a check of the result. */
export function changedFields<T extends object>(
  old: T,
  { fields, unset }: { readonly fields: Record<string, unknown>; readonly unset: readonly string[] },
): T {
  return Object.fromEntries(Object.entries({ ...old, ...fields }).filter(([key]) => !unset.includes(key))) as T;
}
