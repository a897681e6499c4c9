import { printable } from "../printable.ts";
import { redact, redactDeep } from "./redact.ts";

/** Every code that an error of the HTTP client can have. Stable, never reused. */
export type HttpErrorCode =
  | "http-status"
  | "http-unauthorized"
  | "http-rate-limited"
  | "http-redirect"
  | "http-connection"
  | "http-tls"
  | "http-proxy"
  | "http-timeout"
  | "http-aborted"
  | "http-answer"
  | "http-too-large"
  | "http-target";

/**
 * Whether the operation may have taken effect on the server, over all of its attempts:
 * - `no`: certainly not. It never left this machine, or the server refused it.
 * - `maybe`: unknown. Look before writing again.
 * - `yes`: the server said success, but what it said with it cannot be read. Look to learn the result.
 *
 * So a caller that wrote looks again whenever this is not `no`. That also holds for a definite status: a DELETE that
 * ends in 404 with `maybe` was repeated after a lost answer, so the first attempt may be what deleted the object.
 */
export type Sent = "no" | "maybe" | "yes";

/** The properties of an `HttpError` beside its message. */
export interface HttpErrorDetails {
  /** The operation of the caller, in its words: `list identity providers`. */
  operation: string;
  method: string;
  /** The path as sent, without the query. */
  path: string;
  /** Absent where no answer arrived. */
  status?: number | undefined;
  /** The id that the server gave the request, for its support. */
  requestId?: string | undefined;
  /** Milliseconds that the server asked to wait. */
  retryAfter?: number | undefined;
  /** The body of an error answer, parsed, with secrets redacted and all text printable; absent where it was no JSON. */
  body?: unknown;
  /** How often the request was made, 0 where it never was. */
  attempts: number;
  sent: Sent;
}

/** The base of all errors that `HttpClient.request` rejects with. Its texts and fields hold no secret. */
export class HttpError extends Error {
  readonly code: HttpErrorCode;
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly retryAfter: number | undefined;
  readonly body: unknown;
  readonly attempts: number;
  readonly sent: Sent;

  /** @param what what went wrong, in lower case: it follows operation, method, path and status. */
  constructor(code: HttpErrorCode, what: string, details: HttpErrorDetails) {
    const path = redact(details.path);
    const tries = details.attempts > 1 ? ` (${details.attempts} attempts)` : "";
    const status = details.status === undefined ? "" : `: HTTP ${details.status}`;
    const id = details.requestId === undefined ? "" : `, request id ${redact(details.requestId)}`;
    super(printable(redact(`${details.operation}: ${details.method} ${path}${status}: ${what}${tries}${id}`)));
    this.name = new.target.name;
    this.code = code;
    this.operation = printable(redact(details.operation));
    this.method = details.method;
    this.path = path;
    this.status = details.status;
    this.requestId = details.requestId === undefined ? undefined : redact(details.requestId);
    this.retryAfter = details.retryAfter;
    this.body = redactDeep(details.body);
    this.attempts = details.attempts;
    this.sent = details.sent;
    // Engines print stacks: to a user this is noise, and the message says all.
    if (process.env.MONGOFED_DEBUG !== "1") this.stack = this.message;
  }
}

/** Returns the base of errors that have this code and no fields of their own. */
function withCode(code: HttpErrorCode) {
  return class extends HttpError {
    constructor(what: string, details: HttpErrorDetails) {
      super(code, what, details);
    }
  };
}

/** The server answered with a status that is no success, and repeating it would not help or did not. */
export class HttpStatusError extends withCode("http-status") {}

/** 401 although the credentials were renewed once, or the token endpoint refused them. */
export class HttpUnauthorizedError extends withCode("http-unauthorized") {}

/** 429, and the server wants us to wait for longer than the operation may take. */
export class HttpRateLimitedError extends withCode("http-rate-limited") {}

/** 3xx. The client never follows redirects, because the user did not configure their host for the credentials. */
export class HttpRedirectError extends withCode("http-redirect") {}

/** No connection, or it broke. `reason` is the system's code: `ECONNREFUSED`. */
export class HttpConnectionError extends HttpError {
  readonly reason: string;

  constructor(what: string, reason: string, details: HttpErrorDetails) {
    super("http-connection", what, details);
    this.reason = reason;
  }
}

/** The server's certificate or TLS version is not acceptable. Never retried, never downgraded. */
export class HttpTlsError extends HttpError {
  readonly reason: string;

  constructor(what: string, reason: string, details: HttpErrorDetails) {
    super("http-tls", what, details);
    this.reason = reason;
  }
}

/** The proxy of the environment refused, or could not reach the host. */
export class HttpProxyError extends withCode("http-proxy") {}

/** The operation's total deadline passed, whatever it was doing. */
export class HttpTimeoutError extends withCode("http-timeout") {}

/** The caller's signal was aborted, or the client was closed. */
export class HttpAbortedError extends withCode("http-aborted") {}

/** Why an answer of the right status is of no use. */
export type AnswerFault =
  | "html"
  | "content-type"
  | "encoding"
  | "bom"
  | "empty"
  | "truncated"
  | "invalid-json"
  | "too-deep"
  | "unexpected";

/**
 * A success that is not the JSON it must be: a login page, a captive portal, half a document. It is never an empty
 * list, and never a reason to forget an object.
 */
export class HttpAnswerError extends HttpError {
  readonly fault: AnswerFault;

  constructor(what: string, fault: AnswerFault, details: HttpErrorDetails) {
    super("http-answer", what, details);
    this.fault = fault;
  }
}

/** The decoded answer is larger than `maxResponseBytes`. */
export class HttpTooLargeError extends withCode("http-too-large") {}

/** The client refuses to talk to this base URL at all: clear text, another origin, not loopback. Thrown on construction. */
export class HttpTargetError extends HttpError {
  constructor(what: string) {
    super("http-target", what, { operation: "configure", method: "-", path: "-", attempts: 0, sent: "no" });
    this.message = printable(redact(what));
    if (process.env.MONGOFED_DEBUG !== "1") this.stack = this.message;
  }
}
