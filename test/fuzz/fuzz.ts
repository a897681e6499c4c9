/** Runs sequences of many seeds, and shrinks those that fail. */

import { type Counts, type Execution, execute } from "./execute.ts";
import { drawRealKill, drawSequence, type Operations, type Sequence } from "./sequence.ts";
import { shrunk } from "./shrink.ts";

export interface FuzzOptions {
  readonly seeds: Iterable<number>;
  readonly operations: Operations;
  /** Goes on until so many runs have been killed for real. Only sequences with such a kill are run. */
  readonly realKills?: number;
  /** Ends after so many different failures. */
  readonly maxFailures: number;
  /** Begins no sequence after this time. */
  readonly seconds?: number;
  readonly verbose?: boolean;
  readonly shrinks?: boolean;
  readonly print: (text: string) => void;
}

export interface FuzzResult {
  readonly sequences: number;
  /** Runs by command and end. */
  readonly runs: Counts;
  /** Refused previews by code. */
  readonly refusals: Counts;
  /** Failing sequences by failure. */
  readonly failures: Counts;
}

/** A failure that depends on the order of calls may not show each time. */
const ATTEMPTS = 2;

export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const {
    seeds,
    operations,
    realKills,
    maxFailures,
    seconds = Number.POSITIVE_INFINITY,
    verbose,
    shrinks = true,
    print,
  } = options;
  const began = performance.now();
  let total: FuzzResult = { sequences: 0, runs: {}, refusals: {}, failures: {} };
  for (const seed of seeds) {
    if (performance.now() - began > seconds * 1000 || Object.keys(total.failures).length >= maxFailures) break;
    if (realKills !== undefined && realKillsIn(total) >= realKills) break;
    const sequence = realKills === undefined ? drawSequence(seed, operations) : drawRealKill(seed, operations);
    if (sequence === undefined) continue;
    const execution = await execute(sequence);
    const { runs, refusals, log, violation } = execution;
    if (verbose) print(`seed ${seed} (${sequence.plane})\n${log.join("\n")}`);
    const kind = violation && kindOf(execution);
    if (kind !== undefined && !(kind in total.failures)) {
      print(`seed ${seed} fails: ${kind}`);
      print(shrinks ? await shrink(seed, sequence, execution) : reportOf(seed, sequence, execution));
    }
    total = added(total, { sequences: 1, runs, refusals, failures: kind === undefined ? {} : { [kind]: 1 } });
  }
  return total;
}

function realKillsIn({ runs }: FuzzResult): number {
  return Object.entries(runs).reduce((all, [name, times]) => all + (name.endsWith("killed for real") ? times : 0), 0);
}

export function added(one: FuzzResult, other: FuzzResult): FuzzResult {
  return {
    sequences: one.sequences + other.sequences,
    runs: sum(one.runs, other.runs),
    refusals: sum(one.refusals, other.refusals),
    failures: sum(one.failures, other.failures),
  };
}

function sum(one: Counts, other: Counts): Counts {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...names].map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]));
}

export function resultText({ sequences, runs, refusals, failures }: FuzzResult, ms: number): string {
  const count = Object.values(runs).reduce((all, one) => all + one, 0);
  const list = (counts: Counts) =>
    Object.entries(counts)
      .sort(([, a], [, b]) => b - a)
      .map(([name, times]) => `${name} ${times}`)
      .join(", ");
  const refused = Object.keys(refusals).length === 0 ? "" : `; refused by ${list(refusals)}`;
  const failed = Object.entries(failures).map(([kind, times]) => `\n  ${times} failing: ${kind}`);
  return `${sequences} sequences, ${count} runs, ${Math.round(ms / 1000)} s: ${list(runs)}${refused}${failed.join("")}`;
}

/** Failures of one kind have one cause, as a rule. */
function kindOf({ violation }: Execution): string {
  const text = (violation?.message ?? "").split("\n").slice(0, 2).join(" ");
  return text
    .replaceAll(/[0-9a-f]{24}/g, "<id>")
    .replaceAll(/#\d+/g, "#")
    .replaceAll(/"[^"]*"/g, '"…"')
    .replaceAll(/::\w+$/gm, "::…")
    .replaceAll(/\b(p\d|g\d|r\d|legacy|apps2?|people2?|jobs2?)\b/g, "…");
}

/** By which a smaller sequence is known to fail for the same reason. */
function causeOf({ violation }: Execution): string {
  return `${violation?.property} ${/FED\d+/.exec(violation?.message ?? "")?.[0]}`;
}

async function shrink(seed: number, sequence: Sequence, execution: Execution): Promise<string> {
  const cause = causeOf(execution);
  let last = execution;
  const steps = await shrunk(sequence.steps, async (candidate) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const again = await execute({ ...sequence, steps: candidate });
      if (again.violation === undefined || causeOf(again) !== cause) continue;
      last = again;
      return true;
    }
    return false;
  });
  return reportOf(seed, { ...sequence, steps }, last);
}

function reportOf(seed: number, sequence: Sequence, { log, violation }: Execution): string {
  return [
    `--- seed ${seed}, ${sequence.plane}, ${sequence.steps.length} steps`,
    ...log,
    violation?.message ?? "",
    `sequence: ${JSON.stringify(sequence)}`,
    "---",
  ].join("\n");
}
