/**
 * `npm run bench`: the cost of previewing 500 unchanged users, as a ratio to 500 dynamic resources of Pulumi with as
 * many inputs and handlers that do nothing. Both arms run alternately, on each engine that is found; the median counts.
 */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
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
    await using emulator = await emulatorForMany();
    const run = async (arm: Arm, command: "preview" | "up"): Promise<number> => {
      const began = performance.now();
      const { exitCode, stdout, stderr } = await engine.run({
        command,
        cwd: join(folder, arm),
        stack: "bench",
        stateDir: join(folder, `${arm}-${engine.name}`),
        env: emulator.instance.env,
        flags: { skipPreview: true },
        processes: true,
      });
      if (exitCode !== 0) throw new Error(`the ${command} of ${arm} failed:\n${stdout}\n${stderr}`);
      return performance.now() - began;
    };
    for (const arm of ["users", "idle"] as const) await run(arm, "up");
    const ratios: number[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      ratios.push((await run("users", "preview")) / (await run("idle", "preview")));
    }
    show(
      `preview of ${COUNT} users / of resources that do nothing, ${engine.name} (at most 1.30)`,
      `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
