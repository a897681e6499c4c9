import { catalogue } from "../rules/index.ts";
import { isCurveAlgorithm, isRsaAlgorithm } from "./algorithms.ts";
import { advises, refuses, says, type TokenFinding } from "./finding.ts";
import type { JsonObject } from "./json.ts";
import { kindOf, quote } from "./quote.ts";
import type { Server } from "./server.ts";
import { fixAt } from "./vendors.ts";

/** Longer than this no `kid` is: thumbprints have 43 characters, names a few more. */
const MAX_KID = 256;
/** Paths, queries, filters, invisible characters: what no identity provider names a key by. */
const SUSPICIOUS_KID = /\.\.[\\/]|^\/(dev|etc|proc|tmp|usr|var)\/|\p{C}|['"`;|<>]|\)\(|\bunion\b.*\bselect\b/iu;

/** Checks the header fields that the server reads before times and keys. */
export function headerFindings(header: JsonObject, issuer: unknown): TokenFinding[] {
  return [...algForm(header.alg), ...kidForm(header.kid, issuer), ...typeOf(header.typ, issuer)];
}

/** The algorithm, at the point where the server uses it. */
export function algorithmFindings(alg: unknown, server: Server, issuer: unknown): TokenFinding[] {
  if (typeof alg !== "string" || isRsaAlgorithm(alg)) return [];
  const path = "header.alg";
  if (alg.toLowerCase() === "none")
    return [refuses("FED120", { path, message: `the token is not signed: alg ${quote(alg)}` })];
  const message = `the token is signed with ${quote(alg)}`;
  if (/^HS\d*$/i.test(alg)) return [refuses("FED121", { path, message })];
  const fix = fixAt(catalogue.FED129.fix, issuer, "algorithm");
  return [says(isCurveAlgorithm(alg) ? server.ellipticCurves : "refuses", "FED129", { path, message, fix })];
}

/** Reports header fields that the server ignores although they are a mistake or an attack. */
export function headerAdvice(header: JsonObject): TokenFinding[] {
  const has = (name: string) => header[name] !== undefined;
  const addresses = ["jku", "x5u"].filter(has);
  const unprocessed = ["crit", "b64", "zip", "enc", "cty"].filter(has);
  return [
    ...(has("jwk") ? [advises("FED123", { path: "header.jwk", message: "the header holds a key" })] : []),
    ...addresses.map((name) =>
      advises("FED124", {
        path: `header.${name}`,
        message: `the header says where a key is: ${name} ${quote(header[name])}`,
      }),
    ),
    ...(has("x5c") ? [advises("FED125", { path: "header.x5c", message: "the header holds a certificate" })] : []),
    ...(isSuspicious(header.kid)
      ? [advises("FED126", { path: "header.kid", message: `the kid is not a plain name: ${quote(header.kid)}` })]
      : []),
    ...unprocessed.map((name) =>
      advises("FED127", {
        path: `header.${name}`,
        message: `the header has ${name}, which the server ignores`,
      }),
    ),
  ];
}

function algForm(alg: unknown): TokenFinding[] {
  if (typeof alg === "string") return [];
  return [refuses("FED129", { path: "header.alg", message: `alg must be a text, and is ${kindOf(alg)}` })];
}

function kidForm(kid: unknown, issuer: unknown): TokenFinding[] {
  if (typeof kid === "string") return [];
  const message =
    kid === undefined || kid === null ? "the header has no kid" : `kid must be a text, and is ${kindOf(kid)}`;
  return [refuses("FED109", { path: "header.kid", message, fix: fixAt(catalogue.FED109.fix, issuer, "keys") })];
}

function typeOf(typ: unknown, issuer: unknown): TokenFinding[] {
  if (typ === undefined || typ === null || typ === "JWT") return [];
  const message = `the header's typ is ${quote(typ)}, the server accepts "JWT" or none`;
  return [refuses("FED102", { path: "header.typ", message, fix: fixAt(catalogue.FED102.fix, issuer, "type") })];
}

function isSuspicious(kid: unknown): boolean {
  return typeof kid === "string" && (kid === "" || kid.length > MAX_KID || SUSPICIOUS_KID.test(kid));
}
