import type { Failure } from "./failure.ts";
import type { HttpRequest, RetryPolicy } from "./types.ts";

export const defaultRetryPolicy: RetryPolicy = {
  rateLimitBaseMs: 10_000,
  failureBaseMs: 500,
  maxAttempts: 5,
  random: Math.random,
};

/** How an attempt ended that was not limited: with this answer, or without a complete one. */
export type Setback = { kind: "answer"; answer: { status: number } } | { kind: "failure"; failure: Failure };

/** 408 and the failures of servers and gateways that pass by themselves. */
const PASSING = new Set([408, 500, 502, 503, 504]);
/** `Retry-After: 0` is no invitation to hammer. */
const MIN_LIMITED_MS = 1_000;
const MAX_SPREAD_MS = 1_000;

/**
 * Returns the milliseconds to wait before the next attempt, or `undefined` for no further attempt.
 *
 * The trap is POST and PATCH. After a 5xx or a lost response, the server may have executed them, and a blind retry
 * creates a second object. They are retried only if the server certainly did not execute them.
 *
 * @param failed the number of failed attempts, including this one
 * @param retryAfter the wait that the server asked for, in milliseconds
 */
export function waitBeforeNext(
  policy: RetryPolicy,
  { method, retry }: { method: string; retry?: HttpRequest["retry"] },
  setback: Setback,
  failed: number,
  retryAfter: number | undefined,
): number | undefined {
  const repeatable = retry === "safe" || (method !== "POST" && method !== "PATCH");
  const passing = setback.kind === "answer" ? PASSING.has(setback.answer.status) : setback.failure.transient;
  const harmless = setback.kind === "failure" && setback.failure.sent === "no";
  if (retry === "never" || !passing || !(repeatable || harmless) || failed >= policy.maxAttempts) return undefined;

  const backoff = policy.failureBaseMs * Math.min(2 ** (failed - 1), 16);
  return Math.max(backoff / 2 + (policy.random() * backoff) / 2, retryAfter ?? 0);
}

/**
 * How many milliseconds to wait after a 429, never less than the server asked for. The spread is added, not
 * subtracted: all that were refused were told the same number.
 *
 * @param times how many times in a row it has happened, this one included
 */
export function limitedWait(policy: RetryPolicy, retryAfter: number | undefined, times: number): number {
  const own = policy.rateLimitBaseMs * Math.min(2 ** (times - 1), 4);
  const wait = retryAfter === undefined ? own : Math.max(retryAfter, MIN_LIMITED_MS);
  return wait + policy.random() * Math.min(wait * 0.1, MAX_SPREAD_MS);
}
