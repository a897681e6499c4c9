import { CONFIGURATION_NAME } from "../../schema/automation-config.ts";
import { aResource, input, type Path, phrase, resource } from "../../schema/phrase.ts";
import type { PlaneKind } from "../../schema/plane.ts";
import { ATLAS_ACTIONS, type Privilege, privilegeSchema } from "../../schema/privileges.ts";
import { DATABASES_WITHOUT_ROLES, ROLES_DATABASE, roleText } from "../../schema/roles.ts";
import { ACTIONS_OF_SOME_SERVERS, SERVER_ACTIONS } from "../../schema/server-actions.ts";
import { containsUnknown, isUnknown } from "../../schema/unknown.ts";
import { placeOfBuiltIn } from "./granted-roles.ts";
import { count, groupBy } from "./group-by.ts";
import { slipOf } from "./nearest.ts";
import { type Declaration, known, ofKind, type Program } from "./program.ts";
import { definedRole, definitionsOf, grantedRoles, readRole } from "./relations.ts";
import { about, type Codes, family, notOn, onlyOn, type ProgramRule, rulesOf, type Verdict } from "./rule.ts";
import { ATLAS_ROLES, CLOUD_MANAGER_DOCS, SERVER_ROLES_DOCS } from "./sources.ts";

const codes = {
  FED327: {
    slug: "invalid-role-name",
    severity: "error",
    title: "Give a user-defined role a valid and unreserved name.",
    why: "Atlas accepts letters, digits, `-` and `_`, and reserves names that begin with xgen-. Names of built-in roles are taken.",
    fix: phrase`Choose another ${input("roleName")}.`,
    example: 'new DatabaseRole("reader", { projectId, roleName: "xgen-reader", privileges })',
    source: `${ATLAS_ROLES}: roleName (ATLAS_CUSTOM_ROLE_INVALID_NAME, ATLAS_RESERVED_CUSTOM_ROLE_RESTRICTED); MongoDB server, createRole`,
  },
  FED328: {
    slug: "role-outside-admin",
    severity: "error",
    title: "Define an Atlas role on admin.",
    why: "Atlas supports user-defined roles on no other database. Their privileges may cover any database.",
    fix: phrase`Remove ${input("database")}.`,
    source: `${ATLAS_ROLES}: has no field for a database`,
  },
  FED329: {
    slug: "empty-role",
    severity: "error",
    title: "Give an Atlas role privileges or inherited roles.",
    why: "Atlas refuses a role that allows nothing.",
    fix: phrase`Add ${input("privileges")} or ${input("roles")}, or remove the role.`,
    source: `${ATLAS_ROLES} (ATLAS_CUSTOM_ROLE_HAS_NO_PERMISSIONS)`,
  },
  FED330: {
    slug: "role-defined-twice",
    severity: "error",
    title: "Define each role of a project once.",
    why: "The server holds one role per name and database. Two resources would own it, and each would revert the other.",
    fix: phrase`Move the privileges of both into one resource, or change ${input("roleName")} of one.`,
    source: `${ATLAS_ROLES} (ATLAS_CUSTOM_ROLE_NAME_ALREADY_EXISTS)`,
  },
  FED331: {
    slug: "role-cycle",
    severity: "error",
    title: "Define roles without inheritance cycles.",
    why: "Servers refuse a role that inherits itself, directly or through others.",
    fix: "Remove one role from the cycle, and move shared privileges to a role that all of them inherit.",
    source: `${ATLAS_ROLES} (ATLAS_INVALID_CUSTOM_ROLE_SELF_REFERENTIAL, ATLAS_INVALID_CUSTOM_ROLE_CIRCULAR_DEPENDENCY); MongoDB server, createRole`,
  },
  FED332: {
    slug: "unknown-action",
    severity: "error",
    title: "Use only existing actions.",
    why: "Servers refuse unknown actions. Atlas also refuses actions that it reserves.",
    fix: "Use an action as MongoDB spells it: find, collStats, listCollections.",
    source: `${ATLAS_ROLES}: actions.action (enum DatabasePrivilegeAction); MongoDB server, action_type.idl`,
  },
  FED333: {
    slug: "role-in-use",
    severity: "error",
    title: "Delete a user-defined role only after all grants of it.",
    why: "Users or other roles of the project still have it. Atlas refuses the deletion. In Cloud Manager they would name a missing role.",
    fix: "Remove the role from the named users and roles, then run again.",
    source: `${ATLAS_ROLES} (ATLAS_CUSTOM_ROLE_IN_USE_BY_USERS, ATLAS_CUSTOM_ROLE_IN_USE_BY_ROLES)`,
  },
  FED337: {
    slug: "action-without-effect",
    severity: "warning",
    title: "Use actions that fit the privilege's resource.",
    why: "Cluster actions allow nothing on a collection, and collection actions nothing on the cluster.",
    fix: "Move the action to a privilege on { cluster: true }, or on { database, collection }.",
    example: 'privileges: [{ resource: { cluster: true }, actions: ["find"] }]',
    source: "MongoDB manual, Privilege Actions; the server does not check it",
  },
  FED338: {
    slug: "duplicate-action",
    severity: "warning",
    title: "List each action of a resource once.",
    why: "Atlas refuses repeated actions, so mongofed sends each once. The second has no effect.",
    fix: "Remove one of the two.",
    source: `${ATLAS_ROLES} (ATLAS_DUPLICATE_CUSTOM_ROLE_ACTION, ATLAS_DUPLICATE_CUSTOM_ROLE_RESOURCE)`,
  },
  FED344: {
    slug: "role-beyond-its-database",
    severity: "error",
    title: "Limit a role outside admin to its own database.",
    why: "Servers refuse privileges on other databases or the cluster, and roles of other databases.",
    fix: phrase`Remove ${input("database")}: a role on admin may allow and inherit anything.`,
    example: 'new DatabaseRole("reader", { projectId, roleName: "reader", database: "app", roles: ["read@reports"] })',
    source: `${SERVER_ROLES_DOCS}: createRole (InvalidRoleModification)`,
  },
  FED345: {
    slug: "database-without-roles",
    severity: "error",
    title: "Define no role on local or $external.",
    why: "Servers refuse it: local is not replicated, and $external holds externally authenticated users.",
    fix: phrase`Remove ${input("database")}, which means admin, or name the database of the privileges.`,
    source: `${SERVER_ROLES_DOCS}: createRole`,
  },
  FED346: {
    slug: "role-named-as-grant",
    severity: "warning",
    title: "Declare the access of a group as an OidcRole.",
    why: phrase`Cloud Manager stores a group's access as a role with this kind of name. As a ${resource("DatabaseRole")}, access reports and renames miss it.`,
    fix: phrase`Declare ${aResource("OidcRole")} with ${input("identityProvider")} and ${input("group")}. mongofed builds the name.`,
    example: 'new DatabaseRole("dba", { projectId, roleName: "corp-entra/dba", roles: ["readWrite@app"] })',
    source: `${CLOUD_MANAGER_DOCS}, create the OIDC role`,
  },
  FED347: {
    slug: "version-dependent-action",
    severity: "warning",
    title: "Use actions that all servers of the project know.",
    why: "The action is new or was removed. A server that does not know it refuses the role.",
    fix: "Check that every process of the project runs a version that has it.",
    source: "MongoDB server, action_type.idl",
  },
} as const satisfies Codes;

/**
 * The rules over user-defined roles, and over the privileges of a group, which in Cloud Manager are such a role's. By
 * itself a role does not show which control plane it is for.
 */

const rule = rulesOf("DatabaseRole");
const atlasRule = onlyOn("atlas", rule);
/** Also while the plane is unknown: Atlas has roles on `admin` only, and with simple names. */
const serverRule = notOn("atlas", rule);
const privilegesRule = rulesOf("DatabaseRole", "OidcRole");

const ROLE_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_-]*$/;
const RESERVED_PREFIX = "xgen-";

/**
 * Actions for the whole cluster only, as Atlas offers them. Actions that work on both, or whose level is unknown, are
 * in no set.
 */
const CLUSTER_ACTIONS: ReadonlySet<string> = new Set([
  ...["useUUID", "killop", "bypassDefaultMaxTimeMS", "setUserWriteBlockMode", "bypassWriteBlockingMode"],
  ...["listSessions", "killAnySession", "connPoolStats", "getCmdLineOpts", "getLog", "getParameter", "getShardMap"],
  ...["hostInfo", "inprog", "listDatabases", "listShards", "netstat", "replSetGetConfig", "replSetGetStatus"],
  ...["serverStatus", "shardingState", "top", "flushRouterConfig", "shardedDataDistribution"],
]);
/** Actions for databases and collections only, as Atlas offers them. */
const COLLECTION_ACTIONS: ReadonlySet<string> = new Set([
  ...["find", "insert", "remove", "update", "bypassDocumentValidation", "createCollection", "createIndex"],
  ...["dropCollection", "enableProfiler", "changeStream", "collMod", "convertToCapped", "dropDatabase", "dropIndex"],
  ...["reIndex", "renameCollectionSameDB", "collStats", "dbHash", "dbStats", "listCollections", "listIndexes"],
  ...["validate", "moveChunk", "splitChunk", "analyzeShardKey", "refineCollectionShardKey", "clearJumboFlag"],
  ...["reshardCollection", "createSearchIndexes", "dropSearchIndex", "updateSearchIndex", "listSearchIndexes"],
]);

const roleNameInAtlas = atlasRule("FED327", (declaration) => nameVerdicts(declaration, atlasNameFault));

/** A server keeps the names of its built-in roles free on the databases where they are. */
const roleNameOnServers = serverRule("FED327", (declaration) =>
  nameVerdicts(declaration, (name) => {
    const place = placeOfBuiltIn("project", name);
    const taken = place === "any" || (place === "admin" && databaseOf(declaration) === "admin");
    return taken ? `${name} is a built-in role` : undefined;
  }),
);

function nameVerdicts(declaration: Declaration, faultOf: (name: string) => string | undefined): Verdict[] {
  const name = known(declaration, "roleName");
  const message = name === undefined || name === "" ? undefined : faultOf(name);
  return message === undefined ? [] : [about(declaration, "roleName", { message })];
}

/** Atlas keeps the names of its own built-in roles and of the server's free on every database. */
function atlasNameFault(name: string): string | undefined {
  if (!ROLE_NAME.test(name))
    return `"${name}" is not a name of letters, digits, - and _ that starts with a letter or digit`;
  if (name.startsWith(RESERVED_PREFIX)) return `Atlas reserves names that begin with ${RESERVED_PREFIX}`;
  const places = [placeOfBuiltIn("atlas", name), placeOfBuiltIn("project", name)];
  return places.every((place) => place === undefined) ? undefined : `${name} is a built-in role`;
}

/** Where the role lives; `undefined` while that is not known. */
function databaseOf(declaration: Declaration): string | undefined {
  return declaration.inputs.database === undefined ? ROLES_DATABASE : known(declaration, "database");
}

const roleOnAdmin = atlasRule("FED328", (declaration) => {
  const database = databaseOf(declaration);
  if (database === undefined || database === "" || database === ROLES_DATABASE) return [];
  return [about(declaration, "database", { message: `the role would live on ${database}` })];
});

const roleOnDatabase = serverRule("FED345", (declaration) => {
  const database = databaseOf(declaration);
  if (database === undefined || !DATABASES_WITHOUT_ROLES.has(database)) return [];
  return [about(declaration, "database", { message: `no role can live on ${database}` })];
});

const roleOnItsOwn = serverRule("FED344", (declaration) => {
  const own = databaseOf(declaration);
  if (own === undefined || own === ROLES_DATABASE || DATABASES_WITHOUT_ROLES.has(own)) return [];
  return [
    ...privilegesOf(declaration).map(({ resource, index }) => {
      const place = "cluster" in resource ? "the cluster" : placeOf(resource.database);
      if (containsUnknown(resource) || place === own) return undefined;
      return about(declaration, ["privileges", index, "resource"], {
        message: `a role on ${own} would allow something on ${place}`,
      });
    }),
    ...rolesOf(declaration).map((given, index) => {
      const role = readRole(given);
      if (role === undefined || role.database === own) return undefined;
      return about(declaration, ["roles", index], { message: `a role on ${own} would inherit ${roleText(role)}` });
    }),
  ];
});

function placeOf(database: string): string {
  return database === "" ? "all databases" : database;
}

function rolesOf({ inputs: { roles } }: Declaration): readonly unknown[] {
  return Array.isArray(roles) ? roles : [];
}

/** Atlas refuses a slash in a name, by FED327. */
const roleNamedAsGrant = serverRule("FED346", (declaration) => {
  const name = known(declaration, "roleName");
  const slash = name?.indexOf("/") ?? -1;
  if (name === undefined || slash < 0 || databaseOf(declaration) !== ROLES_DATABASE) return [];
  const prefix = name.slice(0, slash);
  if (!CONFIGURATION_NAME.test(prefix) || slash === name.length - 1) return [];
  return [
    about(declaration, "roleName", {
      message: `this name is the access of group ${name.slice(slash + 1)} of identity provider ${prefix}`,
    }),
  ];
});

const roleAllowsNothing = atlasRule("FED329", (declaration) => {
  const isEmpty = (value: unknown) => value === undefined || (Array.isArray(value) && value.length === 0);
  if (!isEmpty(declaration.inputs.privileges) || !isEmpty(declaration.inputs.roles)) return [];
  return [about(declaration, "privileges", { message: "the role has neither privileges nor roles" })];
});

/** Each privilege, with its place; those of another shape are left to the rule of shapes. */
function privilegesOf(declaration: Declaration): (Privilege & { index: number })[] {
  const { privileges } = declaration.inputs;
  if (!Array.isArray(privileges)) return [];
  return privileges.flatMap((given, index) => {
    const privilege = privilegeSchema.safeParse(given);
    return privilege.success ? [{ ...privilege.data, index }] : [];
  });
}

/** Each action of each privilege, with its path. */
function actionsOf(declaration: Declaration): { path: Path; action: string; resource: Privilege["resource"] }[] {
  return privilegesOf(declaration).flatMap(({ resource, actions, index }) =>
    actions.flatMap((action, at) =>
      isUnknown(action) ? [] : [{ path: ["privileges", index, "actions", at], action, resource }],
    ),
  );
}

const KNOWN_ACTIONS = {
  atlas: { product: "Atlas", actions: ATLAS_ACTIONS },
  project: { product: "MongoDB", actions: SERVER_ACTIONS },
} as const satisfies Record<PlaneKind, unknown>;
/** While the plane is unknown, the actions of both. */
const ALL_ACTIONS = { product: "MongoDB", actions: new Set([...ATLAS_ACTIONS, ...SERVER_ACTIONS]) };

const unknownAction = privilegesRule("FED332", (declaration, { plane }) => {
  const { product, actions } = plane === undefined ? ALL_ACTIONS : KNOWN_ACTIONS[plane];
  return actionsOf(declaration)
    .filter(({ action }) => !actions.has(action))
    .map(({ path, action }) => {
      const meant = slipOf(action.replaceAll("_", ""), actions);
      return about(declaration, path, {
        message: `${product} has no action "${action}"`,
        ...(meant === undefined ? {} : { fix: `Did you mean "${meant}"?` }),
      });
    });
});

const actionOfSomeServers = onlyOn("project", privilegesRule)("FED347", (declaration) => {
  return actionsOf(declaration)
    .filter(({ action }) => ACTIONS_OF_SOME_SERVERS.has(action))
    .map(({ path, action }) =>
      about(declaration, path, { message: `not every version of the server knows the action ${action}` }),
    );
});

const actionWithoutEffect = privilegesRule("FED337", (declaration) =>
  actionsOf(declaration).map(({ path, action, resource }) => {
    const onCluster = "cluster" in resource;
    if (!(onCluster ? COLLECTION_ACTIONS : CLUSTER_ACTIONS).has(action)) return undefined;
    const message = onCluster
      ? `${action} is about databases and collections, and allows nothing on the cluster`
      : `${action} is about the cluster, and allows nothing on a database or collection`;
    return about(declaration, path, { message });
  }),
);

const actionTwice = privilegesRule("FED338", (declaration) => {
  const actions = actionsOf(declaration);
  const firsts = new Map<string, Path>();
  return actions.map(({ path, action, resource }) => {
    if (containsUnknown(resource)) return undefined;
    const place = "cluster" in resource ? [] : [resource.database, resource.collection];
    const key = JSON.stringify([action, ...place]);
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, path);
    return first === undefined
      ? undefined
      : about(declaration, path, { message: phrase`${action} is listed in ${input(...first)} already` });
  });
});

/** FED330: two resources for one role. */
const roleDefinedTwice: ProgramRule<"FED330"> = {
  code: "FED330",
  judge: (program) =>
    groupBy(ofKind(program, "DatabaseRole"), (role) => {
      const parts = [known(role, "projectId"), definedRole(role)];
      return parts.includes(undefined) ? undefined : JSON.stringify(parts);
    })
      .filter(([, same]) => same.length > 1)
      .map(([, same]): Verdict => {
        const [first] = same as [Declaration];
        return {
          path: "roleName",
          message: `the role ${known(first, "roleName")} of project ${known(first, "projectId")} is defined by ${count(same.length)} resources`,
          at: same.map((declaration) => ({ declaration })),
        };
      }),
};

/** FED331: roles that inherit each other in a circle. */
const roleCircle: ProgramRule<"FED331"> = {
  code: "FED331",
  judge(program) {
    const done = new Set<Declaration>();
    const circles: Verdict[] = [];
    const walk = (role: Declaration, path: readonly Declaration[]): void => {
      const start = path.indexOf(role);
      if (start >= 0) circles.push(circle(path.slice(start)));
      if (start >= 0 || done.has(role)) return;
      for (const inherited of inheritedFor(program, role)) walk(inherited, [...path, role]);
      done.add(role);
    };
    for (const role of ofKind(program, "DatabaseRole")) walk(role, []);
    return circles;
  },
};

/** Returns the roles that it certainly inherits. While its project is unknown, only inheriting itself is certain. */
function inheritedFor(program: Program, role: Declaration): readonly Declaration[] {
  const project = known(role, "projectId");
  const inherited = grantedRoles(role).flatMap((granted) => definitionsOf(program, role, granted));
  return [...new Set(inherited)].filter(
    (other) => other === role || (project !== undefined && known(other, "projectId") === project),
  );
}

function circle(roles: readonly Declaration[]): Verdict {
  const names = roles.map((role) => known(role, "roleName"));
  const inherits = (index: number) => `inherits ${names[(index + 1) % names.length]}`;
  return {
    path: "roles",
    message:
      roles.length === 1 ? `the role ${names[0]} inherits itself` : `the roles ${names.join(", ")} inherit each other`,
    at: roles.map((declaration, index) => ({ declaration, note: inherits(index) })),
  };
}

export const databaseRoleRules = family({
  codes,
  declarations: [
    roleNameInAtlas,
    roleNameOnServers,
    roleOnAdmin,
    roleOnDatabase,
    roleOnItsOwn,
    roleNamedAsGrant,
    roleAllowsNothing,
    unknownAction,
    actionOfSomeServers,
    actionWithoutEffect,
    actionTwice,
  ],
  programs: [roleDefinedTwice, roleCircle],
});
