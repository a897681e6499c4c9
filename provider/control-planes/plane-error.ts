import type { Sent } from "../http/index.ts";

export interface PlaneErrorDetails {
  readonly status?: number | undefined;
  readonly errorCode?: string | undefined;
  readonly sent?: Sent;
  readonly cause?: unknown;
}

/**
 * Trouble with a control plane, in words for the person who runs the stack: what was tried, the HTTP status, the API's
 * own code and detail, and what to do next. `sent` says whether a write may have taken effect all the same.
 */
export abstract class PlaneError extends Error {
  readonly status: number | undefined;
  readonly errorCode: string | undefined;
  readonly sent: Sent;

  constructor(message: string, details: PlaneErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.status = details.status;
    this.errorCode = details.errorCode;
    this.sent = details.sent ?? "no";
    if (process.env.MONGOFED_DEBUG !== "1") this.stack = this.message;
  }
}

/** Trouble that passes by itself: no answer, or one of a server that cannot cope just now. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof PlaneError)) return false;
  return error.status === undefined || error.status === 429 || error.status >= 500;
}
