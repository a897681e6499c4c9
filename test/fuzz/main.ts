/**
 * `npm run fuzz`: random sequences of edits and runs on the embedded engine, checked after every run. Exit code 0: no
 * failure. 1: a failure, with its seed and the smallest sequence that still fails.
 *
 *     npm run fuzz -- --runs 10000            so many sequences
 *     npm run fuzz -- --seed 7                the sequence of this seed; with `--runs` the first of them
 *     npm run fuzz -- --real-kills 10         instead: sequences until so many runs were killed with SIGKILL
 *     npm run fuzz -- --failures 20           ends after so many different failures (default 5)
 *     npm run fuzz -- --operations steady     the operations that the test suite uses (default: all)
 *     npm run fuzz -- --edits set,rename      only these edits; `--kinds up,killed`: only these runs
 *     npm run fuzz -- --no-shrink --verbose   as drawn, with every step
 */

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { added, type FuzzResult, fuzz, resultText } from "./fuzz.ts";
import { ALL, STEADY } from "./sequence.ts";

const { values } = parseArgs({
  allowNegative: true,
  options: {
    runs: { type: "string" },
    seed: { type: "string" },
    failures: { type: "string", default: "5" },
    "real-kills": { type: "string" },
    operations: { type: "string", default: "all" },
    edits: { type: "string" },
    kinds: { type: "string" },
    shrink: { type: "boolean", default: true },
    verbose: { type: "boolean", default: false },
  },
});

/** Abandoned runs stay in memory, so a process makes no more sequences than these. */
const BATCH = 50;

const first = values.seed === undefined ? Date.now() % 1_000_000_000 : Number(values.seed);
const onlyOne = values.seed !== undefined && values["real-kills"] === undefined;
const runs = Number(values.runs ?? (onlyOne ? 1 : 100));
const print = (text: string) => process.stdout.write(`${text}\n`);

if (process.send === undefined) process.exitCode = await inBatches();
else process.send(await batch(), () => process.exit());

function batch(): Promise<FuzzResult> {
  const seeds = Array.from({ length: runs }, (_, index) => first + index);
  const { edits, runs: kinds } = values.operations === "steady" ? STEADY : ALL;
  const operations = {
    edits: edits.filter((edit) => values.edits?.split(",").includes(edit) ?? true),
    runs: kinds.filter((kind) => values.kinds?.split(",").includes(kind) ?? true),
  };
  const { failures, shrink: shrinks, verbose } = values;
  const kills = values["real-kills"];
  const realKills = kills === undefined ? {} : { realKills: Number(kills) };
  return fuzz({ seeds, operations, ...realKills, maxFailures: Number(failures), shrinks, verbose, print });
}

async function inBatches(): Promise<number> {
  const began = performance.now();
  // A search for real kills counts them, so it stays in one process.
  const batchSize = values["real-kills"] === undefined ? BATCH : runs;
  let total: FuzzResult = { sequences: 0, runs: {}, refusals: {}, failures: {} };
  for (let done = 0; done < runs; done += batchSize) {
    const left = Number(values.failures) - Object.keys(total.failures).length;
    if (left <= 0) break;
    const own = ["--seed", `${first + done}`, "--runs", `${Math.min(batchSize, runs - done)}`, "--failures", `${left}`];
    const child = fork(fileURLToPath(import.meta.url), [...process.argv.slice(2), ...own]);
    const [message] = (await Promise.race([once(child, "message"), once(child, "exit")])) as [
      FuzzResult | number | null,
    ];
    if (typeof message !== "object" || message === null) throw new Error(`a batch ended with ${message}`);
    total = added(total, message);
    print(resultText(total, performance.now() - began));
  }
  return Object.keys(total.failures).length === 0 ? 0 : 1;
}
