import type { z } from "zod";
import { apiErrorSchema } from "../../../schema/atlas.ts";
import { type Clock, type HttpClient, HttpError } from "../../http/index.ts";
import { PlaneApi } from "../plane-api.ts";
import type { Call } from "./call.ts";
import { AtlasError, LACKS_ACCESS, toAtlasError } from "./errors.ts";

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
