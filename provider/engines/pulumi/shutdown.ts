import { constants } from "node:os";

/** The engine kills the process five seconds after the signal. */
const GRACE_MS = 4_000;

const controller = new AbortController();
const running = new Set<Promise<unknown>>();
let listening = false;
let lastWords: () => Promise<void> = async () => {};

/** Aborted when the run is to stop. */
export const signal: AbortSignal = controller.signal;

/** Knows of the task until it ends, so that the process does not end under it. */
export function guard<T>(task: () => Promise<T>): Promise<T> {
  const result = task();
  running.add(result);
  const forget = () => void running.delete(result);
  result.then(forget, forget);
  return result;
}

/** What is left to say when the engine needs this process no more. Engines read on until it has ended. */
export function atEnd(say: () => Promise<void>): void {
  lastWords = say;
}

/**
 * Pulumi's `cancel` reaches no dynamic provider; what does, in the end, is a signal. Requests are given up then, what
 * they have done is looked at once more, the calls answer, and only then the process ends.
 */
export function stopWhenTold(): void {
  if (listening) return;
  listening = true;
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => {
      const say = lastWords;
      lastWords = async () => {};
      controller.abort(new Error(`told to stop by ${name}`));
      void guard(say);
      const end = () => process.exit(128 + constants.signals[name]);
      setTimeout(end, GRACE_MS).unref();
      // The answers are on their way once the calls have ended; they get a moment to leave.
      void Promise.allSettled(running).then(() => setTimeout(end, 50));
    });
  }
}
