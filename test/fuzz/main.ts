/**
 * `npm run fuzz`: random sequences of edits and runs, each checked after every run.
 *
 *     npm run fuzz -- --runs 10000        so many sequences
 *     npm run fuzz -- --seed 7            repeats the sequence of a seed, or begins with it
 *     npm run fuzz -- --failures 20       goes on until so many different failures are found (default 5)
 */

import { parseArgs } from "node:util";
import { fuzz } from "./fuzz.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string" },
    seed: { type: "string" },
    failures: { type: "string", default: "5" },
    seconds: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
});
const seed = values.seed === undefined ? Date.now() % 1_000_000_000 : Number(values.seed);
const runs = Number(values.runs ?? (values.seed === undefined ? 100 : 1));
const { failures } = await fuzz({
  seeds: Array.from({ length: runs }, (_, index) => seed + index),
  maxFailures: Number(values.failures),
  seconds: values.seconds === undefined ? undefined : Number(values.seconds),
  verbose: values.verbose,
  print: (text) => process.stdout.write(`${text}\n`),
});
process.exit(failures.length === 0 ? 0 : 1);
