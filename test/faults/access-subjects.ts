import { databaseRole } from "../../provider/resources/database-role.ts";
import type { Definition, Props } from "../../provider/resources/definition.ts";
import { federatedUser } from "../../provider/resources/federated-user.ts";
import { oidcRole } from "../../provider/resources/oidc-role.ts";
import { FEDERATION, ORG, PROJECT, THIRD_IDP } from "../support/ids.ts";
import { objectRoutes, type Subject } from "./subject.ts";
import { CLUSTERS, type FaultWorld, OUR_ISSUER, OUR_ROLE, ourRoles, ourUsers, THEIR_ROLE } from "./world.ts";

/** Objects of an Atlas project: user-defined roles, and grants as database users. */

const roles = `/groups/${PROJECT}/customDBRoles/roles`;
const users = `/groups/${PROJECT}/databaseUsers`;

const ROLE = `${OUR_ROLE}-reader`;

function roleSubject(): Subject {
  const program: Props = {
    projectId: PROJECT,
    roleName: ROLE,
    privileges: [{ resource: { database: "app", collection: "orders" }, actions: ["find"] }],
    roles: ["read@reports"],
  };
  const edited: Props = {
    ...program,
    privileges: [{ resource: { database: "app", collection: "bills" }, actions: ["insert"] }],
    roles: [THEIR_ROLE],
  };
  const wire = (action: string, collection: string, role: string, db: string) => ({
    roleName: ROLE,
    actions: [{ action, resources: [{ db: "app", collection }] }],
    inheritedRoles: [{ role, db }],
  });
  const before = wire("FIND", "orders", "read", "reports");
  const rival = (role: ReturnType<typeof wire>) => ({
    appear: ({ emulator }: FaultWorld) => void emulator.edit({ edit: "add-custom-role", projectId: PROJECT, role }),
    refusal: new RegExp(`FED221[\\s\\S]*role ${ROLE} in project ${PROJECT}`),
    leave: ({ emulator }: FaultWorld) =>
      void emulator.edit({ edit: "remove-custom-role", projectId: PROJECT, roleName: ROLE }),
  });
  return {
    definition: databaseRole,
    plane: "atlas",
    prepare() {},
    program,
    edited,
    routes: objectRoutes(roles),
    one: `${roles}/`,
    all: `${roles}$`,
    // Roles are the one list without pages; before one is deleted, it is looked for among the users.
    paged: ["delete"],
    made: ({ atlas }) => ourRoles(atlas).map(({ roleName }) => `${PROJECT}/${roleName}`),
    live: ({ atlas }) => ourRoles(atlas).map(({ projectId: _, ...role }) => role),
    holds: (wanted) => [wanted === edited ? wire("INSERT", "bills", THEIR_ROLE, "admin") : before],
    name: new RegExp(`DatabaseRole|project ${PROJECT}`),
    rivals: [
      { what: "an identical one", ...rival(before) },
      { what: "one of that name that is different", ...rival(wire("REMOVE", "orders", "read", "reports")) },
    ],
  };
}

const WHO = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

type AuthType = "IDP_GROUP" | "USER" | "NONE";

interface GrantKind {
  readonly definition: Definition;
  readonly input: "group" | "principal";
  readonly idpType: "WORKFORCE" | "WORKLOAD";
  readonly authorizationType: "GROUP" | "USER";
  readonly oidcAuthType: AuthType;
  readonly databaseName: "admin" | "$external";
}

function grantSubject({ definition, input, idpType, authorizationType, ...kind }: GrantKind): Subject {
  const program: Props = {
    projectId: PROJECT,
    identityProvider: {
      federationSettingsId: FEDERATION,
      identityProviderId: THIRD_IDP,
      configurationName: "ours",
      idpType,
      authorizationType,
    },
    [input]: WHO,
    roles: ["readWrite@app", "read@app.orders"],
    scopes: [{ name: CLUSTERS[0] }],
    description: "people",
  };
  const edited: Props = { ...program, roles: ["readWrite@app", THEIR_ROLE], description: undefined };
  const identity = { ...kind, username: `${THIRD_IDP}/${WHO}` };
  const write = { roleName: "readWrite", databaseName: "app" };
  const before = {
    ...identity,
    roles: [write, { roleName: "read", databaseName: "app", collectionName: "orders" }],
    scopes: [{ name: CLUSTERS[0], type: "CLUSTER" }],
    description: "people",
  };
  const after = { ...before, roles: [write, { roleName: THEIR_ROLE, databaseName: "admin" }], description: undefined };
  const rival = (user: Omit<typeof before | typeof after, "oidcAuthType"> & { readonly oidcAuthType: AuthType }) => ({
    appear: ({ emulator }: FaultWorld) => void emulator.edit({ edit: "add-database-user", projectId: PROJECT, user }),
    leave: ({ emulator }: FaultWorld) =>
      void emulator.edit({ edit: "remove-database-user", projectId: PROJECT, username: user.username }),
  });
  const refusal = new RegExp(`FED221[\\s\\S]*${input} ${WHO} through ours in project ${PROJECT}`);
  return {
    definition,
    plane: "atlas",
    prepare({ emulator }) {
      const provider = { protocol: "OIDC", idpType, id: THIRD_IDP, authorizationType, audience: "api://ours" };
      const fields = { ...provider, issuerUri: OUR_ISSUER, displayName: "ours", clientId: "client-1" };
      emulator.edit({ edit: "add-identity-provider", federationSettingsId: FEDERATION, fields });
      emulator.edit({ edit: "connect", orgId: ORG, identityProviderId: THIRD_IDP });
    },
    program,
    edited,
    routes: objectRoutes(users),
    one: `${users}/`,
    all: `${users}\\?`,
    paged: ["create", "read", "update"],
    made: ({ atlas }) => ourUsers(atlas).map(({ username }) => `${PROJECT}/${username}`),
    live: ({ atlas }) =>
      ourUsers(atlas).map(({ username, databaseName, oidcAuthType, roles, scopes, description }) => ({
        username,
        databaseName,
        oidcAuthType,
        roles,
        scopes,
        description: description || undefined,
      })),
    holds: (wanted) => [wanted === edited ? after : before],
    name: new RegExp(`${definition.kind}|project ${PROJECT}`),
    rivals: [
      { what: "an identical one", refusal, ...rival(before) },
      { what: "one of that name that is different", refusal, ...rival(after) },
      {
        what: "a user of that name who has a password",
        refusal: /database user of that name authenticates otherwise[\s\S]*fix {2}/,
        ...rival({ ...before, oidcAuthType: "NONE" }),
      },
    ],
  };
}

export const accessSubjects: readonly Subject[] = [
  roleSubject(),
  grantSubject({
    definition: oidcRole,
    input: "group",
    idpType: "WORKFORCE",
    authorizationType: "GROUP",
    oidcAuthType: "IDP_GROUP",
    databaseName: "admin",
  }),
  grantSubject({
    definition: federatedUser,
    input: "principal",
    idpType: "WORKLOAD",
    authorizationType: "USER",
    oidcAuthType: "USER",
    databaseName: "$external",
  }),
];
