import { createHash, randomBytes } from "node:crypto";
import { unlessAborted } from "./abort.ts";
import type { Authorizer, Grant } from "./authorizer.ts";
import { type Challenge, parseDigestChallenges } from "./challenge.ts";
import type { WireAnswer } from "./exchange.ts";
import { registerPassingSecret } from "./redact.ts";

/** A challenge in use: `count` requests have been answered with its nonce. */
interface Session {
  challenge: Challenge;
  count: number;
}

interface DigestGrant extends Grant {
  session: Session | undefined;
  /** The session came with the refusal of this very attempt's predecessor: if it is refused too, the password is wrong. */
  fresh: boolean;
  next?: Session;
}

/**
 * HTTP digest (RFC 7616; MD5 and SHA-256, `qop=auth` or the older form without) that keeps the server's nonce and counts
 * it up, so that one challenge serves all requests until the server wants another.
 *
 * When nothing is known yet, one request goes ahead unauthorized to be challenged, and the others wait for its nonce.
 */
export class DigestAuthorizer implements Authorizer<DigestGrant> {
  readonly advice = "the server refused the key: is it complete, and allowed for this organization and this address?";
  readonly #username: string;
  readonly #password: string;
  #session: Session | undefined;
  #scout: PromiseWithResolvers<void> | undefined;

  constructor(username: string, password: string) {
    this.#username = username;
    this.#password = password;
  }

  async grant(method: string, path: string, signal: AbortSignal, previous?: DigestGrant): Promise<DigestGrant> {
    if (previous?.next) return this.#answer(previous.next, method, path, true);
    while (!this.#session && this.#scout) await unlessAborted(this.#scout.promise, signal);
    if (this.#session) return this.#answer(this.#session, method, path, false);
    this.#scout = Promise.withResolvers();
    return { header: undefined, session: undefined, fresh: false };
  }

  refused(grant: DigestGrant, answer: WireAnswer): boolean {
    const challenge = parseDigestChallenges(answer.header("www-authenticate") ?? "");
    if (!challenge || (grant.fresh && !challenge.stale)) return false;
    grant.next = { challenge, count: 0 };
    this.#session = grant.next;
    return true;
  }

  done(grant: DigestGrant): void {
    if (grant.session) return;
    this.#scout?.resolve();
    this.#scout = undefined;
  }

  #answer(session: Session, method: string, path: string, fresh: boolean): DigestGrant {
    session.count += 1;
    const { challenge } = session;
    const header = digestHeader(challenge, session.count, randomBytes(16).toString("hex"), {
      username: this.#username,
      password: this.#password,
      method,
      path,
    });
    return { header, session, fresh };
  }
}

/** The Authorization header for one request. `path` is the request target exactly as sent, query included. */
export function digestHeader(
  challenge: Challenge,
  count: number,
  cnonce: string,
  request: { username: string; password: string; method: string; path: string },
): string {
  const hash = (text: string) => createHash(challenge.hash).update(text, "utf8").digest("hex");
  const nc = count.toString(16).padStart(8, "0");
  const user = hash(`${request.username}:${challenge.realm}:${request.password}`);
  const a1 = challenge.session ? hash(`${user}:${challenge.nonce}:${cnonce}`) : user;
  const a2 = hash(`${request.method}:${request.path}`);
  const proof = challenge.qop ? `${challenge.nonce}:${nc}:${cnonce}:auth` : challenge.nonce;
  const response = hash(`${a1}:${proof}:${a2}`);
  registerPassingSecret(response);

  const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
  const fields = [
    `username=${quoted(request.username)}`,
    `realm=${quoted(challenge.realm)}`,
    `nonce=${quoted(challenge.nonce)}`,
    `uri=${quoted(request.path)}`,
    `response="${response}"`,
  ];
  if (challenge.algorithm !== undefined) fields.push(`algorithm=${challenge.algorithm}`);
  if (challenge.opaque !== undefined) fields.push(`opaque=${quoted(challenge.opaque)}`);
  if (challenge.qop || challenge.session) fields.push(`cnonce="${cnonce}"`);
  if (challenge.qop) fields.push("qop=auth", `nc=${nc}`);
  return `Digest ${fields.join(", ")}`;
}
