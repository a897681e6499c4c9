import { constants } from "node:os";
import { currentRun, perRun } from "../../run-scope.ts";

/** The engine kills the process five seconds after the signal. */
const GRACE_MS = 4_000;

class Shutdown {
  readonly #controller = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  #listens = false;
  #lastWords: () => Promise<void> = async () => {};

  /** Aborted when the run stops. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Keeps the run open until the task has ended. */
  guard<T>(task: () => Promise<T>): Promise<T> {
    const result = task();
    this.#running.add(result);
    const forget = () => void this.#running.delete(result);
    result.then(forget, forget);
    return result;
  }

  /** Sets what the provider prints when the engine needs it no more. Engines read its output until it has ended. */
  atEnd(say: () => Promise<void>): void {
    this.#lastWords = say;
  }

  /**
   * Ends the run when the engine says so: by a signal to a process, since Pulumi's `cancel` reaches no dynamic
   * provider. Requests are aborted, their effects are verified once more, and the calls answer before the run ends.
   */
  listen(): void {
    if (this.#listens) return;
    this.#listens = true;
    const { onStop } = currentRun();
    if (onStop !== undefined) {
      onStop(() => this.#stop("the engine"));
      return;
    }
    for (const name of ["SIGINT", "SIGTERM"] as const) {
      process.once(name, () => {
        const end = () => process.exit(128 + constants.signals[name]);
        setTimeout(end, GRACE_MS).unref();
        // The calls have answered, but their answers may still be in a buffer.
        void this.#stop(name).then(() => setTimeout(end, 50));
      });
    }
  }

  async #stop(by: string): Promise<void> {
    const say = this.#lastWords;
    this.#lastWords = async () => {};
    this.#controller.abort(new Error(`told to stop by ${by}`));
    void this.guard(say);
    await Promise.allSettled(this.#running);
  }
}

/** The shutdown of the run. */
export const shutdown = perRun(() => new Shutdown());
