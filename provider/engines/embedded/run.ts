/** A whole command: config and state are loaded, the preview is made, then the real thing. */

import { availableParallelism } from "node:os";
import version from "@pulumi/pulumi/version.js";
import { compileCacheVariable } from "../../compile-cache.ts";
import { indexed } from "./apply/refresh.ts";
import { readStackFile, type StackConfig, stackConfig } from "./config.ts";
import type { Context } from "./context.ts";
import type { EngineEvent, PropertyMap, Severity, StepOp } from "./events.ts";
import { type PhaseResult, runPhase } from "./phase.ts";
import { InProcessProvider } from "./process/in-process-provider.ts";
import { startInline } from "./process/inline.ts";
import { onInterrupt } from "./process/interrupt.ts";
import { loopbackOnly } from "./process/loopback.ts";
import { nodeArguments, type ProgramOptions, type RunningProgram, startProgram } from "./process/program-process.ts";
import { startProgramThread } from "./process/program-thread.ts";
import { ProviderProcess } from "./process/provider-process.ts";
import { ProviderRegistry } from "./process/provider-registry.ts";
import type { Project } from "./project.ts";
import type { Plugins } from "./refusals.ts";
import type { RunOptions, RunResult, StackOutput } from "./run-options.ts";
import type { Deployment } from "./state/deployment.ts";
import { Journal } from "./state/journal.ts";
import { passphraseOf, SecretsManager } from "./state/secrets.ts";
import { type Operation, openDeployment, renderDeployment, Snapshot, saltOf } from "./state/snapshot.ts";
import { loadDeployment, lockState, StateWriter } from "./state/state-file.ts";
import { STACK_TYPE } from "./state/urn.ts";
import { isSecret, revealed } from "./state/values.ts";

const WORKERS_PER_CORE = 4;

interface Loaded {
  readonly config: StackConfig;
  readonly secrets: SecretsManager;
  readonly deployment: Deployment | undefined;
}

function outputsOf(outputs: PropertyMap): Record<string, StackOutput> {
  return Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => [key, { value: revealed(value), secret: isSecret(value) }]),
  );
}

function pluginsOf(project: Project): Plugins {
  return project.kind === "folder" ? project.plugins : new Map();
}

export class Run {
  readonly #options: RunOptions;
  readonly #parallel: number;
  readonly #env: NodeJS.ProcessEnv;
  readonly #abort = new AbortController();

  constructor(options: RunOptions) {
    this.#options = options;
    this.#parallel = options.parallel ?? availableParallelism() * WORKERS_PER_CORE;
    this.#env = { ...compileCacheVariable(), ...process.env, ...options.env, ...loopbackOnly.env };
  }

  async run(): Promise<RunResult> {
    const { command, stateFile, signal } = this.#options;
    const abort = (): void => this.#abort.abort();
    signal?.addEventListener("abort", abort);
    if (signal?.aborted === true) {
      abort();
    }
    const stopListening = onInterrupt(abort);
    const releaseLoopback = loopbackOnly.hold();
    const unlock = command === "preview" ? undefined : await lockState(stateFile);
    try {
      return await this.#phases();
    } finally {
      await unlock?.();
      releaseLoopback();
      stopListening();
      signal?.removeEventListener("abort", abort);
    }
  }

  async #load(): Promise<Loaded> {
    const { project, stack, stateFile } = this.#options;
    const deployment = await loadDeployment(stateFile);
    const passphrase = await passphraseOf(this.#env);
    const file = await readStackFile(project, stack);
    if (file.sealedElsewhere !== undefined) {
      throw new Error(file.sealedElsewhere);
    }
    const config = stackConfig(
      project,
      file,
      new SecretsManager(passphrase, file.encryptionSalt),
      this.#options.config ?? {},
    );
    return { config, secrets: new SecretsManager(passphrase, saltOf(deployment) ?? file.encryptionSalt), deployment };
  }

  async #phases(): Promise<RunResult> {
    const { command, skipPreview } = this.#options;
    const loaded = await this.#load();
    if (command === "preview") {
      return this.#phase(loaded, true);
    }
    if (skipPreview !== true) {
      const preview = await this.#phase(loaded, true);
      if (!preview.ok) {
        return preview;
      }
    }
    return this.#phase(loaded, false);
  }

  async #phase({ config, secrets, deployment }: Loaded, dryRun: boolean): Promise<RunResult> {
    const { command, project, stack, stateFile, onEvent } = this.#options;
    const began = performance.now();
    onEvent({ type: "prelude", command, dryRun, stack, config: config.redacted });
    const opened = openDeployment(deployment, secrets);
    const clearsPending = command === "refresh" && !dryRun;
    const snapshot = new Snapshot(clearsPending ? { ...opened, pending: [] } : opened);
    // Steps of a preview mark the loaded states.
    const before = opened.resources.map((state) => ({ ...state }));
    const render = (): Deployment =>
      renderDeployment(snapshot.resources, snapshot.operations, secrets, `v${version.version}`);
    const writer = new StateWriter(stateFile, render);
    const journal = dryRun ? undefined : new Journal(snapshot, writer);
    const changes: Partial<Record<StepOp, number>> = {};
    let address = "";
    const registry = new ProviderRegistry({
      dryRun,
      startProvider: async (pkg) => {
        const provider = {
          workDir: project.workDir,
          project: project.name,
          env: { ...this.#env, PULUMI_NODEJS_PROJECT: project.name, PULUMI_NODEJS_STACK: stack },
          engineAddress: address,
          onOutput: this.#onOutput,
        };
        const folder = pluginsOf(project).get(pkg);
        if (folder !== undefined) return ProviderProcess.startPlugin(pkg, folder, provider);
        return this.#options.processes === true ? ProviderProcess.start(provider) : new InProcessProvider(provider);
      },
      onCall: (call) => this.#options.onProviderCall?.({ ...call, dryRun }),
    });
    const context: Context = {
      dryRun,
      stack,
      project: project.name,
      isRefresh: command === "refresh",
      selection: {
        targets: new Set(this.#options.targets),
        excludes: new Set(this.#options.excludes),
        replaces: new Set(this.#options.replaces),
      },
      previous: indexed(opened.resources),
      recorded: dryRun ? () => before : () => snapshot.resources,
      registry,
      journal,
      changes,
      diagnose: (severity, message, urn) =>
        onEvent({ type: "diagnostic", severity, message, ...(urn === undefined ? {} : { urn }) }),
      emit: (event: EngineEvent) => onEvent(event),
    };
    this.#warnOfPending(context, opened.pending);
    let result: PhaseResult;
    try {
      await journal?.save();
      result = await this.#runPhase(context, config, (bound) => {
        address = bound;
        if (command === "preview" || command === "up") {
          registry.warm();
        }
      });
      await journal?.save();
    } finally {
      await registry.close();
    }
    const rest = result.stack ?? snapshot.resources.find((state) => state.type === STACK_TYPE);
    const outputs = outputsOf(rest?.outputs ?? {});
    onEvent({
      type: "summary",
      changes,
      durationMs: performance.now() - began,
      failed: !result.ok,
      outputs: Object.fromEntries(
        Object.entries(outputs).map(([key, output]) => [key, output.secret ? { secret: true } : output]),
      ),
    });
    return { ok: result.ok, outputs, changes, deployment: dryRun ? (deployment ?? render()) : render() };
  }

  #runPhase(context: Context, config: StackConfig, onAddress: (address: string) => void): Promise<PhaseResult> {
    const { command, project, stack } = this.#options;
    const runsProgram = command === "preview" || command === "up";
    const always = project.kind === "folder" && project.refreshAlways;
    const program = { stack, config, dryRun: context.dryRun, parallel: this.#parallel };
    return runPhase({
      context,
      config,
      parallel: this.#parallel,
      refresh: command === "refresh" || this.#options.refresh === true || (runsProgram && always),
      root: project.kind === "folder" ? project.root : project.workDir,
      plugins: pluginsOf(project),
      signal: this.#abort.signal,
      deleteMissing: command !== "refresh",
      onAddress,
      startProgram: runsProgram
        ? (address, onOutput) => this.#startProgram(project, { ...program, address, env: this.#env, onOutput })
        : undefined,
    });
  }

  #startProgram(project: Project, options: ProgramOptions): RunningProgram {
    if (project.kind === "inline") return startInline(project, options);
    // A thread takes none of the arguments that are for a whole process.
    const start =
      this.#options.processes === true || project.runtime !== "nodejs" || nodeArguments(project).length > 0
        ? startProgram
        : startProgramThread;
    return start(project, options);
  }

  readonly #onOutput = (severity: Severity, message: string): void =>
    this.#options.onEvent({ type: "diagnostic", severity, message });

  #warnOfPending(context: Context, pending: readonly Operation[]): void {
    if (pending.length === 0 || context.dryRun) {
      return;
    }
    const list = pending.map(({ resource, type }) => `  * ${resource.urn}, interrupted while ${type}`).join("\n");
    const advice =
      this.#options.command === "refresh"
        ? "They are cleared by this refresh."
        : "Find out whether the operations listed were completed, by looking at what they were to change, and clear them by a refresh.";
    context.diagnose(
      "warning",
      `The last run of this stack was interrupted with ${pending.length} pending operations:\n${list}\n${advice}`,
    );
  }
}
