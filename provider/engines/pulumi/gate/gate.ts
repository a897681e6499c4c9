import * as pulumi from "@pulumi/pulumi";
import pulumiState from "@pulumi/pulumi/runtime/state.js";
import type { Finding } from "../../../../schema/finding.ts";
import { UNKNOWN } from "../../../../schema/unknown.ts";
import { formatFinding } from "../../../findings.ts";
import type { RelatedDeclarations } from "../../../resources/definition.ts";
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
import { recordFindings } from "../findings-file.ts";
import { LastLook } from "../overwrite-check/ask.ts";
import { writtenOver } from "../overwrite-check/finding.ts";
import { pulumiTerms } from "../terms.ts";
import { endProgram } from "./end.ts";
import { currentHost, EXIT_USER_WAS_TOLD, type Host } from "./host.ts";
import { whereDeclared } from "./location.ts";
import { recordProgram, say, tell } from "./report.ts";
import {
  type JudgedCheck,
  judgeChecks,
  lineOf,
  type SampleTokens,
  secretMaterials,
  secretsIn,
  sentDeclarations,
  tableOf,
  unmetFindings,
  unreadableFindings,
} from "./token-checks.ts";
import { type Watched, watch } from "./watch.ts";

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
  /** The same as the program gave them. */
  readonly given: Readonly<Record<string, unknown>>;
  /** The resource whose output or instance was given as `identityProvider`. */
  readonly uses: unknown;
  /** Of a check of tokens. */
  readonly tokens?: SampleTokens & { readonly watched: Watched };
  resource?: pulumi.CustomResource;
  registered: boolean;
  readonly release: (released: Released) => void;
  readonly refuse: (error: Error) => void;
}

/** What a declaration gets from the gate when it opens. */
interface Released {
  readonly dependsOn: pulumi.Resource[];
  readonly related: RelatedDeclarations;
  /** The handler of a check needs them to judge by itself; `undefined` where the gate has judged it. */
  readonly tokens: object | undefined;
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
  readonly lastLook: LastLook;
  /** A registration has failed, and with it the run. */
  failed?: boolean;
  /** Lets an inline program end. */
  letEnd?: (() => void) | undefined;
  readonly reported: Set<string>;
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
  const key = Symbol.for("mongofed.gate.3");
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
  /** Where the program asks at its end what was written over; nothing in a preview. */
  readonly lastLook: string | undefined;
  /** The other declarations that matter to its handlers; settled by the gate too. */
  readonly related: Promise<RelatedDeclarations>;
  /** A hidden input of a check of tokens; settles to `undefined` where the gate has judged it. */
  readonly tokens: Promise<object | undefined>;
  /** Tells the gate of the resource, once its constructor has run. */
  made(resource: pulumi.CustomResource): void;
}

export interface Request {
  readonly kind: Kind;
  readonly name: string;
  readonly type: abstract new (...args: never[]) => unknown;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly tokens?: SampleTokens;
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
    inputs: watch(request.inputs, echoOf),
    given: request.inputs,
    uses: request.inputs.identityProvider,
    ...(request.tokens && { tokens: { ...request.tokens, watched: watch(request.tokens.materials, echoOf) } }),
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
    lastLook: run.lastLook.folder,
    related: whenReleased(({ related }) => related),
    tokens: whenReleased(({ tokens }) => tokens),
    made: (resource) => remember(run, held, resource),
  };
}

function echoOf(output: pulumi.Output<unknown>): Watched | undefined {
  return shared.echoes.get(output);
}

/** The declaration behind a resource, or behind an alias of it. */
export function declarationOf(given: object): Pick<Declaration, "kind" | "name"> | undefined {
  return shared.held.get(given);
}

/** Makes an object stand for a resource when another takes it as an input. */
export function aliasOf(resource: object, alias: object): void {
  const held = shared.held.get(resource);
  if (held !== undefined) shared.held.set(alias, held);
}

function remember(run: Run, held: Held, resource: pulumi.CustomResource): void {
  held.resource = resource;
  shared.held.set(resource, held);
  // An output of a held resource settles only after the gate. One that repeats an input is read from that input.
  for (const [key, value] of Object.entries(resource)) {
    if (pulumi.Output.isInstance(value)) shared.echoes.set(value, { current: () => inputsOf(held)[key] ?? UNKNOWN });
  }
  (resource.urn as unknown as { promise(): Promise<string> }).promise().then(
    () => {
      held.registered = true;
      run.lastLook.again();
      failUnlessReleased(run);
      endInline(run);
    },
    // The run fails, and whoever runs it is told: there is nothing to look at any more.
    () => {
      run.failed = true;
      run.letEnd?.();
    },
  );
}

function inputsOf(held: Held): Record<string, unknown> {
  return held.inputs.current() as Record<string, unknown>;
}

function currentRun(host: Host): Run {
  const stack: object = pulumi.runtime.getStackResource() ?? shared;
  let run = shared.runs.get(stack);
  if (run === undefined) {
    const lastLook = new LastLook(pulumi.runtime.isDryRun());
    const programRuns = shared.inlinePrograms.has(stack);
    run = { host, stack, all: [], waiting: [], programRuns, lastLook, reported: new Set() };
    shared.runs.set(stack, run);
    if (host === "process") shared.processRuns.push(run);
  }
  return run;
}

/**
 * Guilty until released, and looked after: as long as a declaration is held back, or the last look is due, the process
 * would end with a failing exit code, in which case Pulumi neither tells the engine that the program is complete, nor
 * does the engine delete anything.
 */
function failUnlessReleased(run: Run): void {
  if (run.host !== "process") return;
  const pending = shared.processRuns.some(
    ({ all, lastLook }) => all.some(({ registered }) => !registered) || lastLook.due,
  );
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
  const isRecorded = recordProgram(program);
  const checks = run.all.flatMap(({ tokens }, index) => {
    const declaration = program.declarations[index];
    return tokens && declaration && !isRecorded ? [{ declaration, tokens }] : [];
  });
  const findings = [
    ...checks.flatMap(({ declaration, tokens }) => unreadableFindings(declaration, tokens)),
    ...programFindings(program),
  ];
  for (const warning of findings.filter(({ severity }) => severity !== "error")) {
    await once(run, JSON.stringify(warning), () => tell(warning));
  }
  const errors = findings.filter(({ severity }) => severity === "error");
  if (errors.length > 0) return refuse(run, errors);
  const judged = await judgeChecks(
    program,
    new Map(checks.map(({ declaration, tokens }) => [declaration, tokens.watched])),
  );
  const unmet = judged.filter(({ verdict }) => verdict.unmet.length > 0);
  if (unmet.length > 0) return refuse(run, unmet.flatMap(unmetFindings), { texts: unmet.map(tableOf) });
  await tellJudged(run, judged, new Set(findings.map(({ code }) => code)));
  // The program itself failed while we looked: Pulumi has told why, and the exit code is a failing one already.
  if (shared.programFailed) return;
  const resources = new Map(run.all.map((held, index) => [program.declarations[index], held.resource]));
  if (run.host === "inline" && run.lastLook.folder !== undefined && !run.failed) run.letEnd ??= keepInline(run);
  // All is worked out before the first is released: what fails in here must leave all of them held.
  const open = new Set(
    judged.filter(({ verdict }) => verdict.unknown.length > 0).map(({ declaration }) => declaration),
  );
  const released = program.declarations.map((declaration, index): Released => {
    const needed = prerequisites(program, declaration).map((other) => resources.get(other));
    return {
      dependsOn: needed.filter((resource) => resource !== undefined),
      related: surroundingsOf(program, declaration),
      tokens: open.has(declaration) ? sentForTokens(run, program, index) : undefined,
    };
  });
  const isDue = new Set(batch);
  run.all.forEach((held, index) => {
    if (isDue.has(held)) held.release(released[index]!);
  });
}

/** @param known codes that the rules have told of what is declared: tokens only show the same again. */
async function tellJudged(run: Run, judged: readonly JudgedCheck[], known: ReadonlySet<string>): Promise<void> {
  for (const check of judged) {
    const advice = check.verdict.advice.filter(({ code }) => !known.has(code));
    for (const warning of [...advice, ...check.verdict.leftOut]) {
      await once(run, JSON.stringify(warning), () => tell(warning));
    }
    // What is not known yet the handler tells, in so far as it is not known there either.
    const line = lineOf(check);
    if (check.verdict.unknown.length === 0) await once(run, line, () => say(line, "info"));
  }
}

/** Every further batch of declarations is judged together with those before it, and a user reads it once. */
async function once(run: Run, text: string, task: () => Promise<void>): Promise<void> {
  if (run.reported.has(text)) return;
  run.reported.add(text);
  await task();
}

/** What a check is judged by that could not be judged here, as the program gave it: most of it is outputs. */
function sentForTokens(run: Run, program: Program, index: number): object {
  const given = program.declarations.map((declaration, at) => ({ declaration, inputs: run.all[at]?.given ?? {} }));
  const { declarations, inputs } = sentDeclarations(given);
  const { tokens } = run.all[index] ?? {};
  return { declarations, inputs, secrets: secretsIn(inputs), materials: tokens ? secretMaterials(tokens) : {} };
}

/** Pulumi takes an inline program for complete when nothing is under way: the last look must be. */
function keepInline(run: Run): () => void {
  const done = pulumi.runtime.rpcKeepAlive();
  return () => {
    run.letEnd = undefined;
    done();
  };
}

/** Looks once more, and lets an inline program end, if all of it is registered. */
function endInline(run: Run): void {
  const complete = () => !run.programRuns && run.all.every(({ registered }) => registered);
  if (run.host !== "inline" || !complete()) return;
  // A program may declare more as soon as it has the outputs of what is registered.
  setImmediate(async () => {
    if (!complete()) return;
    await lookAgain(run);
    if (run.ended === undefined && complete()) run.letEnd?.();
  });
}

/** FED265: what was written in this run, and somebody has written over before its end. */
async function lookAgain(run: Run): Promise<void> {
  const answers = await run.lastLook.ask();
  const troubles = answers.flatMap((answer) => ("trouble" in answer ? [answer.trouble] : []));
  for (const trouble of troubles) await say(`not looked again whether all is there: ${trouble}`, "warning");
  const overwritten = answers.flatMap((answer) => ("overwritten" in answer ? answer.overwritten : []));
  if (overwritten.length === 0) return failUnlessReleased(run);
  const summary = "all was registered, but not all of it is there any more. More: mongofed explain FED265";
  await refuse(run, [writtenOver(overwritten)], { summary });
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

/**
 * Ends the program: everything that is held stays unregistered, and the engine hears of a failure.
 *
 * @param texts what is printed of the errors. Default: each by itself
 */
async function refuse(
  run: Run,
  errors: readonly Finding[],
  {
    texts = errors.map((error) => formatFinding(error, pulumiTerms)),
    summary = summaryOf(errors, run.all.length),
  }: { readonly texts?: readonly string[]; readonly summary?: string } = {},
): Promise<void> {
  if (run.ended !== undefined) return;
  run.ended = new pulumi.RunError(summary);
  shared.ended ||= run.host === "process";
  if (run.host === "process") process.exitCode = EXIT_USER_WAS_TOLD;
  try {
    recordFindings(errors);
    for (const text of texts) await say(text, "error");
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
    if (code !== 0 || !pending || state.programFailed) return;
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
      if (stuck.length === 0 && run.lastLook.due) void lookAgain(run);
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
          endInline(run);
        }
      }
    };
    return initialize.call(this, { ...args, init });
  };
}
