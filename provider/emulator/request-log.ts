/** One request that the emulator got. Never a header, a body or a secret. */
export interface LoggedRequest {
  /** Counts up from 1. */
  readonly id: number;
  /** When it came in, by the emulator's clock. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  /** Without the question mark; empty if there was none. */
  readonly query: string;
  /** The status of the response; null if the connection was dropped before. */
  readonly status: number | null;
  /** False if the answer, or a part of it, was withheld by a fault. */
  readonly delivered: boolean;
  /** The name of the API key or service account, or null without valid credentials, as in a digest challenge. */
  readonly credential: string | null;
  readonly ms: number;
  /** The faults that were applied to it, by id. */
  readonly faults: readonly string[];
}

/** Enough for any test, and an end for an emulator that runs for days. */
const KEPT_REQUESTS = 100_000;

export class RequestLog {
  #entries: LoggedRequest[] = [];
  #count = 0;

  add(entry: Omit<LoggedRequest, "id">): void {
    this.#entries.push({ id: ++this.#count, ...entry });
    if (this.#entries.length > KEPT_REQUESTS) this.#entries.shift();
  }

  /** Oldest first. */
  all(): LoggedRequest[] {
    return [...this.#entries];
  }

  clear(): void {
    this.#entries = [];
  }
}
