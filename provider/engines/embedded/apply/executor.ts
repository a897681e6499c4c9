/** Applies steps, several at a time, tells of each, and stops beginning new ones after a failure. */

import type { Context } from "../context.ts";
import type { StepOp } from "../events.ts";
import { InitError } from "../process/provider-client.ts";
import type { ResourceState } from "../state/resource-state.ts";
import { deepEqual, isSecret, makeSecret } from "../state/values.ts";
import { DeleteProtected, isInternal, metadata, type Step } from "./steps.ts";

export interface ExecutorOptions {
  readonly parallel: number;
  /** A refresh reads on past resources that cannot be read. */
  readonly ignoreErrors: boolean;
  readonly onFailure: () => void;
}

export class StepExecutor {
  readonly #context: Context;
  readonly #options: ExecutorOptions;
  /** Components whose outputs are still to come, and everything else that may still get some. */
  readonly #registered = new Map<string, Step>();
  readonly #running = new Set<Promise<void>>();
  readonly failedSteps: Step[] = [];
  #free: number;
  readonly #waiting: (() => void)[] = [];
  #cancelled = false;
  errored = false;

  constructor(context: Context, options: ExecutorOptions) {
    this.#context = context;
    this.#options = options;
    this.#free = options.parallel;
  }

  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** No step begins after this; those under way end by themselves. */
  cancel(): void {
    this.#cancelled = true;
    for (const wake of this.#waiting.splice(0)) {
      wake();
    }
  }

  /** Waits for a free worker, then lets the chain run on its own. The answer holds the end of the chain. */
  async submit(chain: readonly Step[]): Promise<{ finished: Promise<void> }> {
    while (this.#free === 0 && !this.#cancelled) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#cancelled) {
      return { finished: Promise.resolve() };
    }
    this.#free -= 1;
    const running = this.#runChain(chain).finally(() => {
      this.#running.delete(running);
      this.#free += 1;
      this.#waiting.shift()?.();
    });
    this.#running.add(running);
    return { finished: running };
  }

  /** Runs steps that do not depend on each other, and waits for them. */
  async runAll(steps: readonly Step[]): Promise<void> {
    const ends: Promise<void>[] = [];
    for (const step of steps) {
      ends.push((await this.submit([step])).finished);
    }
    await Promise.all(ends);
  }

  async idle(): Promise<void> {
    while (this.#running.size > 0) {
      await Promise.all(this.#running);
    }
  }

  async #runChain(chain: readonly Step[]): Promise<void> {
    for (const step of chain) {
      if (this.#cancelled) {
        return;
      }
      try {
        await this.#execute(step);
      } catch (error) {
        this.#failed(error, step);
        return;
      }
    }
  }

  #failed(error: unknown, step: Step): void {
    this.errored = true;
    if (!(error instanceof StepFailed)) {
      this.#context.diagnose("error", error instanceof Error ? error.message : String(error), step.urn);
    }
    const cause = error instanceof StepFailed ? error.cause : error;
    if (this.#options.ignoreErrors) {
      return;
    }
    if (cause instanceof DeleteProtected) {
      this.failedSteps.push(step);
      return;
    }
    this.#options.onFailure();
  }

  async #execute(step: Step): Promise<void> {
    const context = this.#context;
    const reported = !isInternal(step);
    if (reported) {
      context.emit({ type: "step", step: metadata(step, step.op as StepOp) });
    }
    await context.journal?.begin(step);
    let failure: unknown;
    try {
      await step.apply(context);
    } catch (error) {
      failure = error ?? new Error("a step failed without saying why");
    }
    if (failure === undefined && step.logical && step.new !== undefined) {
      this.#registered.set(step.urn, step);
    }
    if (step.new !== undefined && step.op !== "replace") {
      markSecretOutputs(step.new);
    }
    if (failure === undefined) {
      this.#count(step);
      this.#tellDone(step);
    } else {
      const message = failure instanceof Error ? failure.message : String(failure);
      context.diagnose(
        "error",
        context.dryRun ? `Preview failed: ${message}` : message,
        reported ? step.urn : undefined,
      );
      if (reported) {
        context.emit({ type: "step-failed", step: metadata(step, step.op as StepOp) });
      }
    }
    const partial = failure instanceof InitError;
    if (partial && step.op === "update" && step.old !== undefined && step.new !== undefined) {
      // The object was not updated to the new inputs, so they are not what it has.
      step.new.inputs = { ...step.old.inputs };
    }
    await context.journal?.end(step, failure === undefined || partial);
    if (failure !== undefined) {
      throw new StepFailed(failure);
    }
    step.done();
  }

  #count(step: Step): void {
    if (isInternal(step)) {
      return;
    }
    const countsAsFound = this.#context.isRefresh && step.op === "refresh";
    const op = countsAsFound ? step.resultOp : (step.op as StepOp);
    const counts = countsAsFound || (step.op === "read" ? readSomethingElse(step) : step.logical);
    if (op !== undefined && counts) {
      this.#context.changes[op] = (this.#context.changes[op] ?? 0) + 1;
    }
  }

  /** A component is done when its outputs have come. */
  #tellDone(step: Step): void {
    const waitsForOutputs = !step.res.custom && step.new !== undefined && step.op !== "refresh";
    if (!isInternal(step) && !waitsForOutputs) {
      this.#context.emit({ type: "step-done", step: metadata(step, step.op as StepOp) });
    }
  }

  /** The outputs that a program gives a component, or the stack, after its registration. */
  async registerOutputs(urn: string, outputs: ResourceState["outputs"]): Promise<void> {
    const step = this.#registered.get(urn);
    if (step?.new === undefined) {
      throw new Error(`cannot complete a resource '${urn}' whose registration isn't pending`);
    }
    this.#registered.delete(urn);
    step.new.outputs = outputs;
    markSecretOutputs(step.new);
    this.#context.emit({ type: "step-done", step: metadata(step, step.op as StepOp) });
    await this.#context.journal?.save();
  }

  /** Components that never registered outputs are done when the program is. */
  tellRemaining(): void {
    for (const step of this.#registered.values()) {
      if (!step.res.custom && !isInternal(step)) {
        this.#context.emit({ type: "step-done", step: metadata(step, step.op as StepOp) });
      }
    }
    this.#registered.clear();
  }
}

/** Reading what was read before is no change. */
function readSomethingElse(step: Step): boolean {
  return step.old !== undefined && step.new !== undefined && !deepEqual(step.old.outputs, step.new.outputs);
}

/** A step's own failure, which was reported when it happened. */
class StepFailed extends Error {
  override name = "StepFailed";
  constructor(cause: unknown) {
    super("a step failed", { cause });
  }
}

/** Outputs that the program named as secret, and those whose input of the same name is. */
function markSecretOutputs(state: ResourceState): void {
  const secret = Object.keys(state.outputs).filter(
    (key) => (state.additionalSecretOutputs.includes(key) && key !== "id") || isSecret(state.inputs[key]),
  );
  if (secret.length > 0) {
    state.outputs = {
      ...state.outputs,
      ...Object.fromEntries(secret.map((key) => [key, makeSecret(state.outputs[key] ?? null)])),
    };
  }
}
