/**
 * Runs test files of a copy, with one mutation switched on, as often as it is asked. A process of its own, so that a
 * mutation that never ends can be ended; Vitest stays loaded, since its start takes longer than most runs.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createVitest, type TestSpecification } from "vitest/node";

export interface Order {
  /** The number of a mutation, or `record`. */
  readonly on: string;
  /** Relative to the copy, in the order in which they run. */
  readonly files: readonly string[];
  /** Goes on after a failure, and names each file that failed. */
  readonly all: boolean;
}

export interface Outcome {
  readonly files: readonly { readonly file: string; readonly failed: boolean; readonly ms: number }[];
  readonly failed: boolean;
}

/** Vitest sorts by size and by earlier runs. */
class AsGiven {
  sort = async (files: TestSpecification[]) => files.toSorted((a, b) => place(a) - place(b));
  shard = async (files: TestSpecification[]) => files;
}

const copy = process.cwd();
let order: Order = { on: "none", files: [], all: false };
const place = ({ moduleId }: TestSpecification) => order.files.findIndex((file) => moduleId === join(copy, file));

const vitest = await createVitest("test", {
  config: join(copy, "vitest.config.mjs"),
  watch: false,
  maxWorkers: 1,
  reporters: [{}],
  sequence: { sequencer: AsGiven },
});
await vitest.standalone();
const known = await vitest.globTestSpecifications();

process.on("message", async (message: Order) => {
  order = message;
  writeFileSync(join(copy, "switch-on"), order.on);
  const specifications = known.filter((one) => place(one) >= 0);
  vitest.config.bail = order.all ? 0 : 1;
  for (const { config } of vitest.projects) config.bail = order.all ? 0 : 1;
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  // Vitest also returns the modules of earlier runs.
  const ran = testModules.filter((module) => order.files.includes(module.relativeModuleId));
  const files = ran.map((module) => ({
    file: module.relativeModuleId,
    failed: module.state() === "failed",
    ms: module.diagnostic().duration,
  }));
  const failed = unhandledErrors.length > 0 || files.some((one) => one.failed);
  process.send?.({ files, failed } satisfies Outcome);
});
process.send?.("ready");
