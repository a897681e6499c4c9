/** Carries a sequence out on the embedded engine, against an emulator, and checks after each run what must hold. */

import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { type Emulator, startEmulator } from "../../provider/emulator/index.ts";
import { type Deployment, inlineProject, run } from "../../provider/engines/embedded/engine.ts";
import type { EngineEvent, StepOp } from "../../provider/engines/embedded/events.ts";
import * as mongofed from "../../provider/index.ts";
import { declare } from "./declare.ts";
import { type Front, startFront, type Write } from "./front.ts";
import { KEYS, keyOf, type Objects, objectsIn, seedOf, settingsOf } from "./objects.ts";
import {
  type Declaration,
  edited,
  firstProgram,
  type Plane,
  PROJECT_NAME,
  type Program,
  programText,
  renamedTo,
  STACK,
  urnOf,
  valid,
} from "./program.ts";
import { type RealRun, type RealRunOptions, startReal } from "./real.ts";
import { type RunStep, type Sequence, stepText } from "./sequence.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A promise of the product that a run has broken. */
class Violation extends Error {
  override name = "Violation";
  readonly property: string;
  constructor(property: string, message: string) {
    super(`${property}: ${message}`);
    this.property = property;
  }
}

export type Counts = Readonly<Record<string, number>>;

export interface Execution {
  readonly violation?: Violation;
  /** Each step with its result, for a report. */
  readonly log: readonly string[];
  readonly runs: Counts;
  readonly refusals: Counts;
}

export async function execute(sequence: Sequence): Promise<Execution> {
  const stack = await Stack.start(sequence.plane);
  const { log, runs, refusals } = stack;
  try {
    for (const step of sequence.steps) await stack.take(step);
    await stack.end();
    return { log, runs, refusals };
  } catch (error) {
    const violation = error instanceof Violation ? error : new Violation("crash", String((error as Error).stack));
    return { violation, log, runs, refusals };
  } finally {
    await stack.close();
  }
}

/** A preview or an update, from what the engine tells. */
interface Phase {
  readonly dryRun: boolean;
  ok: boolean;
  readonly steps: { readonly op: StepOp; readonly urn: string }[];
  readonly errors: string[];
  readonly warnings: string[];
}

interface Outcome {
  readonly phases: readonly Phase[];
  readonly writes: readonly (Write & { readonly dryRun: boolean })[];
  readonly killed: boolean;
  /** Whether something went wrong that was made to. */
  readonly disturbed: boolean;
}

/** An entry of the state. */
interface Owned {
  readonly urn: string;
  readonly retainOnDelete: boolean;
  readonly deletedWith: boolean;
}

/** The limits of a run. */
interface Limit {
  readonly options: { readonly targets?: string[]; readonly excludes?: string[]; readonly replaces?: string[] };
  readonly isWhole: boolean;
  readonly urn: string | undefined;
  includes(urn: string): boolean;
}

type StateStep = Extract<Sequence["steps"][number], { do: "state" }>;

const CHANGES: ReadonlySet<StepOp> = new Set(["create", "update", "delete", "replace"]);
const REPLACES: ReadonlySet<StepOp> = new Set(["replace", "create-replacement", "delete-replaced"]);
/** How long an abandoned run may take to end before the next one begins beside it. */
const ABANDONED_MS = 50;

class Stack {
  readonly log: string[] = [];
  readonly runs: Record<string, number> = {};
  readonly refusals: Record<string, number> = {};
  readonly #plane: Plane;
  readonly #emulator: Emulator;
  readonly #front: Front;
  readonly #folder: string;
  readonly #initial: Objects;
  /** Other people's objects that a program has adopted. */
  readonly #adopted = new Set<string>();
  /** Objects that the state lost for a reason. */
  readonly #forgotten = new Set<string>();
  #program: Program;
  #applied: Program;
  /** The run that was killed last, until another one ends. */
  #interrupted: { readonly step: RunStep; readonly program: Program } | undefined;
  #count = 0;
  #state: string;

  private constructor(plane: Plane, emulator: Emulator, front: Front, folder: string) {
    this.#plane = plane;
    this.#emulator = emulator;
    this.#front = front;
    this.#folder = folder;
    this.#initial = this.#look();
    this.#program = firstProgram(plane);
    this.#applied = { plane, declarations: [] };
    this.#state = join(folder, "state-0.json");
  }

  static async start(plane: Plane): Promise<Stack> {
    const emulator = await startEmulator({ seed: seedOf(plane) });
    const front = await startFront(emulator, () => objectsIn(emulator, plane));
    const memory = "/dev/shm";
    const folder = await mkdtemp(join(existsSync(memory) ? memory : tmpdir(), "mongofed-fuzz-"));
    return new Stack(plane, emulator, front, folder);
  }

  async close(): Promise<void> {
    await this.#front.close();
    await this.#emulator.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #look(): Objects {
    return objectsIn(this.#emulator, this.#plane);
  }

  async take(step: Sequence["steps"][number]): Promise<void> {
    switch (step.do) {
      case "edit": {
        const before = this.#program;
        this.#program = edited(before, step);
        if (!isDeepStrictEqual(before, this.#program)) this.log.push(`  ${stepText(step)}`);
        return;
      }
      case "revert":
        this.#program = this.#applied;
        this.log.push(`  ${stepText(step)}`);
        return;
      case "state":
        await this.#changeState(step);
        return;
      case "run":
        await this.#run(step);
    }
  }

  /** After everything, the stack can be brought in order and destroyed. */
  async end(): Promise<void> {
    const free = (program: Program, more: Partial<Declaration> = {}) =>
      valid({
        ...program,
        declarations: program.declarations.map(({ retainOnDelete: _r, deletedWith: _d, explicit: _e, ...one }) => ({
          ...one,
          ...more,
          protect: false,
          ...(one.kind === "ProjectTls" || one.kind === "TokenCheck" ? {} : { adopt: "overwrite" as const }),
        })),
      });
    const up: RunStep = { do: "run", command: "up", parallel: 8 };
    await this.#unprotect();
    const empty: Program = { plane: this.#plane, declarations: [] };
    const tries = [free(this.#program), free(this.#applied), free(this.#program, { allowLockout: true }), empty];
    let last: Outcome | undefined;
    for (const program of tries) {
      this.#program = program;
      this.log.push("  everything is adopted, nothing is protected");
      last = await this.#run(up);
      if (isOk(last)) break;
    }
    // A deletion stays refused that locks out those who were left behind on purpose.
    if (!isOk(last!) && this.#refusesLockout(last!.phases.at(-1)!)) return;
    if (!isOk(last!)) throw new Violation("stuck", `no up succeeds in the end:\n${textOf(last!)}`);
    const destroy: RunStep = { do: "run", command: "destroy", parallel: 8 };
    let destroyed = await this.#run(destroy);
    if (!isOk(destroyed) && this.#refusesLockout(destroyed.phases.at(-1)!)) {
      this.#program = free(this.#program, { allowLockout: true });
      await this.#run(up);
      destroyed = await this.#run(destroy);
    }
    // As above: `pulumi state delete` may have left a connection behind.
    if (!isOk(destroyed) && this.#refusesLockout(destroyed.phases.at(-1)!)) return;
    if (!isOk(destroyed)) throw new Violation("stuck", `destroy fails in the end:\n${textOf(destroyed)}`);
    const left = this.#look();
    for (const [key, { text }] of this.#initial) {
      if (this.#adopted.has(key) && !key.startsWith("ProjectTls ")) continue;
      // A declaration takes settings that a killed run has left for those that it found.
      if (key.startsWith("ProjectTls ") && this.#forgotten.has(key)) continue;
      if (left.get(key)?.text !== text)
        throw new Violation("foreign", `${key} is not as it was before the stack: ${left.get(key)?.text}`);
    }
  }

  async #run(step: RunStep): Promise<Outcome> {
    const program = this.#program;
    const limit = this.#limitOf(step);
    const evaluates = step.command === "up" || step.command === "preview";
    this.log.push(...(evaluates ? [programText(program)] : []), `  ${stepText(step)}`);
    if (limit.urn !== undefined) this.log.push(`    ${limit.urn}`);
    if (step.command === "up") {
      const before = this.#look();
      for (const one of program.declarations) {
        const key = keyOf(program, one, before);
        const adopts = one.adopt !== undefined || one.kind === "ProjectTls" || step.adoptsEqual;
        if (key !== undefined && adopts) this.#adopted.add(key);
      }
    }
    for (const [key, resource] of this.#owned()) {
      if (resource.retainOnDelete || resource.deletedWith) this.#forgotten.add(key);
    }
    if (evaluates) {
      const objects = this.#look();
      for (const one of program.declarations) {
        const key = one.retainOnDelete || one.deletedWith !== undefined ? keyOf(program, one, objects) : undefined;
        if (key !== undefined) this.#forgotten.add(key);
      }
    }
    const owned = this.#owned();
    const began = performance.now();
    const outcome = await this.#engine(step, program, limit);
    const ms = Math.round(performance.now() - began);
    this.#note(step, outcome, ms);
    this.#judgeWrites(step, program, outcome);
    const isComplete = limit.isWhole || [...owned.values()].some(({ urn }) => urn === limit.urn);
    // The engine skips the deletion of a resource that goes with another one or is retained, and shows it all the same.
    const isDeleted = ![...owned.values()].some(({ deletedWith, retainOnDelete }) => deletedWith || retainOnDelete);
    this.#judgeAgreement(step, outcome, { isComplete, isDeleted });
    this.#judgeContinued(step, program, outcome);
    if (evaluates && !limit.isWhole) this.#forgetKept(program, limit);
    if (!outcome.killed) this.#judgeOrphans(outcome);
    if (step.command === "up" && isOk(outcome)) {
      if (limit.isWhole) this.#applied = program;
      this.#judgeResult(program, limit);
    }
    if (step.command === "destroy" && isOk(outcome)) {
      if (limit.isWhole) this.#applied = { plane: this.#plane, declarations: [] };
      this.#judgeDestroyed(owned, limit);
    }
    return outcome;
  }

  async #engine(step: RunStep, program: Program, { options }: Limit): Promise<Outcome> {
    const { command, refresh, skipPreview, parallel, cut } = step;
    const phases: Phase[] = [];
    const writes: Outcome["writes"][number][] = [];
    const controller = new AbortController();
    const kill = Promise.withResolvers<void>();
    const key = KEYS[this.#count++ % KEYS.length]!;
    let killed: string | undefined;
    let real: RealRun | undefined;
    this.#front.watch({
      key: key.publicKey,
      cut,
      onWrite: (write) => writes.push({ ...write, dryRun: phases.at(-1)?.dryRun === true }),
      onKill: () => {
        real?.kill();
        killed = readFileSync(this.#state, "utf8");
        controller.abort();
        kill.resolve();
      },
    });
    const env = { ...this.#environment(key), MONGOFED_ADOPT: step.adoptsEqual ? "equal" : "" };
    Object.assign(process.env, env);
    const { declarations } = program;
    const failsAfter =
      step.failsAfter === undefined ? undefined : declarations[step.failsAfter % Math.max(declarations.length, 1)]?.uid;
    const declared = { program, baseUrl: this.#front.url, ...(failsAfter === undefined ? {} : { failsAfter }) };
    const runOptions: RealRunOptions = {
      command,
      stack: STACK,
      stateFile: this.#state,
      env,
      config: { "mongofed:plane": this.#plane, "mongofed:wait": "off" },
      parallel,
      ...options,
      ...(refresh ? { refresh } : {}),
      ...(skipPreview ? { skipPreview } : {}),
    };
    const onEvent = (event: EngineEvent) => listen(phases, event);
    if (cut?.real) {
      real = await startReal(runOptions, declared, onEvent);
      await real.ended;
      if (killed !== undefined) killed = readFileSync(this.#state, "utf8");
    } else {
      const project = inlineProject({
        name: PROJECT_NAME,
        workDir: root,
        program: () => {
          declare(mongofed, declared);
          return {};
        },
      });
      const running = run({ ...runOptions, project, signal: controller.signal, onEvent }).catch((error: Error) =>
        phases.at(-1)?.errors.push(`the engine failed: ${error.stack}`),
      );
      await Promise.race([running, kill.promise]);
      if (killed !== undefined) await Promise.race([running, sleep(ABANDONED_MS)]);
    }
    if (killed !== undefined) {
      if (!cut?.real) {
        this.#state = join(this.#folder, `state-${this.#count}.json`);
        await writeFile(this.#state, killed);
      }
      const owned = this.#owned();
      for (const [key, { text }] of this.#look())
        if (!owned.has(key) && this.#initial.get(key)?.text !== text) this.#forgotten.add(key);
    }
    const disturbed = step.failsAfter !== undefined || this.#front.hit;
    return { phases, writes, killed: killed !== undefined, disturbed };
  }

  #environment({ publicKey, privateKey }: (typeof KEYS)[number]): Record<string, string> {
    return {
      ...this.#emulator.env,
      MONGODB_ATLAS_BASE_URL: this.#front.url,
      MCLI_OPS_MANAGER_URL: this.#front.url,
      MONGODB_ATLAS_PUBLIC_API_KEY: publicKey,
      MONGODB_ATLAS_PRIVATE_API_KEY: privateKey,
      MCLI_PUBLIC_API_KEY: publicKey,
      MCLI_PRIVATE_API_KEY: privateKey,
      OTHER_PUBLIC_API_KEY: publicKey,
      OTHER_PRIVATE_API_KEY: privateKey,
      PULUMI_CONFIG_PASSPHRASE: "fuzz",
    };
  }

  #limitOf({ limit }: RunStep): Limit {
    const whole: Limit = { options: {}, isWhole: true, urn: undefined, includes: () => true };
    if (limit === undefined) return whole;
    const urns = new Set([
      ...this.#program.declarations.map(urnOf),
      ...[...this.#owned().values()].map(({ urn }) => urn),
    ]);
    const urn = [...urns].sort()[limit.a % Math.max(urns.size, 1)];
    if (urn === undefined) return whole;
    if (limit.to === "target")
      return { options: { targets: [urn] }, isWhole: false, urn, includes: (one) => one === urn };
    if (limit.to === "exclude")
      return { options: { excludes: [urn] }, isWhole: false, urn, includes: (one) => one !== urn };
    return { ...whole, options: { replaces: [urn] }, urn };
  }

  /** `pulumi state unprotect --all`: Pulumi replaces and deletes no resource that was protected under another name. */
  async #unprotect(): Promise<void> {
    if (!existsSync(this.#state)) return;
    const state = JSON.parse(readFileSync(this.#state, "utf8")) as Deployment;
    const resources = (state.deployment.resources ?? []).map(({ protect: _, ...resource }) => resource);
    await writeFile(this.#state, JSON.stringify({ ...state, deployment: { ...state.deployment, resources } }));
  }

  /** Does to the file what the commands of `pulumi state` do. */
  async #changeState({ how, a, b }: StateStep): Promise<void> {
    if (!existsSync(this.#state)) return;
    const text = readFileSync(this.#state, "utf8");
    const state = JSON.parse(text) as Deployment;
    const resources = state.deployment.resources ?? [];
    const ours = resources.filter(({ urn, delete: old }) => urn.includes("dynamic/mongofed:") && !old);
    if (how === "delete") {
      const others = (urn: string) => JSON.stringify(resources.filter((one) => one.urn !== urn)).includes(`"${urn}"`);
      const free = ours.filter(({ urn, protect }) => !protect && !others(urn));
      const gone = free[a % Math.max(free.length, 1)];
      if (gone === undefined) return;
      for (const [key, { urn }] of this.#owned()) if (urn === gone.urn) this.#forgotten.add(key);
      state.deployment.resources = resources.filter((one) => one !== gone);
      await writeFile(this.#state, JSON.stringify(state));
      this.log.push(`  pulumi state delete ${gone.urn}`);
      return;
    }
    const inBoth = this.#program.declarations.filter((one) => ours.some(({ urn }) => urn === urnOf(one)));
    const one = inBoth[a % Math.max(inBoth.length, 1)];
    if (one === undefined) return;
    const renamed = renamedTo(this.#program, one, b);
    if (renamed === undefined || resources.some(({ urn }) => urn === renamed.urn)) return;
    this.#program = renamed.program;
    await writeFile(this.#state, text.replaceAll(`"${urnOf(one)}"`, `"${renamed.urn}"`));
    this.log.push(`  pulumi state rename ${urnOf(one)} ${renamed.urn}`);
  }

  /**
   * Whether the identity provider of a declaration has swapped its name with another one in a federation. Both keep their
   * ids, and runs without a limit refuse such a program.
   */
  #isAmbiguous({ plane, declarations }: Program, { through }: Declaration): boolean {
    const provider = declarations.find(({ uid }) => uid === through);
    if (plane !== "atlas" || provider === undefined || !existsSync(this.#state)) return false;
    const { deployment } = JSON.parse(readFileSync(this.#state, "utf8")) as Deployment;
    const urns = [urnOf(provider), ...(provider.aliases ?? [])];
    return (deployment.resources ?? []).some(
      ({ urn, outputs }) => urns.includes(urn) && outputs?.audience !== provider.audience,
    );
  }

  /** The objects in the state, by key. */
  #owned(): Map<string, Owned> {
    if (!existsSync(this.#state)) return new Map();
    const { deployment } = JSON.parse(readFileSync(this.#state, "utf8")) as Deployment;
    const entries = (deployment.resources ?? []).flatMap((resource) => {
      const kind = /^pulumi-nodejs:dynamic\/mongofed:(\w+)$/.exec(resource.type)?.[1];
      if (kind === undefined || resource.external || resource.id === undefined) return [];
      // After a swap the id still names the first identity provider.
      const swapped = kind === "OrgConnection" ? String(resource.outputs?.identityProviderId) : undefined;
      const id = swapped === undefined ? resource.id : [...resource.id.split("/").slice(0, 2), swapped].join("/");
      const { urn, retainOnDelete = false, deletedWith = "" } = resource;
      return [[`${kind} ${id}`, { retainOnDelete, deletedWith: deletedWith !== "", urn }] as const];
    });
    return new Map(entries);
  }

  #note({ command, cut }: RunStep, outcome: Outcome, ms: number): void {
    const last = outcome.phases.at(-1);
    const result = outcome.killed ? "killed" : isOk(outcome) ? "ok" : last?.dryRun ? "refused" : "failed";
    count(this.runs, `${command} ${result}${cut?.real ? " for real" : ""}`);
    const codes = last?.errors.join("\n").match(/FED\d+/g) ?? ["another reason"];
    if (result === "refused") for (const code of new Set(codes)) count(this.refusals, code);
    this.log.push(`    => ${result} (${ms} ms)`);
    for (const { request } of outcome.writes) this.log.push(`       ${request}`);
    if (result === "refused" || result === "failed") this.log.push(indented(textOf(outcome)));
  }

  #judgeWrites({ command, limit }: RunStep, program: Program, { phases, writes }: Outcome): void {
    const [first] = phases;
    const announced = new Set(first?.steps.filter(({ op }) => REPLACES.has(op)).map(({ urn }) => urn));
    for (const { request, before, after, dryRun } of writes) {
      if (dryRun) throw new Violation("preview", `a preview sent ${request}`);
      if (command === "refresh") throw new Violation("refresh", `a refresh sent ${request}`);
      for (const [key, { text }] of this.#initial) {
        if (this.#adopted.has(key) || before.get(key)?.text !== text) continue;
        if (after.get(key)?.text !== text) throw new Violation("foreign", `${request} changed ${key}`);
      }
      if (command !== "up") continue;
      for (const one of program.declarations) {
        const key = keyOf(program, one, before);
        if (key === undefined || !before.has(key) || after.has(key) || announced.has(urnOf(one))) continue;
        if (limit !== undefined && this.#isAmbiguous(program, one)) continue;
        throw new Violation("deleted", `${request} deleted ${key}, which #${one.uid} declares`);
      }
    }
  }

  /**
   * @param isComplete whether the resource that limits the run exists: a run without it does not leave out its dependents
   * @param isDeleted whether the engine deletes everything whose deletion it shows
   */
  #judgeAgreement(
    { command, skipPreview }: RunStep,
    outcome: Outcome,
    { isComplete, isDeleted }: { readonly isComplete: boolean; readonly isDeleted: boolean },
  ): void {
    const [preview, apply] = outcome.phases;
    if (command !== "up" && command !== "destroy") return;
    if (!isComplete && apply?.errors.some((error) => /FED313|FED343|not known, outside of a preview/.test(error)))
      return;
    if (!isDeleted && apply?.errors.some((error) => /FED202|FED203/.test(error))) return;
    if (skipPreview || !preview?.ok || apply === undefined || outcome.killed || outcome.disturbed) return;
    if (!apply.ok && this.#refusesLockout(apply)) return;
    if (!apply.ok)
      throw new Violation("agreement", `the preview passed and the ${command} failed:\n${textOf(outcome)}`);
    const previewed = new Set(preview.steps.filter(({ op }) => op !== "same").map(({ urn }) => urn));
    const surprise = apply.steps.find(({ op, urn }) => CHANGES.has(op) && !previewed.has(urn));
    if (surprise !== undefined)
      throw new Violation("agreement", `the preview did not show: ${surprise.op} ${surprise.urn}`);
  }

  /** A killed run whose preview had passed is continued by the same command. */
  #judgeContinued(step: RunStep, program: Program, outcome: Outcome): void {
    const before = this.#interrupted;
    this.#interrupted = undefined;
    if (outcome.killed) {
      if (step.limit === undefined) this.#interrupted = { step, program };
      return;
    }
    if (before === undefined || isOk(outcome) || outcome.disturbed) return;
    const { command, refresh = false } = before.step;
    const isSame = command === step.command && refresh === (step.refresh ?? false) && before.program === program;
    if (!isSame || step.limit !== undefined || (command === "up" && !step.adoptsEqual)) return;
    if (this.#refusesLockout(outcome.phases.at(-1)!)) return;
    throw new Violation("continued", `a killed ${command} is not continued by another one:\n${textOf(outcome)}`);
  }

  /**
   * No preview asks about deletions. One that locks out those who were left behind on purpose is refused in the update,
   * as is the deletion of a provider whose connection was left behind.
   */
  #refusesLockout({ errors }: Phase): boolean {
    const left = [...this.#look().keys()].filter((key) => this.#forgotten.has(key) || key.startsWith("other "));
    const isRefused = (code: string) => errors.some((error) => error.includes(code));
    const isConnected = left.some((key) => key.startsWith("OrgConnection "));
    return (left.length > 0 && isRefused("FED224")) || (isConnected && isRefused("FED214"));
  }

  /** A limited run that deletes the old entry of an object keeps it for the declaration that it leaves out. */
  #forgetKept(program: Program, { includes }: Limit): void {
    const objects = this.#look();
    for (const one of program.declarations) {
      const key = includes(urnOf(one)) ? undefined : keyOf(program, one, objects);
      if (key !== undefined) this.#forgotten.add(key);
    }
  }

  /** Every object that was made is in the state, unless a program or a kill took it out. */
  #judgeOrphans(outcome: Outcome): void {
    const owned = this.#owned();
    for (const key of this.#look().keys()) {
      if (this.#initial.has(key) || owned.has(key) || this.#forgotten.has(key)) continue;
      throw new Violation("orphan", `${key} is in no state:\n${textOf(outcome)}`);
    }
  }

  #judgeResult(program: Program, { isWhole, includes }: Limit): void {
    const objects = this.#look();
    for (const one of program.declarations) {
      if (one.kind === "TokenCheck" || !includes(urnOf(one))) continue;
      // The engine takes the outputs of an identity provider that it leaves out from the state.
      const provider = program.declarations.find(({ uid }) => uid === one.through);
      if (!isWhole && provider !== undefined && !includes(urnOf(provider))) continue;
      const key = keyOf(program, one, objects);
      const live = key === undefined ? undefined : objects.get(key);
      if (live === undefined) throw new Violation("missing", `#${one.uid} (${key ?? urnOf(one)}) does not exist`);
      const wanted = settingsOf(program, one);
      if (!isDeepStrictEqual(live.settings, wanted))
        throw new Violation(
          "differs",
          `${key} is ${JSON.stringify(live.settings)}, declared ${JSON.stringify(wanted)}`,
        );
    }
  }

  #judgeDestroyed(owned: ReadonlyMap<string, Owned>, { isWhole, includes }: Limit): void {
    const objects = this.#look();
    for (const [key, { urn, retainOnDelete, deletedWith }] of owned) {
      // An excluded resource keeps the resources that it needs.
      if (isWhole ? false : !includes(urn) || this.#owned().has(key)) continue;
      if (retainOnDelete || deletedWith || key.startsWith("ProjectTls ")) continue;
      if (objects.has(key)) throw new Violation("left", `destroy left ${key}`);
    }
    const [rest] = this.#owned().keys();
    if (isWhole && rest !== undefined) throw new Violation("left", `destroy left ${rest} in the state`);
  }
}

function listen(phases: Phase[], event: EngineEvent): void {
  if (event.type === "prelude") {
    phases.push({ dryRun: event.dryRun, ok: false, steps: [], errors: [], warnings: [] });
    return;
  }
  const phase = phases.at(-1);
  if (phase === undefined) return;
  if (event.type === "step") phase.steps.push({ op: event.step.op, urn: event.step.urn });
  if (event.type === "summary") phase.ok = !event.failed;
  if (event.type === "diagnostic") (event.severity === "error" ? phase.errors : phase.warnings).push(event.message);
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

function isOk({ phases, killed }: Outcome): boolean {
  return !killed && phases.length > 0 && phases.every(({ ok }) => ok);
}

function textOf({ phases }: Outcome): string {
  const { errors = [] } = phases.at(-1) ?? {};
  return errors.join("\n");
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, "       ");
}
