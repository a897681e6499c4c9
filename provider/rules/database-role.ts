import { ATLAS_ACTIONS, type Privilege, privilegeSchema } from "../../schema/privileges.ts";
import { ROLES_DATABASE } from "../../schema/roles.ts";
import { containsUnknown, isUnknown } from "../../schema/unknown.ts";
import { isBuiltIn, SERVER_ROLES } from "./granted-roles.ts";
import { count, groupBy } from "./group-by.ts";
import { slipOf } from "./nearest.ts";
import { type Declaration, known, ofKind, type Program } from "./program.ts";
import { definitionsOf, grantedRoles } from "./relations.ts";
import { about, type ProgramRule, rulesOf, type Verdict } from "./rule.ts";

/** The rules over user-defined roles. */

const rule = rulesOf("DatabaseRole");

const ROLE_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_-]*$/;
const RESERVED_PREFIX = "xgen-";

/** Actions that Atlas offers for the whole cluster only. What works on both, or of which it is not known, is in no set. */
const CLUSTER_ACTIONS: ReadonlySet<string> = new Set([
  ...["useUUID", "killop", "bypassDefaultMaxTimeMS", "setUserWriteBlockMode", "bypassWriteBlockingMode"],
  ...["listSessions", "killAnySession", "connPoolStats", "getCmdLineOpts", "getLog", "getParameter", "getShardMap"],
  ...["hostInfo", "inprog", "listDatabases", "listShards", "netstat", "replSetGetConfig", "replSetGetStatus"],
  ...["serverStatus", "shardingState", "top", "flushRouterConfig", "shardedDataDistribution"],
]);
/** Actions that Atlas offers for databases and collections only. */
const COLLECTION_ACTIONS: ReadonlySet<string> = new Set([
  ...["find", "insert", "remove", "update", "bypassDocumentValidation", "createCollection", "createIndex"],
  ...["dropCollection", "enableProfiler", "changeStream", "collMod", "convertToCapped", "dropDatabase", "dropIndex"],
  ...["reIndex", "renameCollectionSameDB", "collStats", "dbHash", "dbStats", "listCollections", "listIndexes"],
  ...["validate", "moveChunk", "splitChunk", "analyzeShardKey", "refineCollectionShardKey", "clearJumboFlag"],
  ...["reshardCollection", "createSearchIndexes", "dropSearchIndex", "updateSearchIndex", "listSearchIndexes"],
]);

export const roleNameForm = rule("FED327", (declaration) => {
  const name = known(declaration, "roleName");
  const message = name === undefined || name === "" ? undefined : nameFault(name);
  return message === undefined ? [] : [about(declaration, "roleName", { message })];
});

function nameFault(name: string): string | undefined {
  if (!ROLE_NAME.test(name))
    return `"${name}" is not a name of letters, digits, - and _ that begins with a letter or digit`;
  if (name.startsWith(RESERVED_PREFIX)) return `Atlas keeps names that begin with ${RESERVED_PREFIX} to itself`;
  if (isBuiltIn(name) || SERVER_ROLES.has(name)) return `${name} is a built-in role`;
  return undefined;
}

export const roleOnAdmin = rule("FED328", (declaration) => {
  const database = known(declaration, "database");
  if (database === undefined || database === "" || database === ROLES_DATABASE) return [];
  return [about(declaration, "database", { message: `the role would live on ${database}` })];
});

export const roleAllowsNothing = rule("FED329", (declaration) => {
  const isEmpty = (value: unknown) => value === undefined || (Array.isArray(value) && value.length === 0);
  if (!isEmpty(declaration.inputs.privileges) || !isEmpty(declaration.inputs.roles)) return [];
  return [about(declaration, "privileges", { message: "the role has neither privileges nor roles" })];
});

/** Each action of each privilege, with its path; privileges of another shape are left to the rule of shapes. */
function actionsOf(declaration: Declaration): { path: string; action: string; resource: Privilege["resource"] }[] {
  const { privileges } = declaration.inputs;
  if (!Array.isArray(privileges)) return [];
  return privileges.flatMap((given, index) => {
    const privilege = privilegeSchema.safeParse(given);
    if (!privilege.success) return [];
    const { resource, actions } = privilege.data;
    return actions.flatMap((action, at) =>
      isUnknown(action) ? [] : [{ path: `privileges[${index}].actions[${at}]`, action, resource }],
    );
  });
}

export const unknownAction = rule("FED332", (declaration) =>
  actionsOf(declaration)
    .filter(({ action }) => !ATLAS_ACTIONS.has(action))
    .map(({ path, action }) => {
      const meant = slipOf(action.replaceAll("_", ""), ATLAS_ACTIONS);
      return about(declaration, path, {
        message: `Atlas has no action "${action}"`,
        ...(meant === undefined ? {} : { fix: `Did you mean "${meant}"?` }),
      });
    }),
);

export const actionWithoutEffect = rule("FED337", (declaration) =>
  actionsOf(declaration).map(({ path, action, resource }) => {
    const onCluster = "cluster" in resource;
    if (!(onCluster ? COLLECTION_ACTIONS : CLUSTER_ACTIONS).has(action)) return undefined;
    const message = onCluster
      ? `${action} is about databases and collections, and allows nothing on the cluster`
      : `${action} is about the cluster, and allows nothing on a database or collection`;
    return about(declaration, path, { message });
  }),
);

export const actionTwice = rule("FED338", (declaration) => {
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
      const parts = [known(role, "projectId"), known(role, "roleName")];
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
