import { Buffer } from "node:buffer";
import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { type KeyType, signsWith } from "./algorithms.ts";
import { decodeBase64Url } from "./base64url.ts";
import { advises, type Effect, refuses, says, type TokenFinding } from "./finding.ts";
import { kindOfKeys } from "./given-keys.ts";
import { isObject, type JsonObject, parseJson } from "./json.ts";
import { quote } from "./quote.ts";
import type { Server } from "./server.ts";

/** More than this no issuer publishes. In characters, and in keys. */
export const MAX_KEY_SET = 1024 * 1024;
const MAX_KEYS = 1000;

const MIN_RSA_BITS = 2048;
/** OpenSSL verifies with no larger modulus. */
const MAX_RSA_BYTES = 2048;
const CURVE_BYTES: Readonly<Record<string, number>> = { "P-256": 32, "P-384": 48 };

export interface SigningKey {
  readonly kid: string;
  readonly type: KeyType;
  readonly key: KeyObject;
}

/** The keys of an issuer, as a server would have them. Public parts only. */
export interface KeySet {
  /** By `kid`. Empty when the server would drop the set. */
  readonly keys: ReadonlyMap<string, SigningKey>;
  /** One key that cannot be loaded drops all of them. `unknown`: on some releases. */
  readonly dropped: boolean | "unknown";
  readonly findings: readonly TokenFinding[];
}

/** A key that the server loads, one that it passes over, or one that stops it. */
type Loaded = SigningKey | "ignored" | { readonly problem: string; readonly effect: Effect };

/**
 * Reads a JSON Web Key Set as the server does when it loads one: all keys or none.
 *
 * @param given the set, or its text. Private key parts are dropped.
 */
export function screenKeys(given: unknown, server: Server): KeySet {
  const set = typeof given === "string" ? readText(given) : given;
  if (set === "too large") return nothing(refuses("FED136", { path: "keys", message: "the key set is too large" }));
  const list = isObject(set) ? set.keys : undefined;
  if (!Array.isArray(list)) {
    const kind = kindOfKeys(set ?? given);
    const message =
      kind === undefined ? "this is not a key set: it has no list `keys`" : `this is not a key set, but ${kind}`;
    return nothing(refuses("FED110", { path: "keys", message }));
  }
  if (list.length > MAX_KEYS) {
    const message = `the key set has ${list.length} keys, ${MAX_KEYS} at most are read`;
    return nothing(refuses("FED136", { path: "keys", message }));
  }
  return screenList(list, server);
}

function screenList(list: readonly unknown[], server: Server): KeySet {
  const keys = new Map<string, SigningKey>();
  const findings: TokenFinding[] = [];
  for (const [index, jwk] of list.entries()) {
    const path = `keys[${index}]`;
    const name = isObject(jwk) && typeof jwk.kid === "string" && jwk.kid !== "" ? `key ${quote(jwk.kid)}` : path;
    const told = (effect: Effect, problem: string) =>
      findings.push(says(effect, "FED110", { path, message: `${name} drops the whole key set: ${problem}` }));
    findings.push(...remarks(jwk, path, name));
    const loaded = load(jwk, server);
    if (loaded === "ignored") {
      findings.push(advises("FED135", { path, message: `${name} has a type that the server ignores` }));
    } else if ("problem" in loaded) told(loaded.effect, loaded.problem);
    else if (keys.has(loaded.kid)) told(loaded.type === "RSA" ? "refuses" : "unknown", "its kid is used twice");
    else keys.set(loaded.kid, loaded);
  }
  const stops = (effect: Effect) => findings.some((found) => found.code === "FED110" && found.effect === effect);
  if (stops("refuses")) return { keys: new Map(), dropped: true, findings };
  return { keys, dropped: stops("unknown") ? "unknown" : false, findings };
}

function load(jwk: unknown, server: Server): Loaded {
  const bad = (problem: string, effect: Effect = "refuses") => ({ problem, effect });
  if (!isObject(jwk)) return bad("it is not an object");
  if (typeof jwk.kty !== "string") return bad("it has no kty");
  // Before the type is looked at: a key of a type that is passed over needs a kid, too.
  if (typeof jwk.kid !== "string") return bad("it has no kid");
  if (jwk.kty === "RSA") return loadRsa(jwk, jwk.kid);
  if (jwk.kty !== "EC" || server.ellipticCurves === "refuses") return "ignored";
  return loadCurve(jwk, jwk.kid);
}

function loadRsa(jwk: JsonObject, kid: string): Loaded {
  const bad = (problem: string): Loaded => ({ problem, effect: "refuses" });
  if (kid === "") return bad("its kid is empty");
  const modulus = bytesOf(jwk.n);
  const exponent = bytesOf(jwk.e);
  if (modulus === undefined || exponent === undefined) return bad("it has no modulus or exponent that can be read");
  const bits = modulus.length * 8;
  if (bits < MIN_RSA_BITS) return bad(`it has ${bits} bits, and the server requires ${MIN_RSA_BITS}`);
  if (exponent.length === 0 || (exponent.length === 1 && (exponent[0] ?? 0) < 3)) return bad("its exponent is below 3");
  const key = publicKey({ kty: "RSA", n: jwk.n as string, e: jwk.e as string });
  return key === undefined ? bad("it is not an RSA key") : { kid, type: "RSA", key };
}

/** Only newer servers read these, and which ones is not known: so is whether one that they cannot read stops them. */
function loadCurve(jwk: JsonObject, kid: string): Loaded {
  const bad = (problem: string): Loaded => ({ problem, effect: "unknown" });
  if (kid === "") return bad("its kid is empty");
  const curve = typeof jwk.crv === "string" ? jwk.crv : "";
  const size = CURVE_BYTES[curve];
  if (size === undefined) return bad(`the server knows the curves P-256 and P-384 only`);
  const coordinates = [jwk.x, jwk.y].map((value) => (typeof value === "string" ? decodeBase64Url(value) : "length"));
  if (coordinates.some((value) => typeof value === "string" || value.bytes.length !== size)) {
    return bad(`its coordinates do not have ${size} bytes`);
  }
  const key = publicKey({ kty: "EC", crv: curve, x: jwk.x as string, y: jwk.y as string });
  return key === undefined ? bad("it is not a point of its curve") : { kid, type: curve as "P-256" | "P-384", key };
}

function remarks(jwk: unknown, path: string, name: string): TokenFinding[] {
  if (!isObject(jwk)) return [];
  const secret = jwk.kty === "oct" ? jwk.k !== undefined : jwk.d !== undefined;
  return [
    ...(secret ? [advises("FED134", { path, message: `${name} is published with its private part` })] : []),
    ...(jwk.use !== undefined && jwk.use !== "sig"
      ? [advises("FED135", { path, message: `${name} is not meant for signatures (use ${quote(jwk.use)})` })]
      : otherPurpose(jwk).map((purpose) =>
          advises("FED135", { path, message: `${name} is not meant for its signatures (${purpose})` }),
        )),
    ...(jwk.kty === "RSA" && isRoca(bytesOf(jwk.n))
      ? [advises("FED147", { path, message: `${name} has the ROCA weakness` })]
      : []),
  ];
}

/** Returns values of `alg` and `key_ops` that a server ignores, but other software does not. */
function otherPurpose({ kty, crv, alg, key_ops: operations }: JsonObject): string[] {
  const type = kty === "RSA" ? "RSA" : crv === "P-256" || crv === "P-384" ? crv : undefined;
  return [
    ...(typeof alg === "string" && type !== undefined && !signsWith(type, alg) ? [`alg ${quote(alg)}`] : []),
    ...(Array.isArray(operations) && !operations.includes("verify") ? ["key_ops without verify"] : []),
  ];
}

/** The primes up to 167: keys of 512 bits and more that have the weakness are built from powers of 65537 modulo these. */
const SMALL_PRIMES = Array.from({ length: 168 }, (_, number) => number).filter(
  (number) => number > 2 && Array.from({ length: number }, (_, other) => other).every((n) => n < 2 || number % n !== 0),
);

/** The remainders that powers of 65537 leave, for each prime. */
const POWERS = SMALL_PRIMES.map((prime) => {
  const found = new Set<number>();
  for (let power = 1; !found.has(power); power = (power * (65_537 % prime)) % prime) found.add(power);
  return { prime: BigInt(prime), found };
});

/** CVE-2017-15361: the private key can be computed. Of other keys one in a hundred million looks like that. */
function isRoca(modulus: Uint8Array | undefined): boolean {
  if (modulus === undefined || modulus.length === 0 || modulus.length > MAX_RSA_BYTES) return false;
  const number = BigInt(`0x${Buffer.from(modulus).toString("hex")}`);
  return POWERS.every(({ prime, found }) => found.has(Number(number % prime)));
}

function readText(text: string): unknown {
  if (text.length > MAX_KEY_SET) return "too large";
  const json = parseJson(text);
  return typeof json === "string" ? undefined : json.value;
}

function nothing(found: TokenFinding): KeySet {
  return { keys: new Map(), dropped: true, findings: [found] };
}

/** The number without leading zeros, as bytes. */
function bytesOf(value: unknown): Uint8Array | undefined {
  const decoded = typeof value === "string" ? decodeBase64Url(value) : "character";
  if (typeof decoded === "string") return undefined;
  const first = decoded.bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? decoded.bytes.subarray(0, 0) : decoded.bytes.subarray(first);
}

function publicKey(jwk: JsonWebKey): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: "jwk" });
  } catch {
    return undefined;
  }
}
