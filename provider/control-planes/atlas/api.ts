import type { z } from "zod";
import { apiErrorSchema } from "../../../schema/atlas.ts";
import {
  type Clock,
  type EncodedPath,
  type HttpClient,
  HttpError,
  type HttpMethod,
  type Query,
} from "../../http/index.ts";
import { AtlasError, LACKS_ACCESS, toAtlasError } from "./errors.ts";

/**
 * Versions of the API that are asked for. Identity providers one by one need 2023-11-15: before it their path took
 * another id, and the answer knew SAML only. Clusters need 2024-08-05, which tells the tier of each region.
 */
export type Version = "2023-01-01" | "2023-11-15" | "2024-08-05";

/** Which of Atlas's rate limits counts a call: those stop each other, the rest goes on. */
export type Bucket =
  | "identity-providers"
  | "connected-organizations"
  | "organizations"
  | "projects"
  | "clusters"
  | "database-users"
  | "custom-roles";

export interface Call {
  /** What is being done, in a user's words; stands at the head of every error. */
  readonly operation: string;
  readonly method: HttpMethod;
  readonly path: EncodedPath;
  readonly version: Version;
  readonly query?: Query;
  readonly body?: unknown;
  readonly bucket: Bucket;
  /** A look at what an interrupted write has done: it still happens, briefly, after the run was told to stop. */
  readonly look?: boolean;
}

/** How long a look may take once the run was told to stop: the engine kills the process after five seconds. */
const LAST_LOOK_MS = 3_000;

/** Atlas's dialect of HTTP: versioned media types, its error bodies, its shapes. */
export class AtlasApi {
  readonly clock: Clock;
  readonly #http: HttpClient;
  readonly #signal: AbortSignal | undefined;
  readonly credentialsSource: string;

  constructor(http: HttpClient, credentialsSource: string, clock: Clock, signal?: AbortSignal) {
    this.#http = http;
    this.credentialsSource = credentialsSource;
    this.clock = clock;
    this.#signal = signal;
  }

  get baseUrl(): string {
    return this.#http.baseUrl;
  }

  get aborted(): boolean {
    return this.#signal?.aborted ?? false;
  }

  /** A call whose answer is not looked at. */
  async send(call: Call): Promise<unknown> {
    const type = `application/vnd.atlas.${call.version}+json`;
    const lastLook = call.look === true && this.aborted;
    try {
      const { body } = await this.#http.request({
        operation: plain(call.operation),
        method: call.method,
        path: call.path,
        query: call.query,
        body: call.body,
        headers: { accept: type, ...(call.body === undefined ? {} : { contentType: type }) },
        bucket: call.bucket,
        ...(lastLook ? { deadlineMs: LAST_LOOK_MS } : { signal: this.#signal }),
      });
      return body;
    } catch (error) {
      throw toAtlasError(error, call, this.credentialsSource);
    }
  }

  /** A call whose answer must have a shape. One that has not was carried out all the same: `sent` is `yes`. */
  async ask<T>(call: Call, schema: z.ZodType<T>): Promise<T> {
    const body = await this.send(call);
    const result = schema.safeParse(body);
    if (result.success) return result.data;
    throw new AtlasError(
      `${call.operation}: Atlas answered something that mongofed does not understand (${shapeFaults(result.error)})\n` +
        "  fix  Check the base URL. If it is right, this version of mongofed is older than the API: update it, or report this text.",
      { status: 200, sent: "yes" },
    );
  }

  /** The same, with `undefined` for a 404 that Atlas itself gave: a proxy's 404 proves nothing. */
  async find<T>(call: Call, schema: z.ZodType<T>): Promise<T | undefined> {
    try {
      return await this.ask(call, schema);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Waits, unless the run was told to stop. */
  async pause(ms: number): Promise<void> {
    await this.clock.sleep(ms, this.#signal);
  }
}

/** Whether a failed write may have taken effect all the same. */
export function isUncertain(error: unknown): error is AtlasError {
  return error instanceof AtlasError && error.sent !== "no";
}

/** Atlas knows the credentials, and they lack the access: 403, or a 401 with a code of its own. */
export function isForbidden(error: unknown): error is AtlasError {
  return error instanceof AtlasError && (error.status === 403 || LACKS_ACCESS.has(error.errorCode ?? ""));
}

/** A 404 with Atlas's own error body. */
export function isNotFound(error: unknown): boolean {
  if (!(error instanceof AtlasError) || error.status !== 404) return false;
  return error.cause instanceof HttpError && apiErrorSchema.safeParse(error.cause.body).success;
}

/** Names the places, never the values: an answer may hold what must not be printed. */
function shapeFaults(error: z.ZodError): string {
  const faults = error.issues.slice(0, 3).map(({ path, message }) => `${path.join(".") || "the whole"}: ${message}`);
  return faults.join("; ");
}

/** A name as it stands in an operation; what it holds, quotes too, does not get out of it. */
export function quoted(name: string): string {
  return JSON.stringify(name);
}

/** The operation without names and ids: it travels in the user agent too. */
function plain(operation: string): string {
  return operation.replace(/ "(?:[^"\\]|\\.)*"/g, "").replace(/ [0-9a-f]{24}/gi, "");
}
