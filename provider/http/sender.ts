import type { Authorizer, Grant } from "./authorizer.ts";
import type { Clock } from "./clock.ts";
import { debugLine, requestIdOf } from "./debug.ts";
import type { Sent } from "./errors.ts";
import { Aborted, ExchangeFailed, exchange, type WireAnswer, type WireRequest } from "./exchange.ts";
import type { Failure } from "./failure.ts";
import type { Operation } from "./operation.ts";
import { failureProblem, rateLimitedProblem, seconds } from "./problem.ts";
import { limitedWait, waitBeforeNext } from "./retry.ts";
import { retryAfterMs } from "./retry-after.ts";
import type { Slots } from "./slots.ts";
import type { Target } from "./target.ts";
import type { Pass, Throttle } from "./throttle.ts";
import type { Transport } from "./transport.ts";
import type { RetryPolicy } from "./types.ts";

export interface SenderOptions {
  transport: Transport;
  target: Target;
  clock: Clock;
  policy: RetryPolicy;
  attemptTimeoutMs: number;
  maxBytes: number;
  debug: boolean;
}

/** How one operation is to be sent. */
export interface Sending {
  request: WireRequest;
  retry?: "safe" | "never" | undefined;
  throttle: Throttle;
  /** Absent for the token request: the operations that wait for it hold the slots. */
  slots?: Slots;
  authorizer?: Authorizer;
}

type Outcome =
  | { kind: "answer"; answer: WireAnswer }
  /** A 429, and how long it makes us wait. */
  | { kind: "limited"; answer: WireAnswer; wait: number }
  | { kind: "failure"; failure: Failure };

/** A pause that a server asks for is kept up to here for later operations; beyond, it is rather its mistake. */
const MAX_PAUSE_MS = 3_600_000;
/** The challenge, an outdated nonce, and one more: a loop it must not become. */
const MAX_GRANTS = 3;

/** Sends an operation as often as its policy allows, and returns the answer that ends it, of whatever status. */
export class Sender {
  readonly #options: SenderOptions;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** @throws Problem */
  async send(sending: Sending, operation: Operation): Promise<WireAnswer> {
    try {
      for (;;) {
        const outcome = await this.#turn(sending, operation);
        const wait = this.#waitAfter(outcome, sending, operation);
        if (wait === undefined) return this.#result(outcome);
        if (wait >= operation.left()) return this.#outOfTime(outcome, wait, operation);
        // After a 429 it is the throttle that waits, for all that share it.
        if (outcome.kind !== "limited") await this.#options.clock.sleep(wait, operation.signal);
        operation.signal.throwIfAborted();
      }
    } catch (error) {
      throw operation.signal.aborted ? operation.signal.reason : error;
    }
  }

  /** One attempt, as soon as there is a slot for it and the server's rate limit is not known to be exhausted. */
  async #turn(sending: Sending, operation: Operation): Promise<Outcome> {
    const { release, pass } = await this.#admission(sending, operation);
    let outcome: Outcome | undefined;
    try {
      operation.attempts++;
      outcome = await this.#authorized(sending, operation);
      if (outcome.kind === "answer" && outcome.answer.status === 429) {
        const { policy, clock } = this.#options;
        const wait = limitedWait(policy, retryAfterOf(outcome.answer, clock), sending.throttle.timesClosed(pass));
        outcome = { kind: "limited", answer: outcome.answer, wait };
        sending.throttle.close(Math.min(wait, MAX_PAUSE_MS));
      }
      return outcome;
    } finally {
      sending.throttle.leave(pass, outcome?.kind === "limited");
      release();
    }
  }

  async #admission({ slots, throttle }: Sending, operation: Operation): Promise<{ release: () => void; pass: Pass }> {
    for (;;) {
      const release = (await slots?.acquire(operation.signal, operation.begun)) ?? (() => {});
      operation.begin();
      const pass = throttle.enter();
      if (pass) return { release, pass };
      // A request that waits for the rate limit of its bucket releases its slot to the others.
      release();
      const opensIn = throttle.opensIn();
      if (opensIn >= operation.left()) {
        throw rateLimitedProblem(opensIn, operation.left(), this.#options.clock.date());
      }
      await throttle.opening(operation.signal);
    }
  }

  /** One attempt with credentials; a 401 that new credentials may cure is repeated at once, it changed nothing. */
  async #authorized({ request, authorizer }: Sending, operation: Operation): Promise<Outcome> {
    let previous: Grant | undefined;
    for (let grants = 1; ; grants++) {
      const grant = await authorizer?.grant(request.method, request.path, operation.signal, previous);
      try {
        const outcome = await this.#once(request, grant?.header, operation);
        if (!authorizer || !grant || outcome.kind === "failure" || outcome.answer.status !== 401) return outcome;
        if (!authorizer.refused(grant, outcome.answer) || grants >= MAX_GRANTS) return outcome;
        previous = grant;
      } finally {
        if (grant) authorizer?.done(grant);
      }
    }
  }

  async #once(request: WireRequest, authorization: string | undefined, operation: Operation): Promise<Outcome> {
    const { transport, target, clock, maxBytes, attemptTimeoutMs, debug } = this.#options;
    const headers = { ...request.headers, ...(authorization !== undefined && { authorization }) };
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    const cancelLimit = clock.limit(attemptTimeoutMs, abort);
    const began = clock.now();
    let outcome: Outcome;
    operation.signal.addEventListener("abort", abort);
    try {
      operation.signal.throwIfAborted();
      const answer = await exchange(transport, target, { ...request, headers }, { maxBytes, signal: attempt.signal });
      outcome = { kind: "answer", answer };
    } catch (error) {
      outcome = { kind: "failure", failure: this.#failureOf(error) };
    } finally {
      cancelLimit();
      operation.signal.removeEventListener("abort", abort);
    }
    const answer = outcome.kind === "answer" ? outcome.answer : undefined;
    operation.status = outcome.kind === "answer" ? outcome.answer.status : outcome.failure.status;
    operation.requestId = answer && requestIdOf(answer.header);
    operation.mayHaveActed(outcome.kind === "answer" ? sentBy(outcome.answer.status) : outcome.failure.sent);
    if (debug) {
      const said = outcome.kind === "answer" ? outcome.answer.status : outcome.failure.reason;
      const { method, path } = request;
      debugLine({ method, path, outcome: said, ms: clock.now() - began, requestId: operation.requestId });
    }
    operation.signal.throwIfAborted();
    return outcome;
  }

  #failureOf(error: unknown): Failure {
    if (error instanceof ExchangeFailed) return error.failure;
    if (!(error instanceof Aborted)) throw error;
    const what = `no complete answer within the ${seconds(this.#options.attemptTimeoutMs)} that one attempt may take`;
    const sent = error.stage === "connecting" ? "no" : error.stage === "sent" ? "maybe" : "yes";
    return { kind: "timeout", reason: "timeout", what, sent, transient: true };
  }

  #waitAfter(outcome: Outcome, { request, retry }: Sending, operation: Operation): number | undefined {
    if (outcome.kind === "limited") return retry === "never" ? undefined : outcome.wait;
    if (outcome.kind === "answer" && outcome.answer.status < 400) return undefined;
    operation.failed++;
    const { policy, clock } = this.#options;
    const asked = outcome.kind === "answer" ? retryAfterOf(outcome.answer, clock) : undefined;
    return waitBeforeNext(policy, { method: request.method, retry }, outcome, operation.failed, asked);
  }

  #result(outcome: Outcome): WireAnswer {
    if (outcome.kind === "failure") throw failureProblem(outcome.failure);
    return outcome.answer;
  }

  #outOfTime(outcome: Outcome, wait: number, operation: Operation): WireAnswer {
    if (outcome.kind !== "limited") return this.#result(outcome);
    throw rateLimitedProblem(wait, operation.left(), this.#options.clock.date());
  }
}

/** Returns the wait that the server asked for, in milliseconds. */
export function retryAfterOf({ header }: WireAnswer, clock: Clock): number | undefined {
  return retryAfterMs(header("retry-after"), header("date"), clock.date());
}

/** Returns what a response status says about the effect of the request. 303 answers a POST that was executed. */
function sentBy(status: number): Sent {
  if (status < 300) return "yes";
  return status >= 500 || status === 408 || status === 303 ? "maybe" : "no";
}
