/**
 * `npm run bench`: how long the provider takes to load, as a ratio to the three packages that it needs most. Each arm is
 * a process of its own that reports its processor time. Both arms run alternately; the median counts.
 */

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { show, spread } from "./figures.ts";

const TURNS = process.env.BENCH_QUICK === "1" ? 9 : 25;
/** The first start compiles the code and keeps it for those that follow. */
const WARM_UP = 2;

const provider = fileURLToPath(new URL("../../dist/provider/engines/pulumi/provider.js", import.meta.url));
// Pulumi loads the provider by `require`.
const arms = {
  provider: `require(${JSON.stringify(provider)}).federatedUser()`,
  packages: 'require("jose"); require("zod"); require("undici")',
};

/** Milliseconds of processor time that the code takes beyond the start of Node.js. */
function cost(code: string): number {
  const timed = `const began = process.cpuUsage(); ${code}; const { user, system } = process.cpuUsage(began);
    console.log((user + system) / 1_000)`;
  return Number(execFileSync(process.execPath, ["-e", timed], { encoding: "utf8" }));
}

const ratios: number[] = [];
for (let turn = -WARM_UP; turn < TURNS; turn++) {
  const packages = cost(arms.packages);
  const ratio = cost(arms.provider) / packages;
  if (turn >= 0) ratios.push(ratio);
}
show("processor time to load the provider / jose, zod and undici", spread(ratios, 2), "at most 1.3");
