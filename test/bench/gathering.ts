/**
 * `npm run bench`: the PUTs that the users of one automation config cost, with so many calls of the engine in flight. The
 * engine starts the next calls only when earlier ones have ended, and writes its state in between.
 */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEmulator } from "../../provider/emulator/index.ts";
import { engines } from "../support/engines.ts";
import { PROJECT } from "../support/ids.ts";
import { show } from "./figures.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const COUNT = Number(process.env.BENCH_USERS ?? 1_000);
const PARALLEL = (process.env.BENCH_PARALLEL ?? "8,16,64").split(",").map(Number);

const program = `import { FederatedUser, IdentityProvider } from "mongofed";
const identityProvider = new IdentityProvider("apps", {
  projectId: "${PROJECT}", idpType: "WORKLOAD", configurationName: "apps",
  issuerUri: "https://idp.example.com", audience: "apps", authorizationType: "USER",
});
for (let index = 0; index < ${COUNT}; index++) {
  new FederatedUser("user" + index, { identityProvider, principal: "p" + index, roles: ["readWrite@app" + index] });
}`;

await mkdir(join(root, ".mongofed"), { recursive: true });
const folder = await mkdtemp(join(root, ".mongofed", "bench-"));
try {
  await writeFile(
    join(folder, "Pulumi.yaml"),
    "name: gathering\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
  );
  await writeFile(join(folder, "package.json"), '{"name":"bench","type":"module","main":"index.js"}');
  await writeFile(join(folder, "index.js"), program);
  const named = process.env.BENCH_ENGINE;
  for (const engine of engines().filter(({ name }) => named === undefined || name === named)) {
    for (const parallel of PARALLEL) {
      const emulator = await startEmulator({
        seed: {
          organizations: [{ name: "Bench", projects: [{ id: PROJECT, name: "orders", automationConfig: "example" }] }],
        },
      });
      const began = performance.now();
      const { exitCode, stdout, stderr } = await engine.run({
        command: "up",
        cwd: folder,
        stack: `bench-${parallel}`,
        stateDir: join(folder, `state-${engine.name}-${parallel}`),
        env: emulator.env,
        config: { "mongofed:plane": "cloud-manager", "mongofed:wait": "off" },
        flags: { skipPreview: true, parallel },
        processes: true,
      });
      const seconds = (performance.now() - began) / 1_000;
      if (exitCode !== 0) throw new Error(`${stdout}\n${stderr}`);
      const puts = emulator.requests().filter(({ method, status }) => method === "PUT" && status === 200).length;
      const goal = Math.ceil(COUNT / parallel) + 5;
      show(
        `PUTs of ${COUNT} users, ${parallel} calls in flight, ${engine.name}`,
        `${puts} (${seconds.toFixed(0)} s)`,
        `at most ${goal}`,
      );
      await emulator.close();
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
