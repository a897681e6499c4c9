import type { Emulator } from "../../provider/emulator/index.ts";
import { seed } from "../control-planes/cloud-manager/harness.ts";
import { atlasSeed, emulated } from "../support/emulator.ts";
import { FEDERATION, ORG, PROJECT } from "../support/ids.ts";
import type { RunSettings } from "../support/stack.ts";

/** One object of each kind on each control plane, for tests of what happens to it. */
export interface Scenario {
  readonly plane: "atlas" | "cloud-manager";
  readonly kind: string;
  /** Declared under a name that never changes. */
  readonly before: string;
  readonly inputs: string;
  /** The input by which another declaration takes the object over. */
  readonly adopts: string;
}

const place = { atlas: `federationSettingsId: "${FEDERATION}"`, "cloud-manager": `projectId: "${PROJECT}"` };
const provider = (plane: Scenario["plane"], idpType: string, authorizationType: string) =>
  `${place[plane]}, idpType: "${idpType}", configurationName: "corp", issuerUri: "https://idp.example.com",
   audience: "mongodb", authorizationType: "${authorizationType}"${idpType === "WORKFORCE" ? ', clientId: "mongodb"' : ""}`;
const declared = (plane: Scenario["plane"], idpType = "WORKLOAD", authorizationType = "USER") =>
  `const idp = new IdentityProvider("corp", { ${provider(plane, idpType, authorizationType)} });`;
const connected = `new OrgConnection("platform", { orgId: "${ORG}", identityProvider: idp });`;
const user = `projectId: "${PROJECT}", identityProvider: idp, principal: "app:1", roles: ["read@app"]`;
const group = `projectId: "${PROJECT}", identityProvider: idp, group: "dba", roles: ["read@app"]`;
const role = `projectId: "${PROJECT}", roleName: "payments",
  privileges: [{ resource: { database: "pay", collection: "" }, actions: ["find"] }]`;

const adopts = ", adopt: true";
const atlas = { plane: "atlas", adopts } as const;
const project = { plane: "cloud-manager", adopts } as const;

export const SCENARIOS: readonly Scenario[] = [
  { ...atlas, kind: "DatabaseRole", before: "", inputs: role },
  { ...atlas, kind: "FederatedUser", before: declared("atlas") + connected, inputs: user },
  { ...atlas, kind: "OidcRole", before: declared("atlas", "WORKFORCE", "GROUP") + connected, inputs: group },
  { ...atlas, kind: "OrgConnection", before: declared("atlas"), inputs: `orgId: "${ORG}", identityProvider: idp` },
  { ...atlas, kind: "IdentityProvider", before: "", inputs: provider("atlas", "WORKLOAD", "USER") },
  { ...project, kind: "DatabaseRole", before: "", inputs: role },
  { ...project, kind: "FederatedUser", before: declared("cloud-manager"), inputs: user },
  { ...project, kind: "OidcRole", before: declared("cloud-manager", "WORKFORCE", "GROUP"), inputs: group },
  { ...project, kind: "IdentityProvider", before: "", inputs: provider("cloud-manager", "WORKLOAD", "USER") },
  // The settings exist always, so a declaration takes them over without being told to.
  {
    ...project,
    kind: "ProjectTls",
    before: "",
    inputs: `projectId: "${PROJECT}", clusterCaFilePath: "/etc/cluster-ca.pem"`,
    adopts: "",
  },
];

/** The control plane of a scenario, and how a run reaches it. `env:OTHER` names its credentials for a `Provider`. */
export async function controlPlaneOf({ plane }: Scenario) {
  const emulator = await emulated(plane === "atlas" ? atlasSeed({ clusters: [] }) : seed);
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
