import type { CustomDbRole, CustomDbRoleUpdate } from "../../../schema/atlas.ts";
import {
  canonicalPrivileges,
  fromAtlasAction,
  type Privilege,
  type PrivilegeResource,
  toAtlasAction,
} from "../../../schema/privileges.ts";
import { ROLES_DATABASE, roleText } from "../../../schema/roles.ts";
import type { DatabaseRoleSettings, LiveDatabaseRole } from "../control-plane.ts";

type Actions = NonNullable<CustomDbRoleUpdate["actions"]>;
type Resource = Actions[number]["resources"][number];
type WireResource = NonNullable<NonNullable<CustomDbRole["actions"]>[number]["resources"]>[number];

/** From Atlas's words to ours: it lists resources by action, a privilege lists actions by resource. */
export function toDatabaseRole(projectId: string, role: CustomDbRole): LiveDatabaseRole {
  const single = (role.actions ?? []).flatMap(({ action, resources }) =>
    (resources ?? []).map((resource) => ({ resource: toResource(resource), actions: [fromAtlasAction(action)] })),
  );
  return {
    projectId,
    roleName: role.roleName,
    database: ROLES_DATABASE,
    privileges: canonicalPrivileges(single),
    roles: (role.inheritedRoles ?? []).map(({ role: name, db }) => ({ role: name, database: db })),
  };
}

/** The body of a POST or a PATCH: each list that `settings` holds, whole. */
export function toRoleBody({ privileges, roles }: Partial<DatabaseRoleSettings>): CustomDbRoleUpdate {
  return {
    ...(privileges === undefined ? {} : { actions: toActions(privileges) }),
    ...(roles === undefined ? {} : { inheritedRoles: toInherited(roles) }),
  };
}

function toActions(privileges: readonly Privilege[]): Actions {
  const resources = new Map<string, Resource[]>();
  for (const { resource, actions } of canonicalPrivileges(privileges)) {
    for (const action of actions.map(toAtlasAction)) {
      resources.set(action, [...(resources.get(action) ?? []), fromResource(resource)]);
    }
  }
  // One that this program does not know is sent all the same: Atlas may be newer.
  return [...resources].map(([action, at]) => ({ action: action as Actions[number]["action"], resources: at }));
}

/** @throws TypeError for a role on one collection: it would be inherited on the whole database. */
function toInherited(roles: LiveDatabaseRole["roles"]): NonNullable<CustomDbRoleUpdate["inheritedRoles"]> {
  return roles.map((role) => {
    if (role.collection !== undefined)
      throw new TypeError(`${roleText(role)} cannot be inherited: it names a collection`);
    return { role: role.role, db: role.database };
  });
}

function toResource({ cluster, db, collection }: WireResource): PrivilegeResource {
  return cluster === true ? { cluster } : { database: db ?? "", collection: collection ?? "" };
}

function fromResource(resource: PrivilegeResource): Resource {
  return "cluster" in resource ? { cluster: true } : { db: resource.database, collection: resource.collection };
}

/** Whether a role is as `settings` say, in whatever order the server answers. */
export function isRoleAs(live: LiveDatabaseRole, { privileges, roles }: Partial<DatabaseRoleSettings>): boolean {
  const names = (list: LiveDatabaseRole["roles"]) => [...new Set(list.map(roleText))].sort().join("\n");
  return (
    (privileges === undefined || JSON.stringify(live.privileges) === JSON.stringify(canonicalPrivileges(privileges))) &&
    (roles === undefined || names(live.roles) === names(roles))
  );
}
