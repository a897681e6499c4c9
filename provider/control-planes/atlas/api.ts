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
import { PlaneApi } from "../plane-api.ts";
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
  /** The action, in a user's words; stands at the head of every error. */
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

/** Atlas's dialect of HTTP: versioned media types, its error bodies, its shapes. */
export class AtlasApi extends PlaneApi {
  constructor(http: HttpClient, credentialsSource: string, clock: Clock, signal?: AbortSignal) {
    const server = { product: "Atlas", api: "the Atlas Admin API", credentialsSource };
    super(http, server, clock, signal, AtlasError);
  }

  /** A call whose answer is not looked at. */
  async send(call: Call): Promise<unknown> {
    const type = `application/vnd.atlas.${call.version}+json`;
    const { operation, look = false, version: _, ...request } = call;
    try {
      const headers = { accept: type, ...(call.body === undefined ? {} : { contentType: type }) };
      return (await this.request({ ...request, operation: plain(operation), headers }, look)).body;
    } catch (error) {
      throw toAtlasError(error, call, this.server);
    }
  }

  /** A call whose answer must have a shape. */
  async ask<T>(call: Call, schema: z.ZodType<T>): Promise<T> {
    return this.understood(call.operation, await this.send(call), schema);
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

/** A name as it stands in an operation; what it holds, quotes too, does not get out of it. */
export function quoted(name: string): string {
  return JSON.stringify(name);
}

/** The operation without names and ids: it travels in the user agent too. */
function plain(operation: string): string {
  return operation.replace(/ "(?:[^"\\]|\\.)*"/g, "").replace(/ [0-9a-f]{24}/gi, "");
}
