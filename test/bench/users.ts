/**
 * `npm run bench`: the cost of creating 500 users and of previewing them unchanged, as a ratio to 500 dynamic resources of
 * Pulumi with as many inputs and handlers that do nothing. Both arms run alternately, on each engine that is found; the
 * median counts. The state of a user is what the state file of the stack holds for it.
 */

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEmulator } from "../../provider/emulator/index.ts";
import { defaultSeed } from "../../provider/emulator/seed.ts";
import { engines } from "../support/engines.ts";
import { FEDERATION, ORG, PROJECT } from "../support/ids.ts";
import { median, show } from "./figures.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const COUNT = Number(process.env.BENCH_USERS ?? 500);
const REPEATS = Number(process.env.BENCH_REPEATS ?? 5);

const users = `import { FederatedUser, IdentityProvider, OrgConnection } from "mongofed";
const identityProvider = new IdentityProvider("apps", {
  federationSettingsId: "${FEDERATION}", idpType: "WORKLOAD", configurationName: "apps",
  issuerUri: "https://idp.example.com", audience: "apps", authorizationType: "USER",
});
new OrgConnection("organization", { orgId: "${ORG}", identityProvider });
for (let index = 0; index < ${COUNT}; index++) {
  new FederatedUser("user" + index, {
    projectId: "${PROJECT}", identityProvider, principal: "p" + index, roles: ["readWrite@app" + index],
  });
}`;

/** The same inputs, a provider that returns them, and one resource that the others refer to. */
const idle = `import * as pulumi from "@pulumi/pulumi";
const handlers = {
  check: async (olds, inputs) => ({ inputs }),
  diff: async () => ({ changes: false }),
  create: async (inputs) => ({ id: inputs.principal ?? "first", outs: inputs }),
};
class Idle extends pulumi.dynamic.Resource {
  constructor(name, props) {
    super(handlers, name, props);
  }
}
const first = new Idle("first", { reference: { name: "apps", type: "USER" } });
for (let index = 0; index < ${COUNT}; index++) {
  new Idle("user" + index, {
    projectId: "${PROJECT}", identityProvider: first.id, principal: "p" + index, roles: ["readWrite@app" + index],
  });
}`;

const programs = { users, idle };
type Arm = keyof typeof programs;

await mkdir(join(root, ".mongofed"), { recursive: true });
const folder = await mkdtemp(join(root, ".mongofed", "bench-"));
/** An emulator without the limits that so many users would reach. */
async function emulatorForMany() {
  const instance = await startEmulator({ seed: { ...defaultSeed, behaviour: { maxDatabaseUsers: COUNT } } });
  for (const name of ["identity-providers", "organization", "org-federation", "database-users"] as const) {
    instance.setRateLimit(name, { capacity: 1e6, refill: 1e6, perSeconds: 60 });
  }
  return { instance, [Symbol.asyncDispose]: () => instance.close() };
}

/** The size of the largest state file below a folder, without indentation. Copies and histories are no larger. */
async function stateBytes(stateDir: string): Promise<number> {
  const names = await readdir(stateDir, { recursive: true });
  const texts = await Promise.all(
    names.filter((name) => name.endsWith(".json")).map((name) => readFile(join(stateDir, name), "utf8")),
  );
  return Math.max(...texts.map((text) => JSON.stringify(JSON.parse(text)).length));
}

try {
  for (const arm of ["users", "idle"] as const) {
    const cwd = join(folder, arm);
    await mkdir(cwd, { recursive: true });
    await writeFile(
      join(cwd, "Pulumi.yaml"),
      `name: ${arm}\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n`,
    );
    await writeFile(join(cwd, "package.json"), '{"name":"bench","type":"module","main":"index.js"}');
    await writeFile(join(cwd, "index.js"), programs[arm]);
  }
  for (const engine of engines()) {
    let emulator = await emulatorForMany();
    const run = async (arm: Arm, command: "preview" | "up", turn = 0): Promise<number> => {
      const began = performance.now();
      const { exitCode, stdout, stderr } = await engine.run({
        command,
        cwd: join(folder, arm),
        stack: `bench${turn}`,
        stateDir: join(folder, `${arm}-${engine.name}-${turn}`),
        env: emulator.instance.env,
        config: { "mongofed:wait": "off" },
        flags: { skipPreview: true },
        processes: true,
      });
      if (exitCode !== 0) throw new Error(`the ${command} of ${arm} failed:\n${stdout}\n${stderr}`);
      return performance.now() - began;
    };
    const figures = (ratios: readonly number[]) =>
      `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`;
    const ups: number[] = [];
    for (let turn = REPEATS - 1; turn >= 0; turn--) {
      await emulator[Symbol.asyncDispose]();
      emulator = await emulatorForMany();
      ups.push((await run("users", "up", turn)) / (await run("idle", "up", turn)));
    }
    const what = `${COUNT} users / resources that do nothing, ${engine.name}`;
    show(`up that creates ${what}, no latency`, figures(ups), "at most 1.4");
    const bytes = await stateBytes(join(folder, `users-${engine.name}-0`));
    show(`bytes of state for each of ${COUNT} users, ${engine.name}`, (bytes / COUNT).toFixed(0), "at most 1,500");
    const ratios: number[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      ratios.push((await run("users", "preview")) / (await run("idle", "preview")));
    }
    show(`preview of ${what}, unchanged`, figures(ratios), "at most 1.2");
    await emulator[Symbol.asyncDispose]();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
