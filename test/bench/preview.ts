/**
 * `npm run bench`: what a preview costs, as ratios within one run, since machines differ and are shared. Both arms run
 * alternately; the median counts.
 */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEmulator } from "../../provider/emulator/index.ts";
import { loadProject, run } from "../../provider/engines/embedded/engine.ts";
import { FEDERATION } from "../support/ids.ts";
import { median, show } from "./figures.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const COUNT = 100;
const REPEATS = 5;

const provider = (index: number) => `new IdentityProvider("p${index}", {
  federationSettingsId: "${FEDERATION}", idpType: "WORKLOAD", configurationName: "p${index}",
  issuerUri: "https://idp.example.com", audience: "a${index}", authorizationType: "USER",
});`;

/** A resource of nobody: what Pulumi's own machinery costs, without any provider behind it. */
const nobody = (index: number) => `new Nobody("p${index}");`;
const NOBODY = `class Nobody extends pulumi.CustomResource {
  constructor(name) {
    super("pulumi-nodejs:dynamic/bench:Nobody", name, {
      __provider: "exports.handler=()=>({check:async(o,n)=>({inputs:n}),diff:async()=>({changes:false}),create:async(i)=>({id:'x',outs:i})})",
    });
  }
}`;

const programs = {
  mongofed: (count: number) => ['import { IdentityProvider } from "mongofed";', ...times(count, provider)],
  nobody: (count: number) => ['import * as pulumi from "@pulumi/pulumi";', NOBODY, ...times(count, nobody)],
};

function times(count: number, make: (index: number) => string): string[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

await mkdir(join(root, ".mongofed"), { recursive: true });
const folder = await mkdtemp(join(root, ".mongofed", "bench-"));
const emulator = await startEmulator();
for (const name of ["identity-providers", "organization", "org-federation"] as const) {
  emulator.setRateLimit(name, { capacity: 1e6, refill: 1e6, perSeconds: 60 });
}

/** One run of a program that exists already, in milliseconds. */
async function measure(name: keyof typeof programs, command: "preview" | "up", count = COUNT): Promise<number> {
  const cwd = join(folder, `${name}-${count}`);
  await mkdir(cwd, { recursive: true });
  await writeFile(
    join(cwd, "Pulumi.yaml"),
    `name: bench\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n`,
  );
  await writeFile(join(cwd, "package.json"), '{"name":"bench","type":"module","main":"index.js"}');
  await writeFile(join(cwd, "index.js"), programs[name](count).join("\n"));
  const began = performance.now();
  const { ok } = await run({
    command,
    project: await loadProject(cwd),
    stack: "bench",
    stateFile: join(cwd, "state.json"),
    processes: true,
    skipPreview: true,
    env: emulator.env,
    onEvent: (event) => {
      if (event.type === "diagnostic" && event.severity === "error") console.error(event.message);
    },
  });
  if (!ok) throw new Error(`the ${command} of ${name} failed`);
  return performance.now() - began;
}

try {
  for (const name of ["mongofed", "nobody"] as const) await measure(name, "up");
  emulator.clearRequests();
  await measure("mongofed", "preview");
  const answered = emulator.requests().filter(({ status }) => status === 200).length;
  show(
    `requests of a preview of ${COUNT} identity providers`,
    `${answered} (one each: ${COUNT}, ${COUNT / answered}×)`,
  );

  const arms: Record<keyof typeof programs, number[]> = { mongofed: [], nobody: [] };
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    for (const name of ["mongofed", "nobody"] as const) arms[name].push(await measure(name, "preview"));
  }
  const ratios = arms.mongofed.map((ms, index) => ms / (arms.nobody[index] ?? Number.NaN));
  show(
    `preview of ${COUNT} of ours / of resources that do nothing`,
    `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
  );
} finally {
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
}
