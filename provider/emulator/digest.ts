import { createHash, randomBytes } from "node:crypto";
import type { VirtualClock } from "./clock.ts";
import { sameSecret } from "./secrets.ts";

const DIGEST_REALM = "MMS Public API";

/** How long a nonce is good for. The real time is unknown; this is short enough to be met and long enough for a run. */
const NONCE_LIFETIME_MS = 5 * 60_000;

/** The fields of `Authorization: Digest …`. */
export interface DigestCredentials {
  username: string;
  realm: string;
  nonce: string;
  uri: string;
  qop: string;
  nc: string;
  cnonce: string;
  response: string;
  algorithm: string | undefined;
}

/** `stale` asks the client to try again with the new nonce of the challenge; `refused` tells it to give up. */
export type DigestVerdict = "accepted" | "stale" | "refused";

/** The server's half of HTTP digest authentication (RFC 7616 with MD5 and qop auth, as the control planes do it). */
export class DigestAuthenticator {
  readonly #clock: VirtualClock;
  /** The nonces given out, with the counts that each has been used with. */
  readonly #nonces = new Map<string, { expiresAt: number; used: Set<number> }>();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** A new `WWW-Authenticate` header, in the recorded form. */
  challenge(stale: boolean): string {
    const now = this.#clock.now();
    for (const [nonce, { expiresAt }] of this.#nonces) {
      if (expiresAt > now) break;
      this.#nonces.delete(nonce);
    }
    const nonce = randomBytes(24).toString("base64");
    this.#nonces.set(nonce, { expiresAt: now + NONCE_LIFETIME_MS, used: new Set() });
    return `Digest realm="${DIGEST_REALM}", domain="", nonce="${nonce}", algorithm=MD5, qop="auth", stale=${stale}`;
  }

  /**
   * Judges a request of `method` for `target` (path and query, exactly as sent). The answer is checked before the
   * nonce, so that only who knows the key learns that a nonce is stale. A count used twice is a replay and refused
   * outright (a guess on the strict side); counts may come out of order, since requests may overtake each other.
   */
  verify(sent: DigestCredentials, password: string, method: string, target: string): DigestVerdict {
    const count = /^[0-9a-f]{8}$/.test(sent.nc) ? Number.parseInt(sent.nc, 16) : 0;
    const wellFormed =
      sent.realm === DIGEST_REALM &&
      sent.qop === "auth" &&
      (sent.algorithm ?? "MD5").toUpperCase() === "MD5" &&
      sent.uri === target &&
      sent.cnonce !== "" &&
      count > 0;
    const ha1 = md5(`${sent.username}:${DIGEST_REALM}:${password}`);
    const ha2 = md5(`${method}:${sent.uri}`);
    const expected = md5([ha1, sent.nonce, sent.nc, sent.cnonce, sent.qop, ha2].join(":"));
    if (!sameSecret(expected, sent.response.toLowerCase()) || !wellFormed) return "refused";

    const nonce = this.#nonces.get(sent.nonce);
    if (nonce === undefined || nonce.expiresAt <= this.#clock.now()) return "stale";
    if (nonce.used.has(count)) return "refused";
    nonce.used.add(count);
    return "accepted";
  }

  /** Makes every nonce stale, as a restarted server does. */
  forgetNonces(): void {
    this.#nonces.clear();
  }
}

/** Reads the header; undefined if it is not a digest or lacks a part. */
export function parseDigest(header: string): DigestCredentials | undefined {
  if (!/^digest\s/i.test(header)) return undefined;
  const parts: Record<string, string> = {};
  for (const [, name, quoted, plain] of header
    .slice(7)
    .matchAll(/\b([a-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gi)) {
    parts[name!.toLowerCase()] = quoted === undefined ? plain! : quoted.replace(/\\(.)/g, "$1");
  }
  const { username, realm, nonce, uri, qop, nc, cnonce, response, algorithm } = parts;
  if (
    username === undefined ||
    realm === undefined ||
    nonce === undefined ||
    uri === undefined ||
    qop === undefined ||
    nc === undefined ||
    cnonce === undefined ||
    response === undefined
  ) {
    return undefined;
  }
  return { username, realm, nonce, uri, qop, nc, cnonce, response, algorithm };
}

/** MD5 is what the protocol asks for. */
function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}
