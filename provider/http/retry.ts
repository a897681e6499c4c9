/** How long to wait between attempts, and how many attempts there are. All times in milliseconds. */
export interface RetryPolicy {
  /** First wait after a 429 that says nothing of time; doubles each time. Default 10,000. */
  rateLimitBaseMs: number;
  /** First wait after a 5xx or a broken connection; doubles each time. Default 500. */
  failureBaseMs: number;
  /** Attempts after which a 5xx or a broken connection is final. A 429 does not count: the deadline bounds those. Default 5. */
  maxAttempts: number;
}

export const defaultRetryPolicy: RetryPolicy = { rateLimitBaseMs: 10_000, failureBaseMs: 500, maxAttempts: 5 };
