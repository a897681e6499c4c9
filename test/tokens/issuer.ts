/** An identity provider of the tests: makes keys and signs whatever it is told, rightly or wrongly. */

import { constants, generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from "node:crypto";
import { type Circumstances, type Judgement, judge, screenKeys, serverOf } from "../../provider/tokens/index.ts";
import { type TokenConfigInput, tokenConfigSchema } from "../../schema/token-config.ts";

export const ISSUER = "https://idp.example.com";
export const AUDIENCE = "mongodb";
/** The moment of all tests, in seconds and in milliseconds. */
export const NOW = 1_800_000_000;
export const NOW_MS = NOW * 1000;

export interface KeyPair {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: JsonWebKey & { kid: string };
}

export function rsaKey(kid: string, modulusLength = 2048): KeyPair {
  return named(kid, generateKeyPairSync("rsa", { modulusLength }));
}

export function curveKey(kid: string, namedCurve: string): KeyPair {
  return named(kid, generateKeyPairSync("ec", { namedCurve }));
}

function named(kid: string, pair: { privateKey: KeyObject; publicKey: KeyObject }): KeyPair {
  return { kid, ...pair, jwk: { ...pair.publicKey.export({ format: "jwk" }), kid, use: "sig" } };
}

export const key = rsaKey("key-1");
export const otherKey = rsaKey("key-2");

export const header = { alg: "RS256", kid: key.kid, typ: "JWT" };
export const claims = { iss: ISSUER, aud: AUDIENCE, sub: "ada", groups: ["dba"], iat: NOW, exp: NOW + 3600 };

type Json = Record<string, unknown> | string;

export function encode(part: Json | Uint8Array): string {
  const bytes = part instanceof Uint8Array ? part : typeof part === "string" ? part : JSON.stringify(part);
  return Buffer.from(bytes).toString("base64url");
}

/** The token with a true signature over whatever the parts hold. */
export function issue(changes: Json = {}, headerChanges: Json = {}, by: KeyPair = key): string {
  const head = typeof headerChanges === "string" ? headerChanges : { ...header, ...headerChanges };
  const body = typeof changes === "string" ? changes : { ...claims, ...changes };
  return seal(`${encode(head)}.${encode(body)}`, typeof head === "string" ? "RS256" : String(head.alg), by);
}

/** Adds the signature to a text of two parts. An algorithm that is none signs as RS256 does. */
export function seal(signed: string, alg = "RS256", by: KeyPair = key): string {
  const digest = `sha${/\d{3}$/.exec(alg)?.[0] ?? "256"}`;
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const options = { key: by.privateKey, dsaEncoding: "ieee-p1363" as const, ...(alg.startsWith("PS") ? pss : {}) };
  return `${signed}.${sign(digest, Buffer.from(signed), options).toString("base64url")}`;
}

/** A configuration with one provider that grants by group, and one that grants one by one. */
export function config(changes: Partial<TokenConfigInput> = {}) {
  return tokenConfigSchema.parse({
    identityProviders: [people],
    groups: [{ identityProvider: "corp", group: "dba", roles: ["readWrite@app"] }],
    ...changes,
  });
}

export const people = {
  name: "corp",
  prefix: "corp",
  idpType: "WORKFORCE" as const,
  issuerUri: ISSUER,
  audience: AUDIENCE,
  clientId: "client",
  authorizationType: "GROUP" as const,
};
export const programs = {
  name: "apps",
  prefix: "apps",
  idpType: "WORKLOAD" as const,
  issuerUri: ISSUER,
  audience: AUDIENCE,
  authorizationType: "USER" as const,
};

export interface Setting extends Omit<Circumstances, "keys" | "config"> {
  readonly config?: Partial<TokenConfigInput>;
  readonly server?: string;
  /** A key set; `false`: none is given. Default: that of the issuer. */
  readonly keys?: unknown;
}

export const keySet = { keys: [key.jwk, otherKey.jwk] };

export function judged(token: string, { config: changes, server = "8.0", keys = keySet, ...rest }: Setting = {}) {
  return judge(
    { token },
    {
      at: NOW_MS,
      config: { ...config(changes), serverVersion: server },
      ...(keys === false ? {} : { keys: screenKeys(keys, serverOf(server)) }),
      ...rest,
    },
  );
}

/** Outcome and codes in one line: `refused FED108`, `accepted | FED106`. Uncertain findings have a question mark. */
export function verdict({ outcome, server, advice }: Judgement): string {
  const codes = server.map(({ code, effect }) => (effect === "unknown" ? `${code}?` : code));
  const advised = advice.length === 0 ? [] : ["|", ...advice.map(({ code }) => code)];
  return [outcome, ...codes, ...advised].join(" ");
}

export async function verdictOf(token: string, setting: Setting = {}): Promise<string> {
  return verdict(await judged(token, setting));
}
