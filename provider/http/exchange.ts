import { Buffer } from "node:buffer";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Dispatcher } from "undici";
import { unlessAborted } from "./abort.ts";
import { type Failure, failureOf, type Stage } from "./failure.ts";
import type { Target } from "./target.ts";
import type { SendingOptions, Transport } from "./transport.ts";

/** One request as it goes over the wire. */
export interface WireRequest {
  method: string;
  /** With prefix and query. */
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
}

export interface WireAnswer {
  status: number;
  /** Value of a header, names in lower case; several of one name are joined by commas. */
  header(name: string): string | undefined;
  /** The decoded body. Of an error answer it is what could be had: its status is what counts. */
  body: Buffer;
}

/** Thrown by `exchange` when there is no complete answer. */
export class ExchangeFailed {
  readonly failure: Failure;

  constructor(failure: Failure) {
    this.failure = failure;
  }
}

/** The limit of an error's body. */
const MAX_ERROR_BYTES = 1024 * 1024;

/**
 * Sends one request and reads its answer to the end. No retry, no authentication, no judgement of the status.
 * @throws ExchangeFailed, or Aborted when the signal ended it
 */
export async function exchange(
  transport: Transport,
  target: Target,
  request: WireRequest,
  limits: { maxBytes: number; signal: AbortSignal },
): Promise<WireAnswer> {
  let stage: Stage = "connecting";
  let status: number | undefined;
  try {
    const options: Dispatcher.RequestOptions & SendingOptions = {
      origin: target.origin,
      path: request.path,
      method: request.method as Dispatcher.HttpMethod,
      headers: { ...request.headers, "accept-encoding": "gzip" },
      body: request.body ?? null,
      signal: limits.signal,
      onSending: () => {
        stage = "sent";
      },
    };
    // A request that waits for its connection does not look at its signal: so we do.
    const answering = transport.dispatcher.request(options);
    answering.then(({ body }) => limits.signal.aborted && body.on("error", () => {}).destroy()).catch(() => {});
    const answer = await unlessAborted(answering, limits.signal);
    status = answer.statusCode;
    stage = status < 300 ? "answering" : "sent";
    const header = (name: string) => {
      const value = answer.headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    };
    const body = await read(answer.body, header("content-encoding"), status, limits.maxBytes);
    return { status, header, body };
  } catch (error) {
    if (limits.signal.aborted) throw new Aborted(stage);
    if (error instanceof ExchangeFailed) throw error;
    throw new ExchangeFailed({ ...failureOf(error, stage, target.host, transport.proxy), ...(status && { status }) });
  }
}

/** The signal ended an exchange that had come this far. */
export class Aborted {
  readonly stage: Stage;

  constructor(stage: Stage) {
    this.stage = stage;
  }
}

async function read(body: Readable, encoding: string | undefined, status: number, maxBytes: number): Promise<Buffer> {
  const failed = status >= 300;
  const limit = failed ? Math.min(maxBytes, MAX_ERROR_BYTES) : maxBytes;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Leaving the loop in any way destroys the streams, and with them the connection that may hold gigabytes more.
    for await (const chunk of decode(body, encoding, status)) {
      size += (chunk as Buffer).length;
      if (size > limit) throw tooLarge(limit, status);
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    const zlib = error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
    if (failed) return Buffer.alloc(0);
    throw zlib ? badEncoding(`${encoding} data that cannot be decoded`, status) : error;
  }
  return Buffer.concat(chunks);
}

/** We ask for gzip; what else a server sends unasked is refused rather than guessed. */
function decode(body: Readable, encoding: string | undefined, status: number): Readable {
  const name = encoding?.trim().toLowerCase() ?? "";
  if (name === "" || name === "identity") return body;
  if (name !== "gzip" && name !== "x-gzip") {
    body.on("error", () => {}).destroy();
    throw badEncoding(`the unknown content encoding ${JSON.stringify(name.slice(0, 40))}`, status);
  }
  return pipeline(body, createGunzip(), () => {});
}

function tooLarge(limit: number, status: number): ExchangeFailed {
  const what = `the answer is larger than ${limit} bytes after decompression`;
  return new ExchangeFailed({ kind: "too-large", reason: "too-large", what, sent: "yes", transient: false, status });
}

function badEncoding(found: string, status: number): ExchangeFailed {
  const what = `the answer holds ${found}`;
  return new ExchangeFailed({ kind: "encoding", reason: "encoding", what, sent: "yes", transient: false, status });
}
