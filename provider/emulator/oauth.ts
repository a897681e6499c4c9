import { randomBytes } from "node:crypto";
import { AtlasError, errorResponse } from "./atlas/errors.ts";
import type { RateLimiter } from "./atlas/rate-limits.ts";
import type { VirtualClock } from "./clock.ts";
import type { Credential, ServiceAccount } from "./credentials.ts";
import { sameSecret } from "./secrets.ts";

const TOKEN_LIFETIME_SECONDS = 3600;

/** The token endpoint of service accounts, and the tokens that it gave out. They live in memory: a restart ends them. */
export class OauthServer {
  readonly #clock: VirtualClock;
  readonly #limiter: RateLimiter;
  readonly #tokens = new Map<string, { clientId: string; expiresAt: number }>();

  constructor(clock: VirtualClock, limiter: RateLimiter) {
    this.#clock = clock;
    this.#limiter = limiter;
  }

  /** The account that a live access token belongs to. */
  accountOf(token: string, credentials: readonly Credential[]): ServiceAccount | undefined {
    const entry = this.#tokens.get(token);
    if (entry === undefined || entry.expiresAt <= this.#clock.now()) return undefined;
    return serviceAccounts(credentials).find(({ clientId }) => clientId === entry.clientId);
  }

  /** Ends all tokens at once, as an incident at the control plane does. */
  revokeAll(): void {
    this.#tokens.clear();
  }

  /** The account that `Authorization: Basic clientId:secret` names and proves to be. */
  authenticate(authorization: string | undefined, credentials: readonly Credential[]): ServiceAccount | undefined {
    const encoded = /^basic\s+(\S+)$/i.exec(authorization ?? "")?.[1];
    if (encoded === undefined) return undefined;
    const [clientId, ...secret] = Buffer.from(encoded, "base64").toString("utf8").split(":");
    const account = serviceAccounts(credentials).find((one) => one.clientId === clientId);
    // Compared even when there is no such account, so that the time taken does not tell.
    const right = sameSecret(account?.clientSecret ?? "", secret.join(":"));
    return right ? account : undefined;
  }

  /** `POST /api/oauth/token`. Errors have the form of RFC 6749, which is a guess: none is recorded. */
  token(account: ServiceAccount | undefined, body: string): Response {
    if (account === undefined) return refusal(401, "invalid_client", "client authentication failed");
    const { limit, retryAfter } = this.#limiter.take("oauth-token", account.clientId);
    if (retryAfter !== undefined) {
      const minutes = this.#limiter.limit("oauth-token").perSeconds / 60;
      return errorResponse(
        new AtlasError(
          429,
          "RATE_LIMITED",
          `Resource /api/oauth/token is limited to ${limit} requests every ${minutes} minutes.`,
          { parameters: ["/api/oauth/token", limit, minutes], headers: { "Retry-After": String(retryAfter) } },
        ),
      );
    }
    const grantType = new URLSearchParams(body).get("grant_type");
    if (grantType === null) return refusal(400, "invalid_request", "grant_type is missing");
    if (grantType !== "client_credentials") return refusal(400, "unsupported_grant_type", grantType);
    const now = this.#clock.now();
    if (account.secretExpiresAt !== undefined && Date.parse(account.secretExpiresAt) <= now) {
      return refusal(401, "invalid_client", "the client secret has expired");
    }
    const token = randomBytes(32).toString("base64url");
    this.#tokens.set(token, { clientId: account.clientId, expiresAt: now + TOKEN_LIFETIME_SECONDS * 1000 });
    return Response.json(
      { access_token: token, expires_in: TOKEN_LIFETIME_SECONDS, token_type: "Bearer" },
      { headers: NOT_STORED },
    );
  }

  /** `POST /api/oauth/revoke`: ends a token of the caller's own. An unknown one is no error (RFC 7009). */
  revoke(account: ServiceAccount | undefined, body: string): Response {
    if (account === undefined) return refusal(401, "invalid_client", "client authentication failed");
    const token = new URLSearchParams(body).get("token");
    if (token === null) return refusal(400, "invalid_request", "token is missing");
    if (this.#tokens.get(token)?.clientId === account.clientId) this.#tokens.delete(token);
    return Response.json({}, { headers: NOT_STORED });
  }
}

const NOT_STORED = { "Cache-Control": "no-store" };

function refusal(status: 400 | 401, error: string, description: string): Response {
  return Response.json({ error, error_description: description }, { status, headers: NOT_STORED });
}

function serviceAccounts(credentials: readonly Credential[]): ServiceAccount[] {
  return credentials.filter((credential) => credential.kind === "service-account");
}
