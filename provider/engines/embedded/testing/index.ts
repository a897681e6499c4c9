/**
 * `mongofed/testing`: tests of a stack, in a second, with the rules and token checks of a real preview.
 *
 * Pulumi's own mocks call no provider, so a test with them never hears of a broken rule. These functions run the whole
 * program on the embedded engine, against nothing or against an emulated control plane, and say what came of it.
 *
 * @example
 * ```ts
 * import { previewProgram, upProgram } from "mongofed/testing";
 *
 * test("production follows all rules", async () => {
 *   const preview = await previewProgram("./", { stack: "prod" });
 *   expect(preview.findings).toEqual([]);
 * });
 *
 * test("a second up changes nothing", async () => {
 *   await using first = await upProgram("./", { emulator: true });
 *   const again = await upProgram("./", { state: first });
 *   expect(again.changes).toEqual({ same: first.changes.create });
 * });
 * ```
 */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { accessEffectSchema } from "../../../../schema/access-change.ts";
import { environmentSources } from "../../../../schema/credentials.ts";
import { type WordedFinding as Finding, wordedFindingSchema } from "../../../../schema/finding.ts";
import type { Emulator, Seed } from "../../../emulator/index.ts";
import { type Deployment, type InlineProject, inlineProject, loadProject, run } from "../engine.ts";
import type { Command, PropertyValue, StepOp } from "../events.ts";
import { readRecords } from "../records.ts";
import type { ConfigValue } from "../run-options.ts";
import { type TestAccess, testAccess } from "./access.ts";
import { withEnvironment } from "./environment.ts";
import { EventLog, type TestMessage, type TestStep } from "./event-log.ts";
import { testDeployment, testValue } from "./test-values.ts";

export type { WordedFinding as Finding } from "../../../../schema/finding.ts";
export type { Emulator, Seed } from "../../../emulator/index.ts";
export type { AccessGrant, ChangedGrant, TestAccess } from "./access.ts";
export type { TestMessage, TestStep } from "./event-log.ts";

/** A folder with Pulumi.yaml, or a function that declares resources; what it returns are the stack's outputs. */
export type TestProgram = string | URL | InlineProject["program"];

export interface TestOptions {
  /** Default `test`. For a folder, `Pulumi.<stack>.yaml` is read. */
  readonly stack?: string;
  /** Name of the project of an inline program. Default `test`; a folder's is in its Pulumi.yaml. */
  readonly project?: string;
  /** Config values, over those of `Pulumi.<stack>.yaml`. Keys without a colon belong to the project. */
  readonly config?: Readonly<Record<string, ConfigValue>>;
  /** Environment of the program and its provider, over this process' own. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * The existing resources: the result of an earlier run (which stays unchanged), or a state file (which is written).
   * Default: none. The run reuses the emulator of an earlier result.
   */
  readonly state?: TestResult | string;
  /**
   * `true` for an emulated Atlas with one empty organization; or what is in it, with projects of Cloud Manager too
   * (`automationConfig`); or one that runs already. It is there for every control plane that the program names by
   * `mongofed:plane`.
   */
  readonly emulator?: true | Seed | Emulator;
  /** Read every resource first. */
  readonly refresh?: boolean;
  /**
   * `true` runs a project folder and its providers in processes of their own, as Pulumi does. Choose it where the
   * process is the subject: its memory, its signals, arguments of Node. Default: they run in the process of the test,
   * which takes a fraction of the time. A folder runs in a worker thread there: modules, environment, working directory,
   * output and exit code are its own.
   */
  readonly processes?: boolean;
  /** Ends the run early; vitest hands one to every test. */
  readonly signal?: AbortSignal;
}

export interface TestResult extends AsyncDisposable {
  /** Whether the run ended well: no finding that is an error, no failed step. */
  readonly ok: boolean;
  /** The exit code of `pulumi`. */
  readonly exitCode: 0 | 1;
  /** Every step in the order in which it began, `same` ones too; without the stack itself. */
  readonly steps: readonly TestStep[];
  /** The stack's outputs. A secret one reads `[secret]`, one that a preview cannot know `[unknown]`. */
  readonly outputs: Readonly<Record<string, PropertyValue>>;
  /** The findings of rules and token checks, including warnings. */
  readonly findings: readonly Finding[];
  /** Who gains and who loses access, compared with `state`. Only a preview compares: other runs have empty lists. */
  readonly access: TestAccess;
  /** Everything that was said: by the program, the provider and the engine. */
  readonly messages: readonly TestMessage[];
  /** Number of steps by operation, as in the last lines of an `up`; the stack itself counts as one. */
  readonly changes: Readonly<Partial<Record<StepOp, number>>>;
  /** The state after the run, as `pulumi stack export` prints it, but with `[secret]` for every secret. */
  readonly deployment: Deployment;
  /** The emulated control plane, if there is one. */
  readonly emulator?: Emulator;
  /** Ends the emulator, if this very run started it. `await using` does it by itself. */
  close(): Promise<void>;
}

/**
 * Runs the equivalent of `pulumi preview`. It changes nothing but reads the control plane. The option `emulator`
 * provides one.
 */
export function previewProgram(program: TestProgram, options: TestOptions = {}): Promise<TestResult> {
  return runProgram("preview", program, options);
}

/** Runs the program and does what it says; without a preview first, which would only take time. */
export function upProgram(program: TestProgram, options: TestOptions = {}): Promise<TestResult> {
  return runProgram("up", program, options);
}

/** Reads every resource of `options.state` and records what the control plane says now. */
export function refreshProgram(program: TestProgram, options: TestOptions): Promise<TestResult> {
  return runProgram("refresh", program, options);
}

/** Deletes every resource of `options.state`. */
export function destroyProgram(program: TestProgram, options: TestOptions): Promise<TestResult> {
  return runProgram("destroy", program, options);
}

/** The credentials in the environment of the test. Empty ones count as none, and the emulator's own replace them. */
const NO_CREDENTIALS = Object.fromEntries(
  environmentSources
    .flatMap(({ caFile, credentials }) => [caFile, ...credentials.flatMap(({ id, secret }) => [id, secret])])
    .map((name) => [name, ""]),
);

/** The state file of each result as it was written, secrets encrypted: only the engine reads it. */
const stateFiles = new WeakMap<TestResult, string>();

async function runProgram(command: Command, program: TestProgram, options: TestOptions): Promise<TestResult> {
  const folder = await mkdtemp(join(tmpdir(), "mongofed-test-"));
  const plane = await controlPlane(options);
  try {
    const result = await runIn(folder, command, program, options, plane.emulator);
    const close = async () => plane.started?.close();
    const complete: TestResult = { ...result.shown, close, [Symbol.asyncDispose]: close };
    if (result.stateText !== undefined) stateFiles.set(complete, result.stateText);
    return complete;
  } catch (error) {
    await plane.started?.close();
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runIn(
  folder: string,
  command: Command,
  program: TestProgram,
  options: TestOptions,
  emulator: Emulator | undefined,
): Promise<{ shown: Omit<TestResult, "close" | typeof Symbol.asyncDispose>; stateText: string | undefined }> {
  const findingsFile = join(folder, "findings.jsonl");
  const accessFile = join(folder, "access.jsonl");
  const stateFile = await stateFileIn(folder, options.state);
  const project =
    typeof program === "function"
      ? inlineProject({ name: options.project ?? "test", program })
      : await loadProject(program instanceof URL ? fileURLToPath(program) : program);
  const env = {
    ...(emulator ? { ...NO_CREDENTIALS, ...emulator.env } : {}),
    ...options.env,
    MONGOFED_FINDINGS_FILE: findingsFile,
    MONGOFED_ACCESS_FILE: accessFile,
  };
  const log = new EventLog();
  const start = () =>
    run({
      command,
      project,
      stack: options.stack ?? "test",
      stateFile,
      env,
      skipPreview: true,
      onEvent: (event) => log.onEvent(event),
      ...(options.config ? { config: options.config } : {}),
      ...(options.refresh ? { refresh: true } : {}),
      ...(options.processes ? { processes: true } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  // An inline program runs in this very process and reads this process' environment.
  const result = await (project.kind === "inline" ? withEnvironment(env, start) : start());

  const outputs = Object.entries(result.outputs).map(([name, { value, secret }]) => [
    name,
    secret ? "[secret]" : testValue(value),
  ]);
  return {
    shown: {
      ok: result.ok,
      exitCode: result.ok ? 0 : 1,
      steps: log.steps,
      outputs: Object.fromEntries(outputs),
      findings: await readRecords(findingsFile, wordedFindingSchema),
      // A program that declares more while it runs is compared again, as a whole.
      access: testAccess((await readRecords(accessFile, accessEffectSchema)).at(-1)),
      messages: log.messages,
      changes: result.changes,
      deployment: testDeployment(result.deployment),
      ...(emulator ? { emulator } : {}),
    },
    stateText: await readFile(stateFile, "utf8").catch(ifMissing),
  };
}

interface ControlPlane {
  readonly emulator: Emulator | undefined;
  /** The same one if this run has started it, and so ends it. */
  readonly started?: Emulator;
}

async function controlPlane({ emulator, state }: TestOptions): Promise<ControlPlane> {
  if (emulator === undefined) return { emulator: typeof state === "object" ? state.emulator : undefined };
  if (emulator !== true && "close" in emulator) return { emulator };
  const { startEmulator } = await import("../../../emulator/index.ts");
  const started = await startEmulator(emulator === true ? {} : { seed: emulator });
  return { emulator: started, started };
}

async function stateFileIn(folder: string, state: TestOptions["state"]): Promise<string> {
  if (typeof state === "string") return state;
  const file = join(folder, "state.json");
  const before = state && stateFiles.get(state);
  if (before !== undefined) await writeFile(file, before);
  return file;
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
  return undefined;
}
