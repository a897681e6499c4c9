/**
 * `npm run bench`: what it costs that the provider for Terraform runs in Node.js, as ratios within one run. Terraform
 * starts a provider two to four times a command. Both arms take turns; the median counts, and the middle half is told.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { startEmulator } from "../../provider/emulator/index.ts";
import { selfSignedIdentity } from "../../provider/engines/terraform/plugin/certificate.ts";
import { builtProvider } from "../support/built-provider.ts";
import { programsSeed } from "../support/emulator.ts";
import { findTerraform } from "../support/find-terraform.ts";
import { FEDERATION, OTHER_IDP, PROJECT } from "../support/ids.ts";
import { firstLine, PluginClient, spawnPlugin } from "../support/plugin-client.ts";
import { terraformFolder } from "../support/terraform.ts";
import { show, spread } from "./figures.ts";

const TURNS = 25;
/** The first start compiles the code and keeps it for those that follow. */
const WARM_UP = 2;
/** From the start to the handshake, as a multiple of a bare `node -e 0`. */
const GOAL = 3;

const { command } = await builtProvider();
const { certificate } = selfSignedIdentity();

const arms = {
  async bare() {
    const began = performance.now();
    await once(spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }), "close");
    return performance.now() - began;
  },
  async handshake() {
    const began = performance.now();
    const child = spawnPlugin([command], certificate);
    await firstLine(child);
    const ms = performance.now() - began;
    // Not killed: what was compiled is written at the end.
    child.kill("SIGTERM");
    await once(child, "close");
    return ms;
  },
  async schema() {
    const began = performance.now();
    const client = await PluginClient.start([command]);
    await client.call("GetProviderSchema", {});
    await client.shutdown();
    return performance.now() - began;
  },
};

const turns: Record<keyof typeof arms, number>[] = [];
for (let turn = -WARM_UP; turn < TURNS; turn++) {
  const ms = { bare: await arms.bare(), handshake: await arms.handshake(), schema: await arms.schema() };
  if (turn >= 0) turns.push(ms);
}

const ratios = (arm: "handshake" | "schema") =>
  spread(
    turns.map((ms) => ms[arm] / ms.bare),
    2,
  );
show("start of the Terraform provider to its handshake / node -e 0", ratios("handshake"), `at most ${GOAL}`);
show("start, schema and end of the Terraform provider / node -e 0", ratios("schema"));
show(
  "milliseconds of node -e 0",
  spread(
    turns.map(({ bare }) => bare),
    0,
  ),
);

// A plan in which nothing changes, of a thousand users and of as many of Terraform's own `terraform_data`.

const USERS = 1000;
const PLANS = 5;

const users = (source: string) => `
terraform {
  required_providers {
    mongofed = { source = "${source}" }
  }
}

provider "mongofed" {
  wait = "off"
}

resource "mongofed_federated_user" "user" {
  count      = ${USERS}
  project_id = "${PROJECT}"
  identity_provider = {
    federation_settings_id = "${FEDERATION}"
    identity_provider_id   = "${OTHER_IDP}"
    configuration_name     = "apps"
    idp_type               = "WORKLOAD"
    authorization_type     = "USER"
  }
  principal = "program-\${count.index}"
  roles     = ["read@app"]
}
`;

const data = `
resource "terraform_data" "user" {
  count = ${USERS}
  input = "program-\${count.index}"
}
`;

async function planOfAThousand(): Promise<void> {
  const { cli, how } = await findTerraform();
  if (cli === undefined) return console.log(`no plan of ${USERS} users: ${how}`);
  const provider = await builtProvider();
  const project = { id: PROJECT, name: "billing", clusters: [{ name: "cluster0" }] };
  const emulator = await startEmulator({
    seed: { ...programsSeed([project], OTHER_IDP), behaviour: { maxDatabaseUsers: 2 * USERS } },
  });
  for (const name of ["database-users", "projects", "clusters", "org-federation"] as const) {
    emulator.setRateLimit(name, { capacity: 1e6, refill: 1e6, perSeconds: 60 });
  }
  await using ours = await terraformFolder({ "main.tf": users(provider.source) }, provider, { env: emulator.env });
  await using bare = await terraformFolder({ "main.tf": data }, provider);
  const run = async (folder: typeof ours, ...args: string[]) => {
    const began = performance.now();
    const { code, stderr } = await folder.run(...args);
    if (code !== 0) throw new Error(stderr);
    return performance.now() - began;
  };
  await run(bare, "init");
  await run(bare, "apply", "-auto-approve");
  await run(ours, "apply", "-auto-approve");
  const ratios: number[] = [];
  emulator.clearRequests();
  for (let turn = 0; turn < PLANS; turn++) {
    const plain = await run(bare, "plan", "-detailed-exitcode");
    ratios.push((await run(ours, "plan", "-detailed-exitcode")) / plain);
  }
  show(
    `plan of ${USERS} unchanged users / of ${USERS} terraform_data (${cli.name} ${cli.version})`,
    spread(ratios, 2),
    "at most 2.5",
  );
  show("requests of such a plan", String(emulator.requests().length / PLANS));
  await emulator.close();
}

await planOfAThousand();
