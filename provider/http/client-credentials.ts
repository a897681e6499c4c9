import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { parseAnswer } from "./answer.ts";
import type { Authorizer, Grant } from "./authorizer.ts";
import type { Clock } from "./clock.ts";
import { HttpTargetError } from "./errors.ts";
import { Operation } from "./operation.ts";
import { Problem, unauthorizedProblem } from "./problem.ts";
import { registerSecret } from "./redact.ts";
import type { Sender } from "./sender.ts";
import type { Target } from "./target.ts";
import { Throttle } from "./throttle.ts";
import { type Token, type TokenResult, type TokenSource, tokenSourceOf } from "./token-source.ts";
import type { Authentication } from "./types.ts";

interface TokenGrant extends Grant {
  token: string;
  renewed: boolean;
}

export interface TokenRequestOptions {
  sender: Sender;
  target: Target;
  clock: Clock;
  timeoutMs: number;
  /** Aborted when the client is closed. */
  closing: AbortSignal;
  userAgent: string;
}

/** Where a server does not say how long its token lasts. */
const DEFAULT_LIFETIME_S = 300;

/** OAuth 2.0 client credentials: a token for all requests, renewed before it expires or once a server refuses it. */
export class ClientCredentialsAuthorizer implements Authorizer<TokenGrant> {
  readonly advice = "the server refused a new token: may this service account do it, and from this address?";
  readonly #options: TokenRequestOptions;
  readonly #basic: string;
  readonly #path: string;
  readonly #source: TokenSource;
  readonly #throttle: Throttle;

  /** @throws HttpTargetError when the token endpoint is on another origin: the client secret would go there */
  constructor(credentials: Extract<Authentication, { kind: "client-credentials" }>, options: TokenRequestOptions) {
    const { tokenUrl, clientId, clientSecret } = credentials;
    const url = URL.canParse(tokenUrl) ? new URL(tokenUrl) : undefined;
    if (url?.origin !== options.target.origin) {
      throw new HttpTargetError(
        `the token URL is not on ${options.target.host}, where the base URL is: no secret is sent elsewhere`,
      );
    }
    this.#options = options;
    this.#path = `${url.pathname}${url.search}`;
    this.#basic = Buffer.from(`${clientId}:${clientSecret}`, "utf8").toString("base64");
    registerSecret(this.#basic);
    this.#source = tokenSourceOf(
      createHash("sha256")
        .update(JSON.stringify([url.href, clientId, clientSecret]))
        .digest("hex"),
    );
    this.#throttle = new Throttle(options.clock);
  }

  async grant(_method: string, _path: string, signal: AbortSignal, previous?: TokenGrant): Promise<TokenGrant> {
    const token = await this.#source.get(() => this.#request(), this.#options.clock, signal);
    return { header: `Bearer ${token}`, token, renewed: previous !== undefined };
  }

  refused(grant: TokenGrant): boolean {
    return this.#source.refused(grant.token, grant.renewed, this.#options.clock);
  }

  done(): void {}

  /** Asking for a token changes nothing on the server, so it is repeated like a GET. */
  async #request(): Promise<TokenResult> {
    const { sender, clock, timeoutMs, closing, userAgent } = this.#options;
    const operation = new Operation(clock, timeoutMs, [closing]);
    const headers = {
      accept: "application/json",
      authorization: `Basic ${this.#basic}`,
      "content-type": "application/x-www-form-urlencoded",
      "user-agent": userAgent,
    };
    const request = { method: "POST", path: this.#path, headers, body: "grant_type=client_credentials" };
    try {
      const answer = await sender.send({ request, retry: "safe", throttle: this.#throttle }, operation);
      if (answer.status !== 200) throw unauthorizedProblem(refusal(answer.status));
      const parsed = parseAnswer(answer, "POST");
      return { kind: "token", token: tokenIn("body" in parsed ? parsed.body : undefined) };
    } catch (error) {
      if (closing.aborted) return { kind: "cancelled" };
      if (!(error instanceof Problem)) throw error;
      const problem = error.prefixed(`no access token from POST ${this.#path}: `);
      return { kind: "problem", problem, answered: operation.status !== undefined };
    } finally {
      operation.end();
    }
  }
}

/** In the text only: as the status of the operation that wanted the token, a 404 would read as an object that is gone. */
function refusal(status: number): string {
  const hint = [400, 401, 403].includes(status) ? ": is the client id right, and its secret not expired?" : "";
  return `the endpoint answered ${status}${hint}`;
}

function tokenIn(body: unknown): Token {
  const { access_token: value, expires_in: lifetime = DEFAULT_LIFETIME_S } = (body ?? {}) as Record<string, unknown>;
  if (typeof value !== "string" || !/^[\x21-\x7e]+$/.test(value) || typeof lifetime !== "number") {
    throw unauthorizedProblem("the endpoint's answer holds no token");
  }
  registerSecret(value);
  return { value, lifetimeMs: Math.max(0, lifetime) * 1000 };
}
