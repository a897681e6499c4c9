/** At most `size` holders at once; who has been served before goes first, else first come, first served. */
export class Slots {
  #free: number;
  readonly #again: (() => void)[] = [];
  readonly #fresh: (() => void)[] = [];

  constructor(size: number) {
    this.#free = size;
  }

  /**
   * Resolves with the function that gives the slot back.
   * @param again an operation that has begun: its deadline runs, so it does not queue behind those that have not.
   */
  async acquire(signal: AbortSignal, again: boolean): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#queue(signal, again ? this.#again : this.#fresh);
    let held = true;
    return () => {
      if (held) this.#release();
      held = false;
    };
  }

  #queue(signal: AbortSignal, queue: (() => void)[]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const served = () => {
      signal.removeEventListener("abort", left);
      resolve();
    };
    const left = () => {
      queue.splice(queue.indexOf(served), 1);
      reject(signal.reason);
    };
    signal.addEventListener("abort", left, { once: true });
    queue.push(served);
    return promise;
  }

  /** Passes the slot to the next request in the queue, so that no later request can take it. */
  #release(): void {
    const next = this.#again.shift() ?? this.#fresh.shift();
    if (next) next();
    else this.#free++;
  }
}
