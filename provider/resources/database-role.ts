import { DATABASE_ROLE_SETTINGS, databaseRoleId } from "../../schema/database-role.ts";
import type { Privilege } from "../../schema/privileges.ts";
import { canonicalRole, ROLES_DATABASE } from "../../schema/roles.ts";
import type { DatabaseRoleSettings, LiveDatabaseRole } from "../control-planes/control-plane.ts";
import type { Definition, Props } from "./definition.ts";
import { parseId } from "./ids.ts";
import { known } from "./known.ts";
import { lifecycle } from "./lifecycle/lifecycle.ts";
import { stillGranted } from "./live-rules/database-role.ts";
import { unknownRoles } from "./live-rules/grant.ts";
import { canonicalPrivilegesIn, canonicalRoles, rolesOf } from "./state/granted-roles.ts";
import { visible } from "./state/visible.ts";

const PARTS = ["projectId", "roleName", "database"] as const;

/**
 * A user-defined role of a project, to be granted where the built-in ones allow too much or too little.
 *
 * ```ts
 * new DatabaseRole("orders reader", {
 *   projectId: "5f1e2d3c4b5a69788796a5b4",
 *   roleName: "orders-reader",
 *   privileges: [{ resource: { database: "app", collection: "orders" }, actions: ["find"] }],
 * });
 * ```
 */
export const databaseRole: Definition = lifecycle<Key, LiveDatabaseRole>({
  kind: "DatabaseRole",
  plural: "user-defined roles",
  label: ({ roleName }) => `role ${known(roleName) ?? "?"}`,
  unchecked: {
    live: "the live settings",
    existing: "whether it exists already, and whether its project and control plane accept it",
  },

  // Identity: its name and database, in its project. The database stands in the id where it is not the usual one.
  parse(id) {
    const { projectId, roleName: name } = parseId("DatabaseRole", id, ["projectId", "roleName"]);
    const at = name.lastIndexOf("@");
    if (at < 0) return { projectId, roleName: name, database: ROLES_DATABASE };
    return { projectId, roleName: name.slice(0, at), database: name.slice(at + 1) };
  },
  idOf: databaseRoleId,
  keyOf(inputs) {
    const [projectId, roleName, database] = PARTS.map((part) => known(inputs[part]));
    if (projectId === undefined || roleName === undefined || database === undefined) return undefined;
    return { projectId, roleName, database };
  },
  keyOfLive: ({ projectId, roleName, database }) => ({ projectId, roleName, database }),
  scopeOf: ({ projectId }) => `project ${projectId}`,
  identity: PARTS,
  identityOf: (key) => ({ ...key }),
  mark: "projectId",
  moved: (key, inputs) => PARTS.filter((part) => known(inputs[part]) !== undefined && inputs[part] !== key[part]),
  named: "roleName",

  // Inputs and outputs: Atlas keeps privileges as actions; here they are one way to write per resource.
  settings: DATABASE_ROLE_SETTINGS,
  withDefaults: ({ privileges, roles, ...rest }) =>
    visible({
      ...rest,
      database: rest.database ?? ROLES_DATABASE,
      privileges: canonicalPrivilegesIn(privileges ?? []),
      roles: canonicalRoles(roles) ?? [],
    }),
  settingsOf: ({ privileges, roles }) => ({ privileges, roles: roles.map(canonicalRole) }),

  // Changes: all in place.
  waitsIn: ({ projectId }) => projectId,

  // Rules
  hidesPlane: true,
  creationFindings: async (context, inputs, phase) => (phase === "apply" ? [] : await unknownRoles(context, inputs)),
  changeFindings: async (context, { inputs, changes }) =>
    changes.some(({ property }) => property === "roles") ? await unknownRoles(context, inputs) : [],
  deletionFindings: stillGranted,

  // Server
  list: ({ databaseRoles }, { projectId }) => databaseRoles.list(projectId),
  isLive: ({ roleName, database }, key) => roleName === key.roleName && database === key.database,
  get: ({ databaseRoles }, { projectId, ...role }) => databaseRoles.get(projectId, role),
  create({ databaseRoles }, inputs) {
    const { projectId, roleName, database } = inputs as Key;
    return databaseRoles.create(projectId, { roleName, database }, settingsIn(inputs));
  },
  update({ databaseRoles }, { projectId, ...role }, inputs, changes) {
    const wanted = settingsIn(inputs);
    const sent = Object.fromEntries(Object.entries(wanted).filter(([key]) => key in changes));
    return databaseRoles.update(projectId, role, sent);
  },
  resembles: () => true,
  delete: ({ databaseRoles }, { projectId, ...role }) => databaseRoles.delete(projectId, role),
});

type Key = Record<(typeof PARTS)[number], string>;

/** The settings in checked inputs. */
export function settingsIn(inputs: Props): DatabaseRoleSettings {
  return { privileges: inputs.privileges as readonly Privilege[], roles: rolesOf(inputs) };
}
