import { perRun } from "../run-scope.ts";
import { unlessAborted } from "./abort.ts";
import type { Clock } from "./clock.ts";
import type { Problem } from "./problem.ts";

export interface Token {
  value: string;
  /** How long it is valid from now on, in milliseconds. */
  lifetimeMs: number;
}

/** The result of one request for a token. */
export type TokenResult =
  | { kind: "token"; token: Token }
  /** `answered`: the endpoint said so, and asking it again soon would only use up its rate limit. */
  | { kind: "problem"; problem: Problem; answered: boolean }
  /** The client that asked was closed; for the others this says nothing. */
  | { kind: "cancelled" };

/** Token endpoints allow few requests (10 a minute): renew early enough to fail, wait and try again. */
const RENEWAL_MARGIN_MS = 600_000;
const FAILURE_MEMORY_MS = 30_000;
/** A token is used for this long even if its endpoint says `expires_in: 0`: asking again at once would never end. */
const MIN_LIFETIME_MS = 30_000;
const FUTILE_MEMORY_MS = 60_000;

const sourcesOfRun = perRun(() => new Map<string, TokenSource>());

/** Returns the one source of the run for these credentials: every client that uses them shares its token. */
export function tokenSourceOf(key: string): TokenSource {
  const sources = sourcesOfRun();
  const source = sources.get(key) ?? new TokenSource();
  sources.set(key, source);
  return source;
}

/** Keeps one token, and asks for another one at a time, however many wait for it. */
export class TokenSource {
  #token: { value: string; renewAt: number; expiresAt: number } | undefined;
  #pending: Promise<TokenResult> | undefined;
  #problem: { problem: Problem; until: number } | undefined;
  #futileUntil = Number.NEGATIVE_INFINITY;

  /**
   * The current token, or a new one.
   * @param request asks the endpoint; not bound to the signal, since others may wait for the same answer
   * @throws Problem, or the signal's reason
   */
  async get(request: () => Promise<TokenResult>, clock: Clock, signal: AbortSignal): Promise<string> {
    for (;;) {
      const now = clock.now();
      const token = this.#token;
      if (token && now < token.renewAt) return token.value;
      const usable = token && now < token.expiresAt ? token.value : undefined;
      if (this.#problem && now < this.#problem.until) {
        if (usable !== undefined) return usable;
        throw this.#problem.problem;
      }
      this.#pending ??= this.#renew(request, clock);
      const result = await unlessAborted(this.#pending, signal);
      if (result.kind === "problem") {
        if (usable !== undefined) return usable;
        throw result.problem;
      }
    }
  }

  /**
   * A server refused the token. True: it is not in use any more, ask for another.
   * @param renewed the token was new, made because the one before was refused: then tokens are not what is wrong
   * (MongoDB answers 401 to missing roles, too), and for a while no further one is wasted on such an answer
   */
  refused(token: string, renewed: boolean, clock: Clock): boolean {
    if (renewed) this.#futileUntil = clock.now() + FUTILE_MEMORY_MS;
    if (renewed) return false;
    if (this.#token?.value !== token) return true;
    if (clock.now() < this.#futileUntil) return false;
    this.#token = undefined;
    return true;
  }

  async #renew(request: () => Promise<TokenResult>, clock: Clock): Promise<TokenResult> {
    try {
      const result = await request();
      const now = clock.now();
      if (result.kind === "token") {
        const { value } = result.token;
        const lifetimeMs = Math.max(result.token.lifetimeMs, MIN_LIFETIME_MS);
        const renewAt = now + lifetimeMs - Math.min(RENEWAL_MARGIN_MS, lifetimeMs / 5);
        this.#token = { value, renewAt, expiresAt: now + lifetimeMs };
      }
      const failed = result.kind === "problem" && result.answered;
      this.#problem = failed ? { problem: result.problem, until: now + FAILURE_MEMORY_MS } : undefined;
      return result;
    } finally {
      this.#pending = undefined;
    }
  }
}
