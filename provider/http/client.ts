import { STATUS_CODES } from "node:http";
import { currentRun } from "../run-scope.ts";
import { parseAnswer, parseErrorBody } from "./answer.ts";
import type { Authorizer } from "./authorizer.ts";
import { ClientCredentialsAuthorizer } from "./client-credentials.ts";
import { type Clock, systemClock } from "./clock.ts";
import { DigestAuthorizer } from "./digest.ts";
import {
  HttpAnswerError,
  HttpError,
  type HttpErrorDetails,
  HttpRateLimitedError,
  HttpRedirectError,
  HttpStatusError,
  HttpUnauthorizedError,
} from "./errors.ts";
import type { WireAnswer, WireRequest } from "./exchange.ts";
import { Operation } from "./operation.ts";
import { queryString } from "./path.ts";
import { Problem } from "./problem.ts";
import { registerSecret } from "./redact.ts";
import { defaultRetryPolicy } from "./retry.ts";
import { retryAfterOf, Sender } from "./sender.ts";
import { Slots } from "./slots.ts";
import { type Target, targetOf } from "./target.ts";
import { Throttle } from "./throttle.ts";
import { type Transport, transportTo } from "./transport.ts";
import type { HttpClientOptions, HttpRequest, HttpResponse } from "./types.ts";
import { userAgent } from "./user-agent.ts";

const DEFAULT_TIMEOUT_MS = 300_000;
const DEFAULT_ATTEMPT_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;
const DEFAULT_CONCURRENCY = 8;

/**
 * JSON over HTTPS to one server with one set of credentials. It retries what may be retried, waits when the server says
 * so, bounds everything in time and size, and tells in every error whether the server may have acted.
 *
 * One client serves any number of operations at once. It keeps connections open, but holds no process alive.
 *
 * @example
 * const client = new HttpClient({ baseUrl: "https://cloud.mongodb.com", authentication });
 * const { body } = await client.request({ operation: "list users", method: "GET", path: path`/groups/${id}/users` });
 */
export class HttpClient {
  /** The base URL as it is used: origin and path prefix. */
  readonly baseUrl: string;
  readonly #target: Target;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #sender: Sender;
  readonly #authorizer: Authorizer;
  readonly #slots: Slots;
  readonly #throttles = new Map<string | undefined, Throttle>();
  readonly #closing = new AbortController();
  readonly #timeoutMs: number;
  readonly #engine: string;

  /** @throws HttpTargetError when the base URL, the token URL, the CA file or the proxy cannot be used */
  constructor(options: HttpClientOptions) {
    const env = options.env ?? currentRun().env;
    const concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
    registerSecretsOf(options);
    this.#target = targetOf(options.baseUrl, env.MONGOFED_LOOPBACK_ONLY === "1");
    this.baseUrl = `${this.#target.origin}${this.#target.prefix}`;
    this.#transport = transportTo(this.#target, { caFile: options.caFile, concurrency, env });
    this.#clock = options.clock ?? systemClock;
    this.#slots = new Slots(concurrency);
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#engine = options.engine ?? "pulumi";
    this.#sender = new Sender({
      transport: this.#transport,
      target: this.#target,
      clock: this.#clock,
      policy: { ...defaultRetryPolicy, ...options.retry },
      attemptTimeoutMs: options.attemptTimeoutMs ?? DEFAULT_ATTEMPT_TIMEOUT_MS,
      maxBytes: options.maxResponseBytes ?? DEFAULT_MAX_BYTES,
      debug: env.MONGOFED_DEBUG === "1",
    });
    this.#authorizer = this.#authorizerOf(options.authentication);
  }

  /**
   * Makes one operation of as many attempts as it may have.
   * @returns the answer of a success; everything else is thrown
   * @throws HttpError, always
   */
  async request<T = unknown>(request: HttpRequest): Promise<HttpResponse<T>> {
    const operation = new Operation(this.#clock, request.deadlineMs ?? this.#timeoutMs, [
      request.signal,
      this.#closing.signal,
    ]);
    const path = `${this.#target.prefix}${request.path}`;
    const details = () => operation.details({ operation: request.operation, method: request.method, path });
    try {
      const sending = {
        request: this.#wireRequest(request, path),
        retry: request.retry,
        throttle: this.#throttleOf(request.bucket),
        slots: this.#slots,
        authorizer: this.#authorizer,
      };
      const answer = await this.#sender.send(sending, operation);
      const { body, text } = this.#contentOf(answer, request, details());
      const { attempts, requestId } = operation;
      return { status: answer.status, body: body as T, text, requestId, attempts };
    } catch (error) {
      throw this.#errorFrom(error, details());
    } finally {
      operation.end();
    }
  }

  /**
   * Every error records whether the request was sent: after a write, the caller must know whether to look for its
   * object.
   */
  #errorFrom(error: unknown, details: HttpErrorDetails): HttpError {
    if (error instanceof Problem) return error.toError(details);
    if (error instanceof HttpError) return error;
    const name = error instanceof Error ? error.name : typeof error;
    return new HttpAnswerError(`the operation ended with an unexpected ${name}`, "unexpected", details);
  }

  /** Ends what is under way with an `HttpAbortedError`, and closes the connections. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#transport.destroy();
  }

  #authorizerOf(authentication: HttpClientOptions["authentication"]): Authorizer {
    if (authentication.kind === "digest") {
      return new DigestAuthorizer(authentication.username, authentication.password) as Authorizer;
    }
    return new ClientCredentialsAuthorizer(authentication, {
      sender: this.#sender,
      target: this.#target,
      clock: this.#clock,
      timeoutMs: this.#timeoutMs,
      closing: this.#closing.signal,
      userAgent: userAgent(this.#engine, "get an access token"),
    }) as Authorizer;
  }

  #wireRequest(request: HttpRequest, path: string): WireRequest {
    const json = "application/json";
    const headers: Record<string, string> = {
      accept: request.headers?.accept ?? json,
      "user-agent": userAgent(this.#engine, request.operation),
    };
    const body = request.json ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
    if (body !== undefined) headers["content-type"] = request.headers?.contentType ?? json;
    return { method: request.method, path: `${path}${queryString(request.query)}`, headers, body };
  }

  #throttleOf(bucket: string | undefined): Throttle {
    const throttle = this.#throttles.get(bucket) ?? new Throttle(this.#clock);
    this.#throttles.set(bucket, throttle);
    return throttle;
  }

  #contentOf(
    answer: WireAnswer,
    request: HttpRequest,
    details: HttpErrorDetails,
  ): { body: unknown; text: string | undefined } {
    if (answer.status < 300) {
      const parsed = parseAnswer(answer, request.method);
      if ("body" in parsed) return parsed;
      throw new HttpAnswerError(parsed.what, parsed.fault, details);
    }
    throw this.#errorOf(answer, {
      ...details,
      body: parseErrorBody(answer),
      retryAfter: retryAfterOf(answer, this.#clock),
    });
  }

  #errorOf(answer: WireAnswer, details: HttpErrorDetails): HttpError {
    const { status } = answer;
    if (status < 400) {
      const host = this.#redirectHost(answer.header("location"));
      return new HttpRedirectError(`it redirects to ${host}, and redirects are not followed`, details);
    }
    if (status === 401) return new HttpUnauthorizedError(this.#authorizer.advice, details);
    const said = STATUS_CODES[status]?.toLowerCase() ?? "an unknown status";
    return status === 429 ? new HttpRateLimitedError(said, details) : new HttpStatusError(said, details);
  }

  /** The host only: the rest of such an address often holds a session. */
  #redirectHost(location: string | undefined): string {
    if (location === undefined || !URL.canParse(location, this.baseUrl)) return "an address that cannot be read";
    return new URL(location, this.baseUrl).host;
  }
}

function registerSecretsOf({ authentication }: HttpClientOptions): void {
  registerSecret(authentication.kind === "digest" ? authentication.password : authentication.clientSecret);
}
