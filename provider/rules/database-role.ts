import { CONFIGURATION_NAME } from "../../schema/automation-config.ts";
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
import { about, type ProgramRule, rulesOf, type Verdict } from "./rule.ts";

/**
 * The rules over user-defined roles, and over the privileges of a group, which in Cloud Manager are such a role's. By
 * itself a role does not show which control plane it is for.
 */

const rule = rulesOf("DatabaseRole");
const privilegesRule = rulesOf("DatabaseRole", "OidcRole");

const ROLE_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_-]*$/;
const RESERVED_PREFIX = "xgen-";

/** Actions for the whole cluster only, as Atlas offers them. What works on both, or of which it is not known, is in no set. */
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

export const roleNameForm = rule("FED327", (declaration, { plane }) => {
  const name = known(declaration, "roleName");
  if (name === undefined || name === "") return [];
  const message = (plane === "atlas" ? atlasNameFault(name) : undefined) ?? builtInFault(declaration, name, plane);
  return message === undefined ? [] : [about(declaration, "roleName", { message })];
});

function atlasNameFault(name: string): string | undefined {
  if (!ROLE_NAME.test(name))
    return `"${name}" is not a name of letters, digits, - and _ that begins with a letter or digit`;
  if (name.startsWith(RESERVED_PREFIX)) return `Atlas keeps names that begin with ${RESERVED_PREFIX} to itself`;
  return placeOfBuiltIn("atlas", name) === undefined ? undefined : `${name} is a built-in role`;
}

/** Atlas keeps the names of the server's roles free everywhere; a server does on the databases where they are. */
function builtInFault(declaration: Declaration, name: string, plane: PlaneKind | undefined): string | undefined {
  const place = placeOfBuiltIn("project", name);
  const database = databaseOf(declaration);
  const taken =
    plane === "atlas" ? place !== undefined : place === "any" || (place === "admin" && database === "admin");
  return taken ? `${name} is a built-in role` : undefined;
}

/** Where the role lives; `undefined` while that is not known. */
function databaseOf(declaration: Declaration): string | undefined {
  return declaration.inputs.database === undefined ? ROLES_DATABASE : known(declaration, "database");
}

export const roleOnAdmin = rule("FED328", (declaration, { plane }) => {
  const database = databaseOf(declaration);
  if (plane !== "atlas" || database === undefined || database === "" || database === ROLES_DATABASE) return [];
  return [about(declaration, "database", { message: `the role would live on ${database}` })];
});

/** Atlas has roles on `admin` alone, so that this can be said before it is known which of them it is for. */
export const roleOnDatabase = rule("FED345", (declaration, { plane }) => {
  const database = databaseOf(declaration);
  if (plane === "atlas" || database === undefined || !DATABASES_WITHOUT_ROLES.has(database)) return [];
  return [about(declaration, "database", { message: `no role can live on ${database}` })];
});

/** The same holds here: elsewhere than on `admin` there are roles in projects only. */
export const roleOnItsOwn = rule("FED344", (declaration, { plane }) => {
  const own = databaseOf(declaration);
  if (plane === "atlas" || own === undefined || own === ROLES_DATABASE || DATABASES_WITHOUT_ROLES.has(own)) return [];
  return [
    ...privilegesOf(declaration).map(({ resource, index }) => {
      const place = "cluster" in resource ? "the cluster" : placeOf(resource.database);
      if (containsUnknown(resource) || place === own) return undefined;
      return about(declaration, `privileges[${index}].resource`, {
        message: `a role on ${own} would allow something on ${place}`,
      });
    }),
    ...rolesOf(declaration).map((given, index) => {
      const role = readRole(given);
      if (role === undefined || role.database === own) return undefined;
      return about(declaration, `roles[${index}]`, { message: `a role on ${own} would inherit ${roleText(role)}` });
    }),
  ];
});

function placeOf(database: string): string {
  return database === "" ? "all databases" : database;
}

function rolesOf({ inputs: { roles } }: Declaration): readonly unknown[] {
  return Array.isArray(roles) ? roles : [];
}

/** In Atlas the name has a form that it cannot have. */
export const roleNamedAsGrant = rule("FED346", (declaration, { plane }) => {
  const name = known(declaration, "roleName");
  const slash = name?.indexOf("/") ?? -1;
  if (plane === "atlas" || name === undefined || slash < 0 || databaseOf(declaration) !== ROLES_DATABASE) return [];
  const prefix = name.slice(0, slash);
  if (!CONFIGURATION_NAME.test(prefix) || slash === name.length - 1) return [];
  return [
    about(declaration, "roleName", {
      message: `this is what the group ${name.slice(slash + 1)} of the identity provider ${prefix} may do`,
    }),
  ];
});

export const roleAllowsNothing = rule("FED329", (declaration, { plane }) => {
  if (plane !== "atlas") return [];
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
function actionsOf(declaration: Declaration): { path: string; action: string; resource: Privilege["resource"] }[] {
  return privilegesOf(declaration).flatMap(({ resource, actions, index }) =>
    actions.flatMap((action, at) =>
      isUnknown(action) ? [] : [{ path: `privileges[${index}].actions[${at}]`, action, resource }],
    ),
  );
}

/** Where it is not known which control plane it is for: the actions of both. */
function actionsAt(plane: PlaneKind | undefined): ReadonlySet<string> {
  if (plane === "atlas") return ATLAS_ACTIONS;
  return plane === "project" ? SERVER_ACTIONS : new Set([...ATLAS_ACTIONS, ...SERVER_ACTIONS]);
}

export const unknownAction = privilegesRule("FED332", (declaration, { plane }) => {
  const actions = actionsAt(plane);
  return actionsOf(declaration)
    .filter(({ action }) => !actions.has(action))
    .map(({ path, action }) => {
      const meant = slipOf(action.replaceAll("_", ""), actions);
      return about(declaration, path, {
        message: `${plane === "atlas" ? "Atlas" : "MongoDB"} has no action "${action}"`,
        ...(meant === undefined ? {} : { fix: `Did you mean "${meant}"?` }),
      });
    });
});

export const actionOfSomeServers = privilegesRule("FED347", (declaration, { plane }) => {
  if (plane !== "project") return [];
  return actionsOf(declaration)
    .filter(({ action }) => ACTIONS_OF_SOME_SERVERS.has(action))
    .map(({ path, action }) =>
      about(declaration, path, { message: `not every version of the server knows the action ${action}` }),
    );
});

export const actionWithoutEffect = privilegesRule("FED337", (declaration) =>
  actionsOf(declaration).map(({ path, action, resource }) => {
    const onCluster = "cluster" in resource;
    if (!(onCluster ? COLLECTION_ACTIONS : CLUSTER_ACTIONS).has(action)) return undefined;
    const message = onCluster
      ? `${action} is about databases and collections, and allows nothing on the cluster`
      : `${action} is about the cluster, and allows nothing on a database or collection`;
    return about(declaration, path, { message });
  }),
);

export const actionTwice = privilegesRule("FED338", (declaration) => {
  const actions = actionsOf(declaration);
  const firsts = new Map<string, string>();
  return actions.map(({ path, action, resource }) => {
    if (containsUnknown(resource)) return undefined;
    const place = "cluster" in resource ? [] : [resource.database, resource.collection];
    const key = JSON.stringify([action, ...place]);
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, path);
    return first === undefined
      ? undefined
      : about(declaration, path, { message: `${action} is given by ${first} already` });
  });
});

/** FED330: two resources for one role. */
export const roleDefinedTwice: ProgramRule = {
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
export const roleCircle: ProgramRule = {
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

/** What it inherits for certain: of roles whose project is not known yet only itself. */
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
