/**
 * The emulator's own time: the machine's, plus what tests advanced it by. Nonces, tokens, rate limits, timestamps and
 * stale reads follow it, so that an hour passes at once. Injected delays do not: a client waits for those in earnest.
 */
export class VirtualClock {
  #offset: number;

  constructor(offset = 0) {
    this.#offset = offset;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return Date.now() + this.#offset;
  }

  get offset(): number {
    return this.#offset;
  }

  /** Time only goes forward: a negative step is refused, since expiry could then be undone. */
  advance(milliseconds: number): void {
    if (!Number.isFinite(milliseconds) || milliseconds < 0) {
      throw new RangeError(`cannot advance the clock by ${milliseconds} ms`);
    }
    this.#offset += milliseconds;
  }
}

/** A moment as the APIs write it: UTC, to the second. */
export function timestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
