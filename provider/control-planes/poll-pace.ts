import type { Clock } from "../http/index.ts";

/** From a round that has found a pending change to the next one. */
const ROUND_MS = 1_000;

/**
 * Limits the rounds of questions about one project while its clusters apply a change, whatever the number of users that
 * wait. Each write needs a round that begins after it, so without a limit a long run asks after every few writes.
 */
export class PollPace {
  readonly #clock: Clock;
  #nextAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds until the next round may begin. */
  get left(): number {
    return Math.max(0, this.#nextAt - this.#clock.now());
  }

  /** A round has found a pending change. Clusters that have applied everything slow nobody down. */
  notePending(): void {
    this.#nextAt = this.#clock.now() + ROUND_MS;
  }
}
