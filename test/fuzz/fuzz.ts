/** Runs sequences of many seeds, and shrinks those that fail. */

import { type Counts, type Execution, execute } from "./execute.ts";
import { ALL, drawSequence, type Operations, type Sequence } from "./sequence.ts";
import { shrunk } from "./shrink.ts";

export interface FuzzOptions {
  readonly seeds: Iterable<number>;
  readonly operations?: Operations;
  /** Ends after so many different failures. */
  readonly maxFailures?: number;
  readonly seconds?: number | undefined;
  readonly verbose?: boolean;
  readonly print: (text: string) => void;
}

export interface Failure {
  readonly seed: number;
  readonly sequence: Sequence;
  readonly report: string;
}

const PROGRESS_EVERY = 25;
/** A failure that depends on the order of calls may not show each time. */
const ATTEMPTS = 2;

export async function fuzz(
  options: FuzzOptions,
): Promise<{ sequences: number; failures: readonly Failure[]; counts: Counts }> {
  const {
    seeds,
    operations = ALL,
    maxFailures = 1,
    seconds = Number.POSITIVE_INFINITY,
    verbose = false,
    print,
  } = options;
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  const failures: Failure[] = [];
  const known = new Map<string, number>();
  const counts: Counts = {};
  let sequences = 0;
  for (const seed of seeds) {
    if (elapsed() > seconds || failures.length >= maxFailures) break;
    const sequence = drawSequence(seed, operations);
    const execution = await execute(sequence);
    sequences++;
    for (const [name, count] of Object.entries(execution.counts)) counts[name] = (counts[name] ?? 0) + count;
    if (verbose) print(`seed ${seed} (${sequence.plane})\n${execution.log.join("\n")}`);
    if (execution.violation !== undefined) {
      const kind = kindOf(execution);
      const times = (known.get(kind) ?? 0) + 1;
      known.set(kind, times);
      if (times === 1) {
        print(`seed ${seed} fails (${kind}); shrinking …`);
        const failure = await shrink(seed, sequence, execution);
        failures.push(failure);
        print(failure.report);
      }
    }
    if (sequences % PROGRESS_EVERY === 0)
      print(`${sequences} sequences, ${total(counts)} runs, ${elapsed().toFixed(0)} s`);
  }
  print(`${sequences} sequences, ${total(counts)} runs, ${elapsed().toFixed(0)} s: ${JSON.stringify(counts)}`);
  for (const [kind, times] of known) print(`${times} times: ${kind}`);
  return { sequences, failures, counts };
}

function total(counts: Counts): number {
  return Object.entries(counts).reduce((sum, [name, count]) => sum + (name.startsWith("refused") ? 0 : count), 0);
}

/** Failures of one kind have one cause, as a rule. */
function kindOf({ violation }: Execution): string {
  const text = (violation?.message ?? "").split("\n").slice(0, 2).join(" ");
  return text
    .replaceAll(/[0-9a-f]{24}/g, "<id>")
    .replaceAll(/#\d+|FED\d+(?=.*FED)/g, "#")
    .replaceAll(/"[^"]*"/g, '"…"')
    .replaceAll(/::\w+$/gm, "::…")
    .replaceAll(/\/(p\d|g\d|r\d|legacy|apps2?|people2?|jobs2?)\b/g, "/…");
}

async function shrink(seed: number, sequence: Sequence, execution: Execution): Promise<Failure> {
  const property = execution.violation!.property;
  const fails = async (candidate: Sequence): Promise<Execution | undefined> => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const again = await execute(candidate);
      if (again.violation?.property === property) return again;
    }
    return undefined;
  };
  let last = execution;
  const steps = await shrunk(sequence.steps, async (candidate) => {
    const again = await fails({ ...sequence, steps: candidate });
    last = again ?? last;
    return again !== undefined;
  });
  const smallest = { ...sequence, steps };
  const report = [
    `--- seed ${seed}, ${sequence.plane}, ${sequence.steps.length} steps shrunk to ${steps.length}`,
    ...last.log,
    last.violation!.message,
    `sequence: ${JSON.stringify(smallest)}`,
    "---",
  ].join("\n");
  return { seed, sequence: smallest, report };
}
