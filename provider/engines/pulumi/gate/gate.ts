import * as pulumi from "@pulumi/pulumi";
import pulumiState from "@pulumi/pulumi/runtime/state.js";
import type { Finding } from "../../../../schema/finding.ts";
import { UNKNOWN } from "../../../../schema/unknown.ts";
import {
  type Code,
  type Declaration,
  finding,
  type Kind,
  type Program,
  prerequisites,
  programFindings,
  surroundingsOf,
} from "../../../rules/index.ts";
import { endProgram } from "./end.ts";
import { currentHost, EXIT_USER_WAS_TOLD, type Host } from "./host.ts";
import { whereDeclared } from "./location.ts";
import { say, tell } from "./report.ts";
import { type Watched, watch } from "./settled.ts";

/**
 * The program gate. An engine checks resource by resource, stops at the first one that fails, and begins while the
 * program still runs. So our classes hold their registration back (by promises in `__provider` and `dependsOn`) until
 * the program is quiet; then every declaration is known, the rules run over all of them together, and either all are
 * released or the program ends.
 *
 * **The law of the gate.** What is held back and never registered is, for the engine, gone from the program: `up`
 * deletes it. So there are exactly two ways out, whatever fails in here: every held declaration is registered, or the
 * program ends with a failing exit code before the engine can take it for complete.
 */

/** A program that keeps its event loop alive (a server, a timer) is taken for quiet after this long without a declaration. */
const QUIET_MS = 3_000;

interface Held {
  readonly kind: Kind;
  readonly name: string;
  readonly location: Declaration["location"];
  readonly inputs: Watched;
  /** The resource whose output or instance was given as `identityProvider`. */
  readonly uses: unknown;
  resource?: pulumi.CustomResource;
  registered: boolean;
  readonly release: (released: Released) => void;
  readonly refuse: (error: Error) => void;
}

/** What a declaration gets from the gate when it opens. */
interface Released {
  readonly dependsOn: pulumi.Resource[];
  /** As JSON: a text of its own would be an unknown value to the engine where it says so of one. */
  readonly surroundings: string;
}

/** One run of one program. */
interface Run {
  readonly host: Host;
  readonly stack: object;
  readonly all: Held[];
  waiting: Held[];
  ended?: Error;
  timer?: NodeJS.Timeout;
  /** An inline program that has not returned yet. */
  programRuns: boolean;
  readonly warned: Set<string>;
}

interface Shared {
  /** By the stack resource that a run belongs to; inline programs come and go in one process. */
  readonly runs: WeakMap<object, Run>;
  /** The runs of a program that has the process to itself: one, or two if it declares before its stack exists. */
  readonly processRuns: Run[];
  /** Stacks of inline programs whose function has not returned yet. */
  readonly inlinePrograms: WeakSet<object>;
  readonly held: WeakMap<object, Held>;
  readonly echoes: WeakMap<object, Watched>;
  /** The event loop was empty once: the whole program has run, and later declarations come in small batches. */
  wasIdle: boolean;
  programFailed: boolean;
  ended: boolean;
}

// Two copies of this package in one program (its own, and a component library's) must share one gate: a rule that sees
// half a program is wrong about it.
const shared = openShared();

function openShared(): Shared {
  const key = Symbol.for("mongofed.gate.1");
  const global = globalThis as { [key]?: Shared };
  if (global[key] !== undefined) return global[key];
  const made: Shared = {
    runs: new WeakMap(),
    processRuns: [],
    inlinePrograms: new WeakSet(),
    held: new WeakMap(),
    echoes: new WeakMap(),
    wasIdle: false,
    programFailed: false,
    ended: false,
  };
  global[key] = made;
  if (process.env.PULUMI_NODEJS_MONITOR !== undefined) watchProcess(made);
  watchInlinePrograms(made);
  return made;
}

/** What a class needs to register its resource: promises that the gate settles. */
export interface Ticket {
  /** Resolves to `text` when the gate opens. */
  text(text: string): pulumi.Input<string>;
  readonly dependsOn: Promise<pulumi.Resource[]>;
  /** What the program declares around it, for the handlers; settled by the gate too. */
  readonly surroundings: Promise<string>;
  /** Tells the gate of the resource, once its constructor has run. */
  made(resource: pulumi.CustomResource): void;
}

export interface Request {
  readonly kind: Kind;
  readonly name: string;
  readonly type: abstract new (...args: never[]) => unknown;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Holds a declaration back; `undefined` where there is no gate, and the resource registers by itself. */
export function hold(request: Request): Ticket | undefined {
  const host = currentHost();
  if (host === "none") return undefined;
  const run = currentRun(host);
  const { promise, resolve, reject } = Promise.withResolvers<Released>();
  const held: Held = {
    kind: request.kind,
    name: request.name,
    location: whereDeclared(request.type, `${request.kind} "${request.name}"`),
    inputs: watch(request.inputs, (output) => shared.echoes.get(output)),
    uses: request.inputs.identityProvider,
    registered: false,
    release: resolve,
    refuse: reject,
  };
  if (run.ended === undefined) {
    run.all.push(held);
    run.waiting.push(held);
    failUnlessReleased(run);
    arm(run);
  } else {
    held.refuse(run.ended);
  }
  /** Pulumi hears of a refusal from each of them that it uses; none may count as unhandled. */
  const whenReleased = <T>(pick: (released: Released) => T): Promise<T> => {
    const picked = promise.then(pick);
    picked.catch(() => {});
    return picked;
  };
  return {
    text: (text) => whenReleased(() => text),
    dependsOn: whenReleased(({ dependsOn }) => dependsOn),
    surroundings: whenReleased(({ surroundings }) => surroundings),
    made: (resource) => remember(run, held, resource),
  };
}

/** What stands for a held resource when another takes it, or something of it, as an input. */
export function lend(resource: object, alias: object): void {
  const held = shared.held.get(resource);
  if (held !== undefined) shared.held.set(alias, held);
}

function remember(run: Run, held: Held, resource: pulumi.CustomResource): void {
  held.resource = resource;
  shared.held.set(resource, held);
  // An output of a held resource settles only after the gate. One that repeats an input is read from that input.
  for (const [key, value] of Object.entries(resource)) {
    if (pulumi.Output.isInstance(value)) shared.echoes.set(value, { settled: () => inputsOf(held)[key] ?? UNKNOWN });
  }
  (resource.urn as unknown as { promise(): Promise<string> }).promise().then(
    () => {
      held.registered = true;
      failUnlessReleased(run);
    },
    () => {},
  );
}

function inputsOf(held: Held): Record<string, unknown> {
  return held.inputs.settled() as Record<string, unknown>;
}

function currentRun(host: Host): Run {
  const stack: object = pulumi.runtime.getStackResource() ?? shared;
  let run = shared.runs.get(stack);
  if (run === undefined) {
    run = { host, stack, all: [], waiting: [], programRuns: shared.inlinePrograms.has(stack), warned: new Set() };
    shared.runs.set(stack, run);
    if (host === "process") shared.processRuns.push(run);
  }
  return run;
}

/**
 * Guilty until released: as long as a declaration is held back, the process would end with a failing exit code, in
 * which case Pulumi neither tells the engine that the program is complete, nor does the engine delete anything.
 */
function failUnlessReleased(run: Run): void {
  if (run.host !== "process") return;
  const pending = shared.processRuns.some((other) => other.all.some((held) => !held.registered));
  if (pending && (process.exitCode ?? 0) === 0) process.exitCode = EXIT_USER_WAS_TOLD;
  else if (!pending && process.exitCode === EXIT_USER_WAS_TOLD && !shared.ended) process.exitCode = undefined;
}

/** Decides when the gate opens. */
function arm(run: Run): void {
  clearTimeout(run.timer);
  const quiet = run.host === "process" ? shared.wasIdle : !run.programRuns;
  if (quiet) {
    // Only setImmediate is safe from here on: Pulumi tells the engine to finish as soon as the loop is empty again.
    setImmediate(() => open(run));
    return;
  }
  run.timer = setTimeout(() => open(run), QUIET_MS);
  run.timer.unref();
}

function open(run: Run): void {
  clearTimeout(run.timer);
  const batch = run.waiting;
  if (batch.length === 0 || run.ended !== undefined) return;
  run.waiting = [];
  judge(run, batch).catch((error: unknown) => refuse(run, [internalError(error)]));
}

async function judge(run: Run, batch: readonly Held[]): Promise<void> {
  const program = modelOf(run);
  const findings = programFindings(program);
  for (const warning of findings.filter(({ severity }) => severity !== "error")) {
    const text = JSON.stringify(warning);
    if (!run.warned.has(text)) await tell(warning);
    run.warned.add(text);
  }
  const errors = findings.filter(({ severity }) => severity === "error");
  if (errors.length > 0) return refuse(run, errors);
  // The program itself failed while we looked: Pulumi has told why, and the exit code is a failing one already.
  if (shared.programFailed) return;
  const resources = new Map(run.all.map((held, index) => [program.declarations[index], held.resource]));
  // All is worked out before the first is released: what fails in here must leave all of them held.
  const released = program.declarations.map((declaration): Released => {
    const needed = prerequisites(program, declaration).map((other) => resources.get(other));
    return {
      dependsOn: needed.filter((resource) => resource !== undefined),
      surroundings: JSON.stringify(surroundingsOf(program, declaration)),
    };
  });
  const isDue = new Set(batch);
  run.all.forEach((held, index) => {
    if (isDue.has(held)) held.release(released[index]!);
  });
}

/** The program as the rules see it. */
function modelOf(run: Run): Program {
  const declarations = new Map<Held, Declaration>();
  const declare = (held: Held): Declaration => {
    const known = declarations.get(held);
    if (known !== undefined) return known;
    const used = typeof held.uses === "object" && held.uses !== null ? shared.held.get(held.uses) : undefined;
    const provider = used !== undefined && used !== held && run.all.includes(used) ? declare(used) : undefined;
    const declaration: Declaration = {
      kind: held.kind,
      name: held.name,
      location: held.location,
      inputs: inputsOf(held),
      ...(provider === undefined ? {} : { identityProvider: provider }),
    };
    declarations.set(held, declaration);
    return declaration;
  };
  return { declarations: run.all.map(declare) };
}

function about(code: Code, held: readonly Held[], message: string): Finding {
  return { ...finding(code, { message }), locations: held.map(({ location }) => location) };
}

function internalError(error: unknown): Finding {
  const text = error instanceof Error ? error.message : String(error);
  if (process.env.MONGOFED_DEBUG === "1" && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return finding("FED492", { message: text });
}

/** Ends the program: everything that is held stays unregistered, and the engine hears of a failure. */
async function refuse(run: Run, errors: readonly Finding[]): Promise<void> {
  if (run.ended !== undefined) return;
  const summary = summaryOf(errors, run.all.length);
  run.ended = new pulumi.RunError(summary);
  shared.ended ||= run.host === "process";
  if (run.host === "process") process.exitCode = EXIT_USER_WAS_TOLD;
  try {
    for (const error of errors) await tell(error);
    if (run.host === "process") await say(summary, "error");
  } catch (error) {
    process.stderr.write(`error: ${summary} (${error instanceof Error ? error.message : String(error)})\n`);
  }
  const ended = run.ended;
  endProgram(run.host, run.stack, summary, () => {
    for (const held of run.all) held.refuse(ended);
  });
}

function summaryOf(errors: readonly Finding[], declarations: number): string {
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;
  return `${count(errors.length, "error")} in ${count(declarations, "declaration")}. None of them was registered, nothing was changed. More: mongofed explain ${errors[0]?.code}`;
}

/** A failed check ends the run: what is still to be registered then never will be, and Pulumi has told why. */
function engineEndedRun(): boolean {
  const { getStore } = pulumiState as unknown as { getStore(): { terminated?: boolean } };
  return getStore().terminated === true;
}

/** In a process: opens at the first empty event loop, and finds what got stuck at every later one. */
function watchProcess(state: Shared): void {
  const failed = () => {
    state.programFailed = true;
  };
  process.on("uncaughtException", failed);
  process.on("unhandledRejection", failed);
  process.on("exit", (code) => {
    // `process.exit(0)` in the middle of a program: without this the engine would believe that nothing is missing.
    const pending = state.processRuns.some(({ all }) => all.some(({ registered }) => !registered));
    if (code !== 0 || !pending) return;
    process.stderr.write(
      "error: the program ended itself before its resources were registered. Nothing was changed.\n",
    );
    process.exitCode = 1;
  });
  process.on("beforeExit", () => {
    if (state.ended || state.programFailed || engineEndedRun()) return;
    const runs = state.processRuns;
    if (!state.wasIdle) {
      state.wasIdle = true;
      if (runs.some(({ waiting }) => waiting.length > 0)) {
        runs.forEach(open);
        return;
      }
    }
    // Nothing is under way any more: what is not registered by now never will be.
    for (const run of runs) {
      const stuck = run.all.filter(({ registered }) => !registered);
      if (stuck.length > 0)
        void refuse(run, [
          about("FED490", stuck, `${stuck.length} of ${run.all.length} declarations never became ready`),
        ]);
    }
  });
}

/** Inline programs: opens when the program's function has ended. Pulumi has no hook there, so its stack is wrapped. */
function watchInlinePrograms(state: Shared): void {
  const prototype = pulumi.runtime.Stack.prototype as unknown as {
    initialize(args: { init: () => Promise<unknown> }): Promise<unknown>;
  };
  const initialize = prototype.initialize;
  prototype.initialize = function (this: object, args) {
    const init = async () => {
      state.inlinePrograms.add(this);
      try {
        return await args.init();
      } finally {
        state.inlinePrograms.delete(this);
        const run = state.runs.get(this);
        if (run !== undefined) {
          run.programRuns = false;
          if (run.host === "inline") open(run);
        }
      }
    };
    return initialize.call(this, { ...args, init });
  };
}
