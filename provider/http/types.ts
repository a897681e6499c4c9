import type { Clock } from "./clock.ts";
import type { EncodedPath, Query } from "./path.ts";

/** Who we are to the server. The secrets in it are registered for redaction as soon as a client is made with it. */
export type Authentication =
  | { kind: "digest"; username: string; password: string }
  | { kind: "client-credentials"; tokenUrl: string; clientId: string; clientSecret: string };

export interface HttpClientOptions {
  /** Scheme, host, port and, where the server has one, a path prefix. https, or http to a loopback host. */
  baseUrl: string;
  authentication: Authentication;
  /** Which engine runs us, for the user agent. Default `pulumi`. */
  engine?: string | undefined;
  /** A PEM file of CA certificates that are trusted beside those that Node.js trusts. */
  caFile?: string | undefined;
  /** The time limit of one operation with all attempts and waits, in milliseconds. Default 300,000. */
  timeoutMs?: number | undefined;
  /** The time limit of one attempt, from the connection to the last byte, in milliseconds. Default 60,000. */
  attemptTimeoutMs?: number | undefined;
  /** Limit of one answer after decompression. Default 16 MiB. */
  maxResponseBytes?: number | undefined;
  /** How many requests are on their way at once. Default 8. */
  concurrency?: number | undefined;
  /** How long to wait between attempts, and how many. */
  retry?: Partial<RetryPolicy> | undefined;
  /** Time, for tests. */
  clock?: Clock | undefined;
  /** Where proxies, `MONGOFED_DEBUG` and `MONGOFED_LOOPBACK_ONLY` are read from. Default: the environment of the run. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** How long to wait between attempts, and how many. All times in milliseconds. */
export interface RetryPolicy {
  /** First wait after a 429 that says nothing of time; doubles twice. Default 10,000. */
  rateLimitBaseMs: number;
  /** First wait after a 5xx or a broken connection; doubles each time. Default 500. */
  failureBaseMs: number;
  /** Attempts after which a 5xx or a broken connection is final. A 429 does not count: the deadline bounds those. Default 5. */
  maxAttempts: number;
  /** A number from 0 to 1 that spreads the waits of many clients. Default `Math.random`. */
  random: () => number;
}

export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface HttpRequest {
  /** The operation in a user's words: `list identity providers`. Errors and the user agent name it. */
  operation: string;
  method: HttpMethod;
  /** Made with the `path` tag; appended to the base URL. */
  path: EncodedPath;
  query?: Query | undefined;
  /** Sent as JSON. */
  body?: unknown;
  /** In place of `body`: JSON that is sent as it is, for documents with numbers that JavaScript cannot hold. */
  json?: string | undefined;
  /** Media types. Default `application/json` for both. */
  headers?: { accept?: string | undefined; contentType?: string | undefined } | undefined;
  /**
   * `safe`: may be repeated even after it may have taken effect (default for GET, PUT and DELETE).
   * `never`: not repeated at all, but for a 401 that was answered by new credentials.
   * Default for POST and PATCH: repeated only when it is certain that the server has not carried it out.
   */
  retry?: "safe" | "never" | undefined;
  /**
   * Requests of one bucket wait together after a 429. Default: all requests of a client are one bucket; a caller that
   * knows the server's limits apart names them, so that a full one does not stop the rest.
   */
  bucket?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Overrides the client's `timeoutMs` for this operation. */
  deadlineMs?: number | undefined;
}

export interface HttpResponse<T> {
  status: number;
  /** The parsed JSON; `undefined` for an empty answer to a write (204, or any success of DELETE). */
  body: T;
  /** The JSON as it came, to the letter; `undefined` where there is none. */
  text: string | undefined;
  /** The id that the server gave the request, if any. */
  requestId: string | undefined;
  /** How often the request was made. */
  attempts: number;
}
