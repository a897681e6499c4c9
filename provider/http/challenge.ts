/** One digest challenge that we can answer. */
export interface Challenge {
  realm: string;
  nonce: string;
  opaque: string | undefined;
  /** As the server wrote it, to be sent back; `undefined`: it wrote none, which means MD5. */
  algorithm: string | undefined;
  hash: "md5" | "sha256";
  /** The `-sess` variant of the algorithm. */
  session: boolean;
  /** Whether `qop=auth` is offered; without it the old form of RFC 2069 is answered. */
  qop: boolean;
  /** The server says that only the nonce was too old. */
  stale: boolean;
}

/**
 * The best digest challenge of a `WWW-Authenticate` header, which may hold several of several schemes: SHA-256 before
 * MD5. `undefined` when there is none that we can answer (only `auth-int`, an unknown algorithm, no nonce).
 */
export function parseDigestChallenges(header: string): Challenge | undefined {
  const challenges = splitChallenges(header)
    .filter(({ scheme }) => scheme === "digest")
    .flatMap(({ fields }) => understand(fields) ?? []);
  return challenges.find(({ hash }) => hash === "sha256") ?? challenges[0];
}

function understand(fields: ReadonlyMap<string, string>): Challenge | undefined {
  const algorithm = fields.get("algorithm");
  const [, name, session] = /^(md5|sha-256)(-sess)?$/i.exec(algorithm ?? "MD5") ?? [];
  const offered = fields
    .get("qop")
    ?.toLowerCase()
    .split(/[\s,]+/);
  const nonce = fields.get("nonce");
  if (name === undefined || nonce === undefined || (offered && !offered.includes("auth"))) return undefined;
  return {
    realm: fields.get("realm") ?? "",
    nonce,
    opaque: fields.get("opaque"),
    algorithm,
    hash: name.toLowerCase() === "md5" ? "md5" : "sha256",
    session: session !== undefined,
    qop: offered !== undefined,
    stale: fields.get("stale")?.toLowerCase() === "true",
  };
}

/** `name=value`, `name="quoted, with commas"`, or a word that begins the next scheme. */
const PIECE = /([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/g;

function splitChallenges(header: string): { scheme: string; fields: Map<string, string> }[] {
  const challenges: { scheme: string; fields: Map<string, string> }[] = [];
  for (const [, name = "", quoted, token] of header.matchAll(PIECE)) {
    const value = quoted?.replace(/\\(.)/g, "$1") ?? token;
    if (value === undefined) challenges.push({ scheme: name.toLowerCase(), fields: new Map() });
    else challenges.at(-1)?.fields.set(name.toLowerCase(), value);
  }
  return challenges;
}
