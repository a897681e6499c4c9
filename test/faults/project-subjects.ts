import type { EmulatorWorld } from "../../provider/emulator/index.ts";
import { databaseRole } from "../../provider/resources/database-role.ts";
import type { Definition, Props } from "../../provider/resources/definition.ts";
import { federatedUser } from "../../provider/resources/federated-user.ts";
import { identityProvider } from "../../provider/resources/identity-provider.ts";
import { oidcRole } from "../../provider/resources/oidc-role.ts";
import { projectTls } from "../../provider/resources/project-tls.ts";
import type { Subject } from "./subject.ts";
import { configOf, DEPLOYMENT, type FaultWorld, OUR_ISSUER, OUR_ROLE, THEIR_CA_FILE } from "./world.ts";

/**
 * Objects of a Cloud Manager project. All of them are in one document, which is read and written whole. Every operation
 * therefore sends the same two requests, and only the list of the entry differs between resources.
 */

type List = "oidcProviderConfigs" | "roles" | "usersWanted";
type Entry = Readonly<Record<string, unknown>>;

interface Given {
  readonly definition: Definition;
  readonly list: List;
  /** Its name as the emulator's edits know it. */
  readonly entryName: string;
  /** The part of its id after the project. */
  readonly idPath: string;
  /** Its name in errors. */
  readonly called: string;
  readonly program: Props;
  readonly edited: Props;
  /** Its entry, as the server keeps it. */
  readonly before: Entry;
  readonly after: Entry;
}

const CONFIG = `/groups/${DEPLOYMENT}/automationConfig$`;
const projectId = DEPLOYMENT;

const put = { method: "PUT", path: CONFIG };
const get = { method: "GET", path: CONFIG };
/** The requests that are the same for all. */
const document = {
  routes: { create: put, read: get, update: put, delete: put },
  one: CONFIG,
  all: CONFIG,
  paged: [],
} satisfies Partial<Subject>;

function entriesIn(world: EmulatorWorld, list: List): Entry[] {
  const document = JSON.parse(configOf(world));
  return (list === "usersWanted" ? document.auth.usersWanted : document[list]) ?? [];
}

function projectSubject({ definition, list, entryName, idPath, called, before, after, ...rest }: Given): Subject {
  const [name = "", db] = entryName.split("@");
  const isIt = (entry: Entry) => Object.values(entry).includes(name) && (db === undefined || entry.db === db);
  const ours = (world: EmulatorWorld) => entriesIn(world, list).filter(isIt);
  const rival = (entry: Entry) => ({
    appear: ({ emulator }: FaultWorld) =>
      void emulator.edit({ edit: "put-automation-entry", projectId, list, entry: { ...entry } }),
    refusal: new RegExp(`FED221[\\s\\S]*${called}.* in project ${projectId}`),
    leave: ({ emulator }: FaultWorld) =>
      void emulator.edit({ edit: "remove-automation-entry", projectId, list, name: entryName }),
    // There is no conditional write: who comes between our look and our write is overwritten, and that is told.
    unseen: true as const,
  });
  return {
    definition,
    plane: "cloud-manager",
    // Through this one access is granted; it is somebody else's as far as a grant can tell.
    prepare({ emulator }) {
      if (list === "oidcProviderConfigs") return;
      const entry = { ...PROVIDER, useAuthorizationClaim: definition !== federatedUser };
      emulator.edit({ edit: "put-automation-entry", projectId, list: "oidcProviderConfigs", entry });
    },
    ...rest,
    ...document,
    made: (world) => ours(world).map(() => `${projectId}/${idPath}`),
    live: ours,
    holds: (wanted) => [wanted === rest.edited ? after : before],
    name: new RegExp(`${definition.kind}|project ${projectId}`),
    rivals: [
      { what: "an identical one", ...rival(before) },
      { what: "one of that name that is different", ...rival(after) },
    ],
  };
}

const NAME = `${OUR_ROLE}-staff`;
const staff: Props = {
  projectId,
  idpType: "WORKFORCE",
  configurationName: NAME,
  issuerUri: OUR_ISSUER,
  audience: "api://staff",
  clientId: "client-1",
  requestedScopes: ["openid"],
  authorizationType: "GROUP",
};
/** In the order of the keys in which it is written. */
const PROVIDER = {
  authNamePrefix: NAME,
  issuerUri: OUR_ISSUER,
  audience: "api://staff",
  clientId: "client-1",
  requestedScopes: ["openid"],
  userClaim: "sub",
  groupsClaim: "groups",
  supportsHumanFlows: true,
  useAuthorizationClaim: true,
  JWKSPollSecs: 0,
};

const ROLE = `${OUR_ROLE}-reader`;
const readOrders = { resource: { database: "app", collection: "orders" }, actions: ["find"] };
const insertBills = { resource: { database: "app", collection: "bills" }, actions: ["insert"] };
const wire = (collection: string, action: string) => ({ resource: { db: "app", collection }, actions: [action] });

const THEIR_ROLE = "report-reader";
const WHO = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
const restriction = { clientSource: ["10.0.0.0/8"] };

const access = (authorizationType: "GROUP" | "USER", input: "group" | "principal"): Props => ({
  identityProvider: { projectId, configurationName: NAME, idpType: "WORKFORCE", authorizationType },
  [input]: WHO,
  roles: ["readWrite@app"],
  authenticationRestrictions: [restriction],
});
const readWrite = { role: "readWrite", db: "app" };
const theirs = { role: THEIR_ROLE, db: "admin" };

export const projectSubjects: readonly Subject[] = [
  projectSubject({
    definition: identityProvider,
    list: "oidcProviderConfigs",
    entryName: NAME,
    idPath: NAME,
    called: NAME,
    program: staff,
    // Also what lets tokens in: nobody carries its name, so that nobody is locked out.
    edited: { ...staff, clientId: "client-2", groupsClaim: "roles", requestedScopes: [] },
    before: PROVIDER,
    after: without({ ...PROVIDER, clientId: "client-2", groupsClaim: "roles" }, "requestedScopes"),
  }),
  projectSubject({
    definition: databaseRole,
    list: "roles",
    entryName: `${ROLE}@admin`,
    idPath: ROLE,
    called: `role ${ROLE}`,
    program: { projectId, roleName: ROLE, privileges: [readOrders], roles: ["read@reports"] },
    edited: { projectId, roleName: ROLE, privileges: [insertBills], roles: [THEIR_ROLE] },
    before: roleOf([wire("orders", "find")], { role: "read", db: "reports" }),
    after: roleOf([wire("bills", "insert")], theirs),
  }),
  projectSubject({
    definition: oidcRole,
    list: "roles",
    entryName: `${NAME}/${WHO}@admin`,
    idPath: `${NAME}/${WHO}`,
    called: `group ${WHO} through ${NAME}`,
    program: access("GROUP", "group"),
    edited: { ...access("GROUP", "group"), privileges: [readOrders], roles: [THEIR_ROLE] },
    before: {
      role: `${NAME}/${WHO}`,
      db: "admin",
      privileges: [],
      roles: [readWrite],
      authenticationRestrictions: [restriction],
    },
    after: {
      role: `${NAME}/${WHO}`,
      db: "admin",
      privileges: [wire("orders", "find")],
      roles: [theirs],
      authenticationRestrictions: [restriction],
    },
  }),
  projectSubject({
    definition: federatedUser,
    list: "usersWanted",
    entryName: `${NAME}/${WHO}@$external`,
    idPath: `${NAME}/${WHO}`,
    called: `principal ${WHO} through ${NAME}`,
    program: access("USER", "principal"),
    edited: { ...access("USER", "principal"), roles: [THEIR_ROLE], authenticationRestrictions: [] },
    before: userOf([readWrite], [restriction]),
    after: userOf([theirs], []),
  }),
  tlsSubject(),
];

/** It is always there: what is ours of it is its value, and what it was before comes back. */
function tlsSubject(): Subject {
  const of = (caFilePath: string): Props => ({ projectId, caFilePath });
  const program = of("/etc/mongodb/ours.pem");
  const paths = (world: EmulatorWorld): unknown[] => {
    const { CAFilePath } = JSON.parse(configOf(world)).tls;
    return CAFilePath === THEIR_CA_FILE ? [] : [CAFilePath];
  };
  return {
    definition: projectTls,
    plane: "cloud-manager",
    prepare() {},
    program,
    edited: of("/etc/mongodb/ours-2.pem"),
    ...document,
    made: (world) => paths(world).map(() => projectId),
    live: paths,
    holds: ({ caFilePath }) => [caFilePath],
    name: new RegExp(`ProjectTls|project ${projectId}`),
    rivals: [],
  };
}

function roleOf(privileges: readonly unknown[], role: unknown): Entry {
  return { role: ROLE, db: "admin", privileges, roles: [role], authenticationRestrictions: [] };
}

function userOf(roles: readonly unknown[], authenticationRestrictions: readonly unknown[]): Entry {
  const none = { mechanisms: [], scramSha256Creds: null, scramSha1Creds: null };
  return { user: `${NAME}/${WHO}`, db: "$external", roles, authenticationRestrictions, ...none };
}

function without(entry: Entry, key: string): Entry {
  const { [key]: _, ...rest } = entry;
  return rest;
}
