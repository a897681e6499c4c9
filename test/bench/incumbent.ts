/**
 * `npm run bench`: creating users with MongoDB's own Terraform provider and with mongofed, on one emulator.
 * `MONGODBATLAS_PROVIDER` names the executable of that provider. Without it, the figures of an earlier run are printed.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../provider/emulator/index.ts";
import { builtProvider } from "../support/built-provider.ts";
import { programsSeed } from "../support/emulator.ts";
import { findTerraform, plainEnv } from "../support/find-terraform.ts";
import { FEDERATION, IDP, PROJECT } from "../support/ids.ts";
import { median, show } from "./figures.ts";

const USERS = 200;
const TURNS = 3;
const LATENCY_MS = 20;
const SOURCE = "registry.terraform.io/mongodb/mongodbatlas";

const incumbent = `
terraform {
  required_providers {
    mongodbatlas = { source = "${SOURCE}" }
  }
}
resource "mongodbatlas_database_user" "user" {
  count              = ${USERS}
  project_id         = "${PROJECT}"
  username           = "${IDP}/program-\${count.index}"
  auth_database_name = "$external"
  oidc_auth_type     = "USER"
  roles {
    role_name     = "read"
    database_name = "app"
  }
}`;

const ours = (source: string) => `
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
    identity_provider_id   = "${IDP}"
    configuration_name     = "apps"
    idp_type               = "WORKLOAD"
    authorization_type     = "USER"
  }
  principal = "program-\${count.index}"
  roles     = ["read@app"]
}`;

async function emulatorForMany(): Promise<Emulator> {
  const project = { id: PROJECT, name: "billing", clusters: [{ name: "Cluster0" }] };
  const emulator = await startEmulator({
    seed: { ...programsSeed([project]), behaviour: { maxDatabaseUsers: 2 * USERS } },
  });
  for (const name of ["database-users", "projects", "clusters", "org-federation", "identity-providers"] as const)
    emulator.setRateLimit(name, { capacity: 1e6, refill: 1e6, perSeconds: 60 });
  emulator.inject({ match: {}, fault: { kind: "delay", ms: LATENCY_MS } });
  return emulator;
}

/** Applies a configuration to a new emulator, with a provider from a folder of its own. */
async function apply(terraform: string, main: string, source: string, folder: string) {
  const emulator = await emulatorForMany();
  const path = await mkdtemp(join(tmpdir(), "mongofed-bench-"));
  const config = join(path, "cli.tfrc");
  await writeFile(
    config,
    `provider_installation {\n  dev_overrides {\n    "${source}" = "${folder}"\n  }\n  direct {}\n}\n`,
  );
  await writeFile(join(path, "main.tf"), main);
  const began = performance.now();
  const child = spawn(terraform, ["apply", "-auto-approve", "-input=false", "-no-color"], {
    cwd: path,
    env: { ...plainEnv, ...emulator.env, TF_CLI_CONFIG_FILE: config },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = await once(child, "close");
  const ms = performance.now() - began;
  const requests = emulator.requests().filter(({ status }) => status !== 401).length;
  await emulator.close();
  await rm(path, { recursive: true });
  if (code !== 0) throw new Error(`terraform apply ended with ${code}`);
  return { ms, requests };
}

const what = `create ${USERS} users, MongoDB's Terraform provider / mongofed`;
const binary = process.env.MONGODBATLAS_PROVIDER;
const { cli, how } = await findTerraform();
if (binary === undefined) {
  show(`requests: ${what}`, "406 / 838 (recorded by 2026-12-01, before mongofed created users by a listing)");
  show(
    `wall clock: ${what}, no latency`,
    "0.8 (recorded by 2026-12-01, before mongofed created users by a listing)",
    "at least 2",
  );
} else if (cli === undefined) {
  show(what, how);
} else {
  const folder = await mkdtemp(join(tmpdir(), "mongofed-bench-"));
  await symlink(binary, join(folder, "terraform-provider-mongodbatlas"));
  const provider = await builtProvider();
  const ratios: number[] = [];
  let counts = "";
  for (let turn = 0; turn < TURNS; turn++) {
    const theirs = await apply(cli.command, incumbent, SOURCE, folder);
    const own = await apply(cli.command, ours(provider.source), provider.source, provider.override);
    ratios.push(theirs.ms / own.ms);
    counts = `${theirs.requests} / ${own.requests}`;
  }
  await rm(folder, { recursive: true });
  show(`requests: ${what}`, counts);
  show(`wall clock: ${what}, ${LATENCY_MS} ms latency`, median(ratios).toFixed(1), "at least 2");
}
