import { unlessAborted } from "./abort.ts";
import type { Clock } from "./clock.ts";

/**
 * Holds back requests that share one rate limit of the server. After a 429 they wait for the time that the server
 * named. Then one request goes ahead, and the others follow only after it succeeds. A full bucket therefore costs one
 * refused request per round instead of one per worker.
 */
export class Throttle {
  readonly #clock: Clock;
  #closedUntil = 0;
  #closed = false;
  #scout: PromiseWithResolvers<void> | undefined;
  /** Scouts in a row that were refused. */
  #refused = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A pass, or `undefined` while nothing may be sent. Every pass is handed back with `leave`. */
  enter(): Pass | undefined {
    if (!this.#closed) return { scout: false };
    if (this.#scout || this.opensIn() > 0) return undefined;
    this.#scout = Promise.withResolvers();
    return { scout: true };
  }

  /** Milliseconds until the server wants to hear of us again; 0 if it does. */
  opensIn(): number {
    return this.#closed ? Math.max(0, this.#closedUntil - this.#clock.now()) : 0;
  }

  /** Waits until it is worth asking `enter` again. */
  async opening(signal: AbortSignal): Promise<void> {
    const ms = this.opensIn();
    if (ms > 0) await this.#clock.sleep(ms, signal);
    else if (this.#scout) await unlessAborted(this.#scout.promise, signal);
    signal.throwIfAborted();
  }

  /** The server answered 429: nothing is sent for this long. */
  close(ms: number): void {
    this.#closed = true;
    this.#closedUntil = Math.max(this.#closedUntil, this.#clock.now() + ms);
  }

  /** How many times in a row the limit has been met, if the request of this pass has just met it. */
  timesClosed(pass: Pass): number {
    return this.#refused + (pass.scout ? 2 : 1);
  }

  /** Hands the pass back; `limited` says whether the answer was a 429 (then `close` was called before). */
  leave(pass: Pass, limited: boolean): void {
    if (!pass.scout) return;
    // Anything but a 429 opens: the limit is not what stood in the way.
    if (!limited) this.#closed = false;
    this.#refused = limited ? this.#refused + 1 : 0;
    this.#scout?.resolve();
    this.#scout = undefined;
  }
}

export interface Pass {
  readonly scout: boolean;
}
