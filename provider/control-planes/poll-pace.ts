import type { Clock } from "../http/index.ts";

/** So many rounds may follow each other closely. In the long run there is one each `ROUND_MS`. */
const BURST = 4;
const ROUND_MS = 1_000;

/**
 * Limits the rounds of questions about one project while its clusters apply a change, whatever the number of users that
 * wait. Each write needs a round that begins after it, so without a limit a long run asks after every few writes.
 */
export class PollPace {
  readonly #clock: Clock;
  /** The time until which all rounds so far use up the pace. */
  #usedUntil = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds until the next round may begin. */
  get left(): number {
    return Math.max(0, this.#usedUntil - (BURST - 1) * ROUND_MS - this.#clock.now());
  }

  /** Counts a round that has found a pending change. Clusters that have applied everything slow nobody down. */
  notePending(): void {
    this.#usedUntil = Math.max(this.#usedUntil, this.#clock.now()) + ROUND_MS;
  }
}
