import type { Clock } from "../../provider/http/clock.ts";

interface Timer {
  at: number;
  fire: () => void;
  /** A sleeper wants its time to come; a limit hopes that it never does. */
  wanted: boolean;
}

/** How often in a row the event loop must have had nothing to do, how long each time, and how late it may be. */
const QUIET_ROUNDS = 3;
const QUIET_MS = 4;
const LATE_MS = 3;

/**
 * Time that passes only when somebody sleeps (or `advance` is called): as soon as nothing has happened for a few
 * milliseconds of real time, it jumps to the moment for which the first sleeper waits. A round that ends late says
 * nothing: the machine was busy elsewhere, and what is on its way may have been kept waiting too.
 */
export class VirtualClock implements Clock {
  /** Every sleep that was asked for, in milliseconds. */
  readonly sleeps: number[] = [];
  readonly #epoch = Date.UTC(2026, 0, 1);
  readonly #timers = new Set<Timer>();
  #now = 0;
  #jump: NodeJS.Timeout | undefined;

  now(): number {
    return this.#now;
  }

  date(): number {
    return this.#epoch + this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.sleeps.push(ms);
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = { at: this.#now + ms, fire: resolve, wanted: true };
    this.#timers.add(timer);
    signal?.addEventListener("abort", () => {
      this.#timers.delete(timer);
      resolve();
    });
    if (signal?.aborted) resolve();
    this.#schedule();
    return promise;
  }

  limit(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, fire: callback, wanted: false };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > until) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.fire();
    }
    this.#now = until;
  }

  /** How many limits are armed: an operation that is over must leave none behind. */
  get limits(): number {
    return [...this.#timers].filter((timer) => !timer.wanted).length;
  }

  #schedule(rounds = QUIET_ROUNDS): void {
    clearTimeout(this.#jump);
    const began = performance.now();
    this.#jump = setTimeout(() => {
      const late = performance.now() - began > QUIET_MS + LATE_MS;
      if (late || rounds > 1) {
        this.#schedule(late ? QUIET_ROUNDS : rounds - 1);
        return;
      }
      const first = [...this.#timers].filter((timer) => timer.wanted).sort((a, b) => a.at - b.at)[0];
      if (!first) return;
      this.advance(Math.max(0, first.at - this.#now));
      this.#schedule();
    }, QUIET_MS);
  }
}
