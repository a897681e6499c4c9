import type { Clock } from "./clock.ts";
import type { HttpErrorDetails, Sent } from "./errors.ts";
import { abortedProblem, deadlineProblem } from "./problem.ts";

const WEIGHT: Record<Sent, number> = { no: 0, maybe: 1, yes: 2 };

/** One operation with all of its attempts: its deadline, and what is known of it when it fails. */
export class Operation {
  attempts = 0;
  /** Attempts that failed, those that were merely limited apart. */
  failed = 0;
  /** Of the last answer, if the last attempt had one. */
  status: number | undefined;
  requestId: string | undefined;
  /** Aborted by the caller, by the closing of the client, or by the deadline; the reason is a `Problem`. */
  readonly signal: AbortSignal;
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #controller = new AbortController();
  readonly #outer: readonly AbortSignal[];
  readonly #onAbort = () => this.#controller.abort(abortedProblem());
  #sent: Sent = "no";
  #deadline: number | undefined;
  #cancelLimit: (() => void) | undefined;

  constructor(clock: Clock, limitMs: number, outer: readonly (AbortSignal | undefined)[]) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.signal = this.#controller.signal;
    this.#outer = outer.filter((signal) => signal !== undefined);
    // Not AbortSignal.any: it would stay registered with a client's signal for as long as the client lives.
    for (const signal of this.#outer) {
      if (signal.aborted) this.#onAbort();
      signal.addEventListener("abort", this.#onAbort);
    }
  }

  get begun(): boolean {
    return this.#deadline !== undefined;
  }

  /** The deadline runs from the first turn on, not while the operation queues behind thousands of others. */
  begin(): void {
    if (this.begun) return;
    this.#deadline = this.#clock.now() + this.#limitMs;
    const problem = deadlineProblem(this.#limitMs);
    this.#cancelLimit = this.#clock.limit(this.#limitMs, () => this.#controller.abort(problem));
  }

  end(): void {
    this.#cancelLimit?.();
    for (const signal of this.#outer) signal.removeEventListener("abort", this.#onAbort);
  }

  /** Milliseconds left. */
  left(): number {
    return this.#deadline === undefined ? this.#limitMs : Math.max(0, this.#deadline - this.#clock.now());
  }

  /** Records the possible effect of an attempt. Later attempts never lower it. */
  mayHaveActed(sent: Sent): void {
    if (WEIGHT[sent] > WEIGHT[this.#sent]) this.#sent = sent;
  }

  details(names: Pick<HttpErrorDetails, "operation" | "method" | "path">): HttpErrorDetails {
    const { attempts, status, requestId } = this;
    return { ...names, attempts, status, requestId, sent: this.#sent };
  }
}
