import {
  HttpAbortedError,
  HttpAnswerError,
  HttpConnectionError,
  type HttpError,
  type HttpErrorDetails,
  HttpProxyError,
  HttpRateLimitedError,
  HttpTimeoutError,
  HttpTlsError,
  HttpTooLargeError,
  HttpUnauthorizedError,
} from "./errors.ts";
import type { Failure } from "./failure.ts";

type MakeError = (what: string, details: HttpErrorDetails) => HttpError;

/**
 * Something that ends an operation, before it is known which one: a token request serves many operations at once, and
 * each of them throws an error of its own, with its own name, path and attempts.
 */
export class Problem {
  readonly what: string;
  readonly #make: MakeError;

  constructor(what: string, make: MakeError) {
    this.what = what;
    this.#make = make;
  }

  toError(details: HttpErrorDetails): HttpError {
    return this.#make(this.what, details);
  }

  /** The same problem, met on the way to something else. */
  prefixed(prefix: string): Problem {
    return new Problem(`${prefix}${this.what}`, this.#make);
  }
}

export function failureProblem(failure: Failure): Problem {
  return new Problem(failure.what, (what, details) => {
    switch (failure.kind) {
      case "tls":
        return new HttpTlsError(what, failure.reason, details);
      case "proxy":
        return new HttpProxyError(what, details);
      case "timeout":
        return new HttpTimeoutError(what, details);
      case "truncated":
      case "encoding":
        return new HttpAnswerError(what, failure.kind, details);
      case "too-large":
        return new HttpTooLargeError(what, details);
      case "connection":
        return new HttpConnectionError(what, failure.reason, details);
    }
  });
}

export function deadlineProblem(ms: number): Problem {
  const text = `it took longer than the ${seconds(ms)} that it may take`;
  return new Problem(text, (what, details) => new HttpTimeoutError(what, details));
}

export function abortedProblem(): Problem {
  return new Problem("it was cancelled", (what, details) => new HttpAbortedError(what, details));
}

export function unauthorizedProblem(text: string): Problem {
  return new Problem(text, (what, details) => new HttpUnauthorizedError(what, details));
}

/**
 * The server wants to be left alone for longer than the operation may wait.
 * @param now milliseconds since 1970, to tell when
 */
export function rateLimitedProblem(waitMs: number, leftMs: number, now: number): Problem {
  const at = new Date(now + waitMs);
  const when = Number.isNaN(at.getTime()) ? "a time beyond every calendar" : at.toISOString().replace(/\.\d+Z$/, "Z");
  const text = `the server accepts no request before ${when} (in ${seconds(waitMs)}), and this operation may wait ${seconds(leftMs)}`;
  return new Problem(text, (what, details) => new HttpRateLimitedError(what, { ...details, retryAfter: waitMs }));
}

export function seconds(ms: number): string {
  return `${Math.max(0, Math.ceil(ms / 1000))} s`;
}
