import type { AccessChangeRow } from "../../../schema/access-change.ts";
import { containsUnknown } from "../../../schema/unknown.ts";
import { grantObject } from "../../access/managed-object.ts";
import type { LiveDatabaseRole } from "../../control-planes/control-plane.ts";
import { PlaneError } from "../../control-planes/plane-error.ts";
import { settingsIn } from "../../resources/database-role.ts";
import type { Context, Props } from "../../resources/definition.ts";
import { visible } from "../../resources/state/visible.ts";

/**
 * Returns the access that principals outside the stack gain or lose by a changed `DatabaseRole`. The access block of the
 * preview lists those of the stack.
 */
export async function holdersOutside(context: Context, inputs: Props): Promise<AccessChangeRow[]> {
  if (context.offline !== undefined || containsUnknown(visible(inputs))) return [];
  const { projectId, roleName, database } = inputs as Record<string, string>;
  if (projectId === undefined || roleName === undefined || database === undefined) return [];
  const role = { projectId, roleName, database, ...settingsIn(inputs) };
  const plane = context.plane();
  try {
    const [grants, live] = await Promise.all([plane.access.list(projectId), plane.databaseRoles.list(projectId)]);
    const isOurs = (grant: (typeof grants)[number]) => {
      const { kind, id } = grantObject(grant);
      return (context.owners?.of(kind, id) ?? []).length > 0;
    };
    const others = grants.filter((grant) => !isOurs(grant));
    if (others.length === 0) return [];
    const scope = await plane.scopeOf(projectId);
    const identityProviders = scope === undefined ? [] : await plane.identityProviders.list(scope.id);
    const { accessRows } = await import("../../access/rows.ts");
    const { changesOf } = await import("../../access/change.ts");
    const contents = { plane: plane.name, grants: others, identityProviders, projects: [], unreadable: [] };
    const isSame = (one: LiveDatabaseRole) => one.roleName === roleName && one.database === database;
    const before = accessRows({ ...contents, databaseRoles: live });
    const after = accessRows({ ...contents, databaseRoles: [...live.filter((one) => !isSame(one)), role] });
    return changesOf(before, after);
  } catch (error) {
    // The check of the role itself has reported what the credentials may not read.
    if (error instanceof PlaneError) return [];
    throw error;
  }
}
