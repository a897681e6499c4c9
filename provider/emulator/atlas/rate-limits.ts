import { z } from "zod";
import type { VirtualClock } from "../clock.ts";
import type { Credential } from "../credentials.ts";
import { AtlasError } from "./errors.ts";

export const rateLimitSchema = z.strictObject({
  capacity: z.number().int().positive(),
  refill: z.number().int().positive(),
  perSeconds: z.number().positive(),
});
export type RateLimit = z.infer<typeof rateLimitSchema>;

/** Which requests share a bucket. */
type Scope = "organization" | "user" | "project";

/**
 * The buckets. The first four are documented; of the others the capacity is recorded, and that they refill at half of
 * it, and whom they belong to, is a guess.
 */
const limits = {
  "org-federation": { scope: "organization", capacity: 500, refill: 250, perSeconds: 60 },
  "identity-providers": { scope: "user", capacity: 300, refill: 100, perSeconds: 60 },
  "database-users": { scope: "project", capacity: 10000, refill: 5000, perSeconds: 60 },
  "custom-db-roles": { scope: "project", capacity: 2000, refill: 1000, perSeconds: 60 },
  organizations: { scope: "user", capacity: 300, refill: 100, perSeconds: 60 },
  organization: { scope: "organization", capacity: 500, refill: 250, perSeconds: 60 },
  projects: { scope: "user", capacity: 1200, refill: 600, perSeconds: 60 },
  clusters: { scope: "project", capacity: 10000, refill: 5000, perSeconds: 60 },
  /** Not a bucket of the API proper: the token endpoint. Its limit was 10 and is 50 by now; the stricter one holds. */
  "oauth-token": { scope: "user", capacity: 10, refill: 10, perSeconds: 60 },
} as const satisfies Record<string, RateLimit & { scope: Scope }>;
export type RateLimitName = keyof typeof limits;
export const rateLimitNames = Object.keys(limits) as RateLimitName[];

interface Bucket {
  tokens: number;
  /** When the next tokens drop in. */
  refillAt: number;
}

/** Token buckets. They are filled in steps, a whole `refill` at a time, as the documented 55 s of waiting tell. */
export class RateLimiter {
  readonly #clock: VirtualClock;
  readonly #changed = new Map<RateLimitName, RateLimit>();
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** Sets a limit, or with undefined puts back the real one. Buckets of that name start full again. */
  set(name: RateLimitName, limit: RateLimit | undefined): void {
    if (limit === undefined) this.#changed.delete(name);
    else this.#changed.set(name, limit);
    for (const key of this.#buckets.keys()) if (key.startsWith(`${name}/`)) this.#buckets.delete(key);
  }

  limit(name: RateLimitName): RateLimit {
    const { capacity, refill, perSeconds } = this.#changed.get(name) ?? limits[name];
    return { capacity, refill, perSeconds };
  }

  reset(): void {
    this.#changed.clear();
    this.#buckets.clear();
  }

  /** Whose bucket a request draws on. */
  owner(name: RateLimitName, caller: Credential, params: Readonly<Record<string, string>>): string {
    const scope: Scope = limits[name].scope;
    const id = scope === "organization" ? params.orgId : scope === "project" ? params.groupId : undefined;
    return (id ?? caller.name).toLowerCase();
  }

  /** Takes a token. `retryAfter` (whole seconds) is set when there was none to take. */
  take(name: RateLimitName, owner: string): { limit: number; remaining: number; retryAfter: number | undefined } {
    const { capacity, refill, perSeconds } = this.limit(name);
    const step = perSeconds * 1000;
    const now = this.#clock.now();
    const key = `${name}/${owner}`;
    const bucket = this.#buckets.get(key) ?? { tokens: capacity, refillAt: now + step };
    this.#buckets.set(key, bucket);
    if (now >= bucket.refillAt) {
      const steps = Math.floor((now - bucket.refillAt) / step) + 1;
      bucket.tokens = Math.min(capacity, bucket.tokens + steps * refill);
      bucket.refillAt += steps * step;
    }
    if (bucket.tokens === 0) {
      return { limit: capacity, remaining: 0, retryAfter: Math.max(1, Math.ceil((bucket.refillAt - now) / 1000)) };
    }
    bucket.tokens--;
    return { limit: capacity, remaining: bucket.tokens, retryAfter: undefined };
  }

  /** The refusal of an empty bucket, with the parameters that the documentation gives. */
  refusal(name: RateLimitName, pathname: string, retryAfter: number): AtlasError {
    const { capacity, refill, perSeconds } = this.limit(name);
    return new AtlasError(
      429,
      "RATE_LIMITED_TOKEN_BUCKET",
      `Resource ${pathname} is limited to ${capacity} requests, refilled by ${refill} every ${perSeconds} seconds.`,
      {
        parameters: [pathname, retryAfter, capacity, refill, perSeconds],
        headers: { "Retry-After": String(retryAfter) },
      },
    );
  }
}
