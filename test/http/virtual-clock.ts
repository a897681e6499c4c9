import type { Clock } from "../../provider/http/clock.ts";

interface Timer {
  at: number;
  fire: () => void;
  /** A sleeper wants its time to come; a limit hopes that it never does. */
  wanted: boolean;
}

/**
 * Time that passes only when somebody sleeps (or `advance` is called): as soon as nothing has happened for a few
 * milliseconds of real time, it jumps to the moment for which the first sleeper waits.
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

  #schedule(): void {
    clearTimeout(this.#jump);
    this.#jump = setTimeout(() => {
      const first = [...this.#timers].filter((timer) => timer.wanted).sort((a, b) => a.at - b.at)[0];
      if (!first) return;
      this.advance(Math.max(0, first.at - this.#now));
      this.#schedule();
    }, 4);
  }
}
