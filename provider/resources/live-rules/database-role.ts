import type { Finding } from "../../../schema/finding.ts";
import type { GrantedRole } from "../../../schema/roles.ts";
import { listed } from "../../reports.ts";
import { finding } from "../../rules/index.ts";
import type { Context } from "../definition.ts";

interface RoleKey {
  readonly projectId: string;
  readonly roleName: string;
  readonly database: string;
}

/** FED333: the server refuses to delete a granted role, and does not name the holders. */
export async function stillGranted(
  context: Context,
  { projectId, roleName, database: lives }: RoleKey,
): Promise<Finding[]> {
  const plane = context.plane();
  const [grants, roles] = await Promise.all([
    plane.access.list(projectId, { fresh: true }),
    plane.databaseRoles.list(projectId, { fresh: true }),
  ]);
  const grantsIt = ({ roles }: { readonly roles: readonly GrantedRole[] }) =>
    roles.some(({ role, database }) => role === roleName && database === lives);
  const holders = [
    ...grants.filter(grantsIt).map(({ by, who }) => `${by === "GROUP" ? "group" : "user"} ${who}`),
    ...roles.filter(grantsIt).map((role) => `role ${role.roleName}`),
    ...(await plane.otherUsers(projectId)).filter(grantsIt).map(({ name }) => `user ${name}`),
  ];
  if (holders.length === 0) return [];
  return [
    finding("FED333", { message: `role ${roleName} of project ${projectId} is still granted to ${listed(holders)}` }),
  ];
}
