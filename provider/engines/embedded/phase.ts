/** One preview or one update: the program runs, its registrations become steps, and what it left out is deleted. */

import { setImmediate } from "node:timers/promises";
import type {
  ReadResourceRequest,
  RegisterResourceRequest,
  ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb.js";
import { StepExecutor } from "./apply/executor.ts";
import { refreshPrevious } from "./apply/refresh.ts";
import type { StackConfig } from "./config.ts";
import { type Context, Told } from "./context.ts";
import type { PropertyMap, Severity } from "./events.ts";
import { performDeletions } from "./plan/deletions.ts";
import { StepGenerator } from "./plan/generator.ts";
import { defaultProviderGoal, type Goal } from "./plan/goal.ts";
import { type Inheritance, readGoal, registerGoal } from "./plan/register-request.ts";
import { Monitor, type MonitorHandler, type Registered, SHUT_DOWN } from "./process/monitor.ts";
import { ORGANIZATION, type RunningProgram } from "./process/program-process.ts";
import { fromStruct } from "./process/protocol.ts";
import type { Invoked } from "./process/provider-client.ts";
import { ensureProvider } from "./process/provider-registry.ts";
import type { OnOutput } from "./process/thread.ts";
import { BUILTIN_PACKAGE, DYNAMIC_PACKAGE, type Plugins, Refusal, refuseFunction } from "./refusals.ts";
import type { ResourceState } from "./state/resource-state.ts";
import { isProviderType, makeReference, packageOf, providerType, STACK_TYPE, urnType } from "./state/urn.ts";
import { retained, withoutOutputValues } from "./state/values.ts";

/** The grace of a program that does not say otherwise. */
const PROGRAM_GRACE_MS = 2_000;

/** Parts of the errors that a program reports when the run ends before it. */
const CUT_SHORT = [SHUT_DOWN, "Channel has been shut down", "Resource monitor has terminated"];

export interface PhaseOptions {
  readonly context: Context;
  readonly config: StackConfig;
  readonly parallel: number;
  readonly refresh: boolean;
  readonly root: string;
  readonly plugins: Plugins;
  readonly signal: AbortSignal;
  /** Not for `destroy` and `refresh`: those do not run the program. */
  readonly startProgram: ((address: string, onOutput: OnOutput) => RunningProgram) | undefined;
  /** False for `refresh`, which ends there. */
  readonly deleteMissing: boolean;
  /** Called with the address at which providers find the engine. */
  readonly onAddress: (address: string) => void;
}

export interface PhaseResult {
  readonly ok: boolean;
  readonly stack: ResourceState | undefined;
}

export async function runPhase(options: PhaseOptions): Promise<PhaseResult> {
  const phase = new Phase(options);
  try {
    return await phase.run();
  } finally {
    await phase.close();
  }
}

class Phase implements MonitorHandler {
  readonly #options: PhaseOptions;
  readonly #context: Context;
  readonly #monitor: Monitor;
  readonly #generator: StepGenerator;
  readonly #executor: StepExecutor;
  readonly #states = new Map<string, ResourceState>();
  readonly #inheritances = new Map<string, Inheritance>();
  readonly #defaultProviders = new Map<string, Promise<string>>();
  #builtinProvider: Promise<ResourceState> | undefined;
  readonly #signalled = Promise.withResolvers<void>();
  readonly #over = Promise.withResolvers<void>();
  readonly #stopped = Promise.withResolvers<void>();
  readonly #toldRefusals = new Set<string>();
  #queue: Promise<void> = Promise.resolve();
  #stackOutputs: { urn: string; outputs: PropertyMap } | undefined;
  #failed = false;
  #isCutShort = false;
  #canceled = false;

  constructor(options: PhaseOptions) {
    this.#options = options;
    this.#context = options.context;
    this.#monitor = new Monitor(this);
    this.#generator = new StepGenerator(options.context);
    this.#executor = new StepExecutor(options.context, {
      parallel: options.parallel,
      ignoreErrors: false,
      onFailure: () => this.#stop(),
    });
  }

  /** Nothing new is begun; what is under way ends by itself. */
  #stop(): void {
    this.#failed = true;
    this.#executor.cancel();
    this.#stopped.resolve();
  }

  async run(): Promise<PhaseResult> {
    const { signal } = this.#options;
    const abort = (): void => {
      this.#canceled = true;
      this.#stop();
      void this.#context.registry.cancel();
    };
    if (signal.aborted) {
      abort();
    }
    signal.addEventListener("abort", abort);
    try {
      await this.#monitor.listen();
      this.#options.onAddress(this.#monitor.address);
      await this.#runToEnd();
    } finally {
      signal.removeEventListener("abort", abort);
    }
    this.#tellResult();
    const stack = [...this.#states.values()].find((state) => state.type === STACK_TYPE);
    return { ok: !this.#failed, stack };
  }

  async close(): Promise<void> {
    // A plugin still writes to the log then.
    await this.#context.registry.cancel();
    await this.#monitor.close();
  }

  async #runToEnd(): Promise<void> {
    const { context, refresh, parallel, startProgram, deleteMissing } = this.#options;
    if (refresh && !this.#failed && !(await refreshPrevious(context, parallel, this.#options.signal))) {
      this.#stop();
      context.diagnose("error", this.#verdict());
      return;
    }
    if (!this.#failed && deleteMissing) {
      await (startProgram === undefined
        ? this.#enqueue(() => this.#delete())
        : this.#runProgram(startProgram(this.#monitor.address, this.#onProgramOutput)));
    }
    await this.#queue;
    await this.#executor.idle();
  }

  /** A program that the end of a failed run cuts short prints errors that only repeat it. */
  readonly #onProgramOutput: OnOutput = (severity, text) => {
    if (!this.#isCutShort || severity !== "info#err") this.#context.diagnose(severity, text);
  };

  async #runProgram(program: RunningProgram): Promise<void> {
    let hasExited = false;
    const exited = program.finished.then(({ ok, error }) => {
      hasExited = true;
      if (!ok) {
        this.#programFailed(error);
      }
    });
    await Promise.race([exited, this.#signalled.promise, this.#stopped.promise]);
    if (!this.#failed) {
      await this.#enqueue(() => this.#delete());
    }
    await this.#queue;
    await this.#executor.idle();
    await this.#finishStackOutputs();
    // Only now the program may go: until here it may have been waiting for this very end.
    this.#over.resolve();
    await setImmediate();
    this.#isCutShort = this.#failed && !hasExited;
    this.#monitor.shutDown();
    await this.#awaitExit(program, exited);
    this.#executor.tellRemaining();
  }

  async #awaitExit(program: RunningProgram, exited: Promise<void>): Promise<void> {
    if (!this.#failed) {
      await Promise.race([exited, this.#stopped.promise]);
    }
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, program.graceMs ?? PROGRAM_GRACE_MS);
    });
    await Promise.race([exited, grace]);
    clearTimeout(timer);
    await program.stop();
  }

  /** A program that failed has not said all that it wants, so nothing may be deleted for being missing. */
  #programFailed(error: string): void {
    if (this.#failed) {
      return;
    }
    if (error !== "") {
      this.#context.diagnose("error", error);
    }
    this.#stop();
  }

  async #delete(): Promise<void> {
    await this.#executor.idle();
    if (!this.#executor.cancelled) {
      await performDeletions(this.#context, this.#generator, this.#executor);
    }
  }

  async #finishStackOutputs(): Promise<void> {
    if (this.#stackOutputs === undefined) {
      return;
    }
    const { urn, outputs } = this.#stackOutputs;
    const errored = this.#failed || this.#executor.errored || this.#generator.errored;
    // After an error, an output that is missing is not one that was removed.
    const before = this.#context.previous.olds.get(urn)?.outputs ?? {};
    if (this.#states.has(urn)) {
      await this.#executor.registerOutputs(urn, retained({ ...(errored ? before : {}), ...outputs }, before));
    }
  }

  #verdict(): string {
    return `${this.#context.dryRun ? "preview" : "update"} ${this.#canceled ? "canceled" : "failed"}`;
  }

  #tellResult(): void {
    if (this.#executor.errored || this.#generator.errored || this.#canceled) {
      this.#context.diagnose("error", this.#verdict());
      this.#failed = true;
    }
  }

  /** One thing is decided at a time, in the order in which the program asked. */
  #enqueue(task: () => Promise<void>, urn?: () => string): Promise<void> {
    this.#queue = this.#queue.then(async () => {
      if (this.#executor.cancelled) {
        return;
      }
      try {
        await task();
      } catch (error) {
        if (!(error instanceof Told)) {
          this.#context.diagnose("error", error instanceof Error ? error.message : String(error), urn?.());
        }
        this.#stop();
      }
    });
    return this.#queue;
  }

  #submit(goal: Goal): Promise<ResourceState> {
    return new Promise((resolve) => {
      const done = (state: ResourceState): void => {
        this.#states.set(state.urn, state);
        resolve(state);
      };
      this.#enqueue(async () => {
        await this.#executor.submit(await this.#generator.register(goal, done));
      });
    });
  }

  /** Made when the first resource needs it, with the config of the whole stack. */
  #defaultProvider(pkg: string, version: string): Promise<string> {
    const key = `${pkg} ${version}`;
    const known = this.#defaultProviders.get(key);
    if (known !== undefined) {
      return known;
    }
    const name = version === "" ? "default" : `default_${version.replaceAll(/[.+-]/g, "_")}`;
    const inputs: PropertyMap = {
      ...(pkg === DYNAMIC_PACKAGE ? this.#options.config.inputs : this.#options.config.inputsOf(pkg)),
      ...(version === "" ? {} : { __internal: {}, version }),
    };
    const reference = this.#submit(defaultProviderGoal(providerType(pkg), name, inputs)).then(({ urn, id }) =>
      makeReference(urn, id),
    );
    this.#defaultProviders.set(key, reference);
    return reference;
  }

  async register(request: RegisterResourceRequest): Promise<Registered> {
    const { goal, inheritance } = registerGoal(
      request,
      this.#options.root,
      this.#options.plugins,
      this.#inheritances.get(request.getParent()),
    );
    const needsProvider = goal.custom && goal.provider === "" && !isProviderType(goal.type);
    const provider = needsProvider
      ? await this.#defaultProvider(packageOf(goal.type), request.getVersion())
      : goal.provider;
    const state = await this.#submit({ ...goal, provider });
    this.#inheritances.set(state.urn, { ...inheritance, provider: goal.custom ? provider : inheritance.provider });
    // The old outputs of a component may refer to resources that are not registered yet.
    const unknown = this.#generator.skips(state.urn);
    return { urn: state.urn, id: state.id, outputs: goal.custom ? state.outputs : {}, unknown };
  }

  async read(request: ReadResourceRequest): Promise<Registered> {
    const goal = readGoal(request, this.#options.root, this.#options.plugins);
    const provider =
      goal.provider === "" ? await this.#defaultProvider(packageOf(goal.type), request.getVersion()) : goal.provider;
    const state = await new Promise<ResourceState>((resolve) => {
      this.#enqueue(async () => {
        const steps = this.#generator.read({ ...goal, provider }, (read) => {
          this.#states.set(read.urn, read);
          resolve(read);
        });
        await this.#executor.submit(steps);
      });
    });
    return { urn: state.urn, id: state.id, outputs: state.outputs };
  }

  async registerOutputs(urn: string, outputs: PropertyMap): Promise<void> {
    if (urnType(urn) === STACK_TYPE) {
      // Whether the old ones are kept is known at the end only.
      this.#stackOutputs = { urn, outputs };
      return;
    }
    await new Promise<void>((resolve) => {
      this.#enqueue(
        async () => {
          if (!this.#generator.skips(urn)) {
            await this.#executor.registerOutputs(urn, outputs);
          }
          resolve();
        },
        () => urn,
      );
    });
  }

  getResource(urn: string): Registered | undefined {
    const state = this.#states.get(urn);
    return state === undefined ? undefined : { urn, id: state.id, outputs: state.outputs };
  }

  /** Calls a function of a plugin. In a preview it may return unknown values. */
  async invoke(request: ResourceInvokeRequest): Promise<Invoked> {
    const token = request.getTok();
    refuseFunction(token, this.#options.plugins);
    const reference = request.getProvider() || (await this.#defaultProvider(packageOf(token), request.getVersion()));
    const { registry, previous, dryRun } = this.#context;
    await ensureProvider(registry, reference, [...previous.olds.values()]);
    const provider = registry.get(reference);
    if (provider === undefined) throw new Error(`could not find provider ${reference}`);
    return await provider.invoke(token, withoutOutputValues(fromStruct(request.getArgs())), dryRun);
  }

  /** As in the CLI, the first call of a function of the engine adds a default provider to the state. */
  async readStackResourceOutputs(stackName: string): Promise<PropertyMap> {
    const { stack, project, recorded } = this.#context;
    const names = [stack, `${project}/${stack}`, `${ORGANIZATION}/${project}/${stack}`];
    if (!names.includes(stackName)) throw new Refusal(`reading another stack (here "${stackName}")`);
    this.#builtinProvider ??= this.#submit(defaultProviderGoal(providerType(BUILTIN_PACKAGE), "default", {}));
    await this.#builtinProvider;
    return Object.fromEntries(
      recorded()
        .filter((state) => !state.delete)
        .map(({ urn, type, outputs }) => [urn, { type, outputs }]),
    );
  }

  programEnded(): Promise<void> {
    this.#signalled.resolve();
    return this.#over.promise;
  }

  log(severity: Severity, message: string, urn: string): void {
    // The SDK's lines for debugging hold what it sends and receives, secrets in clear among it.
    // A program that is cut short by the end of its run may call that an error of its own.
    const isConsequence =
      severity === "error" && (this.#toldRefusals.size > 0 || CUT_SHORT.some((part) => message.includes(part)));
    if (severity !== "debug" && !isConsequence) {
      this.#context.diagnose(severity, message, urn === "" ? undefined : urn);
    }
  }

  refused(refusal: Refusal): void {
    if (!this.#toldRefusals.has(refusal.message) && !this.#failed) {
      this.#toldRefusals.add(refusal.message);
      this.#context.diagnose("error", refusal.message);
    }
    this.#stop();
  }
}
