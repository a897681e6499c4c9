/** Sequences of edits and runs: drawn from a seed, and data, so that a failing one can be repeated and shrunk. */

import type { Cut } from "./front.ts";
import { EDITS, type Edit, type EditName, type Plane } from "./program.ts";
import { type Random, randomOf } from "./random.ts";

export interface RunStep {
  readonly do: "run";
  readonly command: "preview" | "up" | "refresh" | "destroy";
  readonly refresh?: true;
  readonly skipPreview?: true;
  /** With `MONGOFED_ADOPT=equal`, as the refusal after a killed run says. */
  readonly adoptsEqual?: true;
  /** At least 2: with 1, Pulumi's SDK lets a run wait for an abandoned one of the same process. */
  readonly parallel: number;
  readonly cut?: Cut;
  /** The program fails in the update after this declaration; the number chooses among what there is. */
  readonly failsAfter?: number;
  /** The run is limited: the number chooses among the resources of program and state. */
  readonly limit?: { readonly to: "target" | "exclude" | "replace"; readonly a: number };
}

export type Step =
  | ({ readonly do: "edit" } & Edit)
  | RunStep
  /** The program becomes the last one that was applied as a whole. */
  | { readonly do: "revert" }
  /** `pulumi state`: a declaration and its entry get another name, or an entry is forgotten. */
  | { readonly do: "state"; readonly how: "rename" | "delete"; readonly a: number; readonly b: number };

export interface Sequence {
  readonly plane: Plane;
  readonly steps: readonly Step[];
}

/** Runs, and how often each comes. */
const RUNS = {
  preview: 2,
  up: 12,
  refreshingUp: 3,
  skippingUp: 2,
  refresh: 2,
  destroy: 1,
  failing: 4,
  refused: 3,
  lost: 2,
  killed: 5,
  revert: 3,
  target: 4,
  exclude: 2,
  replace: 3,
  stateRename: 2,
  stateDelete: 2,
} as const;
type RunName = keyof typeof RUNS;

/** The operations that a sequence is drawn from. */
export interface Operations {
  readonly edits: readonly EditName[];
  readonly runs: readonly RunName[];
}
const RUN_NAMES = Object.keys(RUNS) as RunName[];
export const ALL: Operations = { edits: EDITS, runs: RUN_NAMES };

/** Operations that keep every promise already. */
export const STEADY: Operations = {
  edits: ["add", "remove", "rename", "move", "set", "reorder"],
  runs: ["preview", "up", "refreshingUp", "skippingUp", "refresh", "destroy", "failing", "refused", "lost"],
};

const MAX_ROUNDS = 7;

export function drawSequence(seed: number, { edits, runs }: Operations): Sequence {
  const random = randomOf(seed);
  const weights = Object.fromEntries(runs.map((run) => [run, RUNS[run]])) as Record<RunName, number>;
  const steps: Step[] = [];
  const rounds = 2 + random.below(MAX_ROUNDS - 1);
  const plane = random.pick(["atlas", "cloud-manager"] as const);
  const number = () => random.below(60);
  for (let round = 0; round < rounds; round++) {
    const count = random.pick([0, 1, 1, 2, 2, 3]) + (round === 0 ? 4 : 0);
    for (let edit = 0; edit < count; edit++) {
      const name = round === 0 ? "add" : random.pick(edits);
      steps.push({ do: "edit", edit: name, a: number(), b: number(), c: number() });
    }
    // The first run makes the stack, well or not.
    const isFirst = round === 0 && random.chance(0.6);
    const name = isFirst ? "up" : random.weighted(weights);
    const step = drawRun(random, name);
    steps.push(step);
    // Half of the killed runs are repeated at once.
    if (name === "killed" && step.do === "run" && random.chance(0.5)) {
      const { command, parallel } = step;
      steps.push({ do: "run", command, parallel, ...(command === "up" ? { adoptsEqual: true } : {}) });
    }
  }
  return { plane, steps };
}

/** A sequence whose first kill is a real one; `undefined` if the seed draws none. */
export function drawRealKill(seed: number, operations: Operations): Sequence | undefined {
  const { plane, steps } = drawSequence(seed, operations);
  const at = steps.findIndex((step) => step.do === "run" && step.cut?.accident.startsWith("kill"));
  const step = steps[at] as RunStep | undefined;
  if (step?.cut === undefined) return undefined;
  return { plane, steps: steps.with(at, { ...step, cut: { ...step.cut, real: true } }) };
}

function drawRun(random: Random, name: RunName): Step {
  const parallel = random.pick([2, 8]);
  const nth = random.pick([1, 1, 1, 2, 2, 3, 4, 6]);
  switch (name) {
    case "preview":
    case "up":
    case "refresh":
    case "destroy":
      return { do: "run", command: name, parallel };
    case "refreshingUp":
      return { do: "run", command: "up", refresh: true, parallel };
    case "skippingUp":
      return { do: "run", command: "up", skipPreview: true, parallel };
    case "failing":
      return { do: "run", command: "up", parallel, failsAfter: random.below(60) };
    case "refused":
      return { do: "run", command: random.pick(["up", "up", "destroy"]), parallel, cut: { nth, accident: "refuse" } };
    case "lost":
      return { do: "run", command: random.pick(["up", "up", "destroy"]), parallel, cut: { nth, accident: "lose" } };
    case "killed": {
      const accident = random.pick(["kill-before", "kill-after"] as const);
      return { do: "run", command: random.pick(["up", "up", "up", "destroy"]), parallel, cut: { nth, accident } };
    }
    case "revert":
      return { do: "revert" };
    case "target":
    case "exclude": {
      const command = random.pick(["up", "up", "up", "destroy", "refresh"] as const);
      return { do: "run", command, parallel, limit: { to: name, a: random.below(60) } };
    }
    case "replace":
      return { do: "run", command: "up", parallel, limit: { to: "replace", a: random.below(60) } };
    case "stateRename":
      return { do: "state", how: "rename", a: random.below(60), b: random.below(60) };
    case "stateDelete":
      return { do: "state", how: "delete", a: random.below(60), b: 0 };
  }
}

export function stepText(step: Step): string {
  if (step.do === "revert") return "revert to the program that was applied last";
  if (step.do === "state") return `pulumi state ${step.how} ${step.a} ${step.b}`;
  if (step.do === "edit") return `${step.edit} ${step.a} ${step.b} ${step.c}`;
  const { command, refresh, skipPreview, adoptsEqual, parallel, cut, failsAfter, limit } = step;
  return [
    ...(adoptsEqual ? ["MONGOFED_ADOPT=equal"] : []),
    command,
    ...(refresh ? ["--refresh"] : []),
    ...(skipPreview ? ["--skip-preview"] : []),
    ...(limit === undefined ? [] : [`--${limit.to} ${limit.a}`]),
    `--parallel ${parallel}`,
    ...(cut === undefined ? [] : [`(write ${cut.nth}: ${cut.accident}${cut.real ? " for real" : ""})`]),
    ...(failsAfter === undefined ? [] : ["(the program fails)"]),
  ].join(" ");
}
