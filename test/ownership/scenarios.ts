import type { Emulator, Seed } from "../../provider/emulator/index.ts";
import { seed } from "../control-planes/cloud-manager/harness.ts";
import { emulated } from "../support/emulator.ts";
import { FEDERATION, ORG, OTHER_ORG, PROJECT } from "../support/ids.ts";
import type { RunSettings } from "../support/stack.ts";

type InputsOf = (key: number, changed?: boolean) => string;

/** One object of each kind on each control plane, for tests of what happens to it. */
export interface Scenario {
  readonly plane: "atlas" | "cloud-manager";
  readonly kind: string;
  /** Declared under a name that never changes. */
  readonly before: string;
  readonly inputs: string;
  /** The inputs of one of several such objects. `changed` gives it other settings. */
  readonly inputsOf: InputsOf;
  /** The input by which another declaration takes the object over. */
  readonly adopts: string;
}

const place = { atlas: `federationSettingsId: "${FEDERATION}"`, "cloud-manager": `projectId: "${PROJECT}"` };
const provider = (plane: Scenario["plane"], idpType: string, authorizationType: string, key: number | "" = "") =>
  `${place[plane]}, idpType: "${idpType}", configurationName: "corp${key}", issuerUri: "https://idp.example.com",
   audience: "mongodb${key}", authorizationType: "${authorizationType}"${idpType === "WORKFORCE" ? ', clientId: "mongodb"' : ""}`;
const declared = (plane: Scenario["plane"], idpType = "WORKLOAD", authorizationType = "USER") =>
  `const idp = new IdentityProvider("corp", { ${provider(plane, idpType, authorizationType)} });`;
const connected = `new OrgConnection("platform", { orgId: "${ORG}", identityProvider: idp });`;
const through = (who: string, changed: boolean) =>
  `projectId: "${PROJECT}", identityProvider: idp, ${who}, roles: ["${changed ? "readWrite" : "read"}@app"]`;
const user: InputsOf = (key, changed = false) => through(`principal: "app:${key}"`, changed);
const group: InputsOf = (key, changed = false) => through(`group: "dba-${key}"`, changed);
const role: InputsOf = (key, changed = false) => `projectId: "${PROJECT}", roleName: "payments-${key}",
  privileges: [{ resource: { database: "pay", collection: "" }, actions: ["${changed ? "insert" : "find"}"] }]`;
const workload =
  (plane: Scenario["plane"]): InputsOf =>
  (key, changed = false) =>
    `${provider(plane, "WORKLOAD", "USER", key)}, userClaim: "${changed ? "client_id" : "sub"}"`;
const ORGS = [ORG, OTHER_ORG, "5f1ed0c0ffee5f1ed0c0ffc3"] as const;
const connection: InputsOf = (key) => `orgId: "${ORGS[key - 1]}", identityProvider: idp`;
const tls: InputsOf = (_key, changed = false) =>
  `projectId: "${PROJECT}", clusterCaFilePath: "/etc/${changed ? "other" : "cluster"}-ca.pem"`;

const scenario = (plane: Scenario["plane"], kind: string, before: string, inputsOf: InputsOf): Scenario => {
  // The settings exist always, so a declaration takes them over without being told to.
  const adopts = kind === "ProjectTls" ? "" : ", adopt: true";
  return { plane, kind, before, inputs: inputsOf(1), inputsOf, adopts };
};

export const SCENARIOS: readonly Scenario[] = [
  scenario("atlas", "DatabaseRole", "", role),
  scenario("atlas", "FederatedUser", declared("atlas") + connected, user),
  scenario("atlas", "OidcRole", declared("atlas", "WORKFORCE", "GROUP") + connected, group),
  scenario("atlas", "OrgConnection", declared("atlas"), connection),
  scenario("atlas", "IdentityProvider", "", workload("atlas")),
  scenario("cloud-manager", "DatabaseRole", "", role),
  scenario("cloud-manager", "FederatedUser", declared("cloud-manager"), user),
  scenario("cloud-manager", "OidcRole", declared("cloud-manager", "WORKFORCE", "GROUP"), group),
  scenario("cloud-manager", "IdentityProvider", "", workload("cloud-manager")),
  scenario("cloud-manager", "ProjectTls", "", tls),
];

const atlasWithOrgs: Seed = {
  organizations: ORGS.map((id) => ({
    id,
    name: `Organization ${id.at(-1)}`,
    projects: id === ORG ? [{ id: PROJECT, name: "billing", clusters: [] }] : [],
  })),
  federations: [{ id: FEDERATION, connectedOrgs: ORGS.map((orgId) => ({ orgId })) }],
};

/** The control plane of a scenario, and how a run reaches it. `env:OTHER` names its credentials for a `Provider`. */
export async function controlPlaneOf({ plane }: Scenario) {
  const emulator = await emulated(plane === "atlas" ? atlasWithOrgs : seed);
  const { publicKey = "", privateKey = "" } = emulator.credentials;
  const other = { OTHER_PUBLIC_API_KEY: publicKey, OTHER_PRIVATE_API_KEY: privateKey, OTHER_BASE_URL: emulator.url };
  const settings: RunSettings = {
    env: { ...emulator.env, ...other },
    config: { "mongofed:plane": plane, "mongofed:wait": "off" },
  };
  return { emulator, settings };
}

/** Everything on the servers that a run could change, without counters. */
export function contentOf(emulator: Emulator): string {
  const { atlas, cloudManager } = emulator.world();
  const deployments = cloudManager.deployments.map(({ projectId, automationConfig }) => ({
    projectId,
    automationConfig: automationConfig.replace(/"version":\d+/, ""),
  }));
  return JSON.stringify([atlas, deployments]);
}

/** The objects on the servers, in an order of their own. */
export function objectsIn(emulator: Emulator): string[] {
  const { atlas, cloudManager } = emulator.world();
  const configs = cloudManager.deployments.map(({ automationConfig }) => JSON.parse(automationConfig) as Config);
  return [
    ...[...atlas.databaseUsers, ...atlas.customDbRoles, ...atlas.federations],
    ...configs.flatMap(({ roles, auth, oidcProviderConfigs, tls }) => [
      ...roles,
      ...auth.usersWanted,
      ...(oidcProviderConfigs ?? []),
      tls,
    ]),
  ]
    .map((one) => JSON.stringify(one))
    .toSorted();
}

interface Config {
  readonly roles: readonly object[];
  readonly auth: { readonly usersWanted: readonly object[] };
  readonly oidcProviderConfigs?: readonly object[];
  readonly tls: object;
}
