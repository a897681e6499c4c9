import { performance } from "node:perf_hooks";

/** Time as the client sees it; tests bring their own, so that nothing ever waits for real. */
export interface Clock {
  /** Milliseconds that never jump: deadlines and waits are measured with it. */
  now(): number;
  /** Milliseconds since 1970, which may jump: only for what servers say in dates. */
  date(): number;
  /** Resolves after `ms`, or at once when the signal is aborted (the caller looks at its signal then). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back after `ms` unless cancelled by the returned function. Unlike `sleep` it stands beside work that goes on. */
  limit(ms: number, callback: () => void): () => void;
}

/** Longer timers would fire at once: Node.js keeps them in 32 bits. */
const MAX_TIMER = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(ms, MAX_TIMER));
      signal?.addEventListener("abort", done);
    }),
  limit: (ms, callback) => {
    const timer = setTimeout(callback, Math.min(ms, MAX_TIMER));
    return () => clearTimeout(timer);
  },
};
