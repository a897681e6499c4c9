import { type Buffer, isUtf8 } from "node:buffer";
import { decodeBase64Url } from "./base64url.ts";
import { advises, refuses, type TokenFinding } from "./finding.ts";
import { isObject, type JsonObject, parseJson } from "./json.ts";
import { quote } from "./quote.ts";

/** Larger than this no token is: a login message of a driver holds less. In characters. */
const MAX_TOKEN = 1024 * 1024;

/** A part of the token, and what is to be said of its form. Without `value` it cannot be read. */
export interface Part<T> {
  readonly value?: T;
  readonly findings: readonly TokenFinding[];
}

/** A token taken apart, each part by itself: the server reads the claims before the header. */
export interface DecodedToken {
  readonly header: Part<JsonObject>;
  readonly claims: Part<JsonObject>;
  readonly signature: Part<Buffer>;
  /** The text that is signed. */
  readonly signed: string;
}

/** Names that the server knows: one that stands twice stops it. Of all others it does not look at any. */
const KNOWN_NAMES = {
  header: ["alg", "kid", "typ"],
  claims: ["iss", "sub", "aud", "exp", "nbf"],
};

/**
 * Splits a token into its parts. Never throws. Returns findings for a text that is no JWT. Accepts one line break at the
 * end, as files have it, and reports any other white space.
 */
export function decodeToken(given: string): DecodedToken | readonly TokenFinding[] {
  if (given.length > MAX_TOKEN) {
    return [refuses("FED136", { message: `this has ${given.length} characters, ${MAX_TOKEN} at most are read` })];
  }
  const segments = (given.endsWith("\n") ? given.replace(/\r?\n$/, "") : given).split(".");
  const [header, claims, signature] = segments;
  if (segments.length !== 3 || header === undefined || claims === undefined || signature === undefined) {
    return [notAJwt(given, segments.length)];
  }
  return {
    header: headerPart(header),
    claims: objectPart("claims", claims),
    signature: bytesPart("signature", signature),
    signed: `${header}.${claims}`,
  };
}

/** Claims that no token carries: brought into the same form, so that all that follows is the same. */
export function decodeClaims(given: unknown): Part<JsonObject> {
  let text: string | undefined;
  try {
    text = JSON.stringify(given);
  } catch {
    // A circle, or a number that JSON does not have.
  }
  return text === undefined ? unreadable("claims") : parsed("claims", text);
}

export function isGoogleAccessToken(given: string): boolean {
  return /^\s*ya29\./.test(given);
}

function notAJwt(given: string, parts: number): TokenFinding {
  if (given.trim() === "") return refuses("FED101", { message: "there is no token: the text is empty" });
  if (parts === 5) return refuses("FED101", { message: "this is an encrypted token (JWE): it has five parts" });
  if (/^\s*\{/.test(given)) return refuses("FED101", { message: "this is JSON, not a compact token" });
  if (isGoogleAccessToken(given))
    return refuses("FED101", { message: "this is an access token of Google, which is opaque" });
  const many = parts === 1 ? "no dot at all: an opaque token" : `${parts} parts instead of three`;
  return refuses("FED101", { message: `this is not a JWT: it has ${many}` });
}

/** Tokens of one issuer have one header: it is read once in a row. */
let lastHeader: { readonly text: string; readonly part: Part<JsonObject> } | undefined;

function headerPart(text: string): Part<JsonObject> {
  if (lastHeader?.text !== text) lastHeader = { text, part: objectPart("header", text) };
  return lastHeader.part;
}

function objectPart(name: "header" | "claims", text: string): Part<JsonObject> {
  const { value: bytes, findings } = bytesPart(name, text);
  if (bytes === undefined) return { findings };
  const part = isUtf8(bytes) ? parsed(name, bytes.toString("utf8")) : unreadable(name);
  return { ...part, findings: [...findings, ...part.findings] };
}

function parsed(name: "header" | "claims", text: string): Part<JsonObject> {
  const json = parseJson(text);
  if (json === "depth") return tooLarge(name, "nested too deep");
  if (json === "number") return tooLarge(name, "a number that is too large");
  if (json === "syntax" || !isObject(json.value)) return unreadable(name);
  return { value: json.value, findings: json.duplicates.map((path) => duplicate(name, path)) };
}

function duplicate(part: "header" | "claims", name: string): TokenFinding {
  const verdict = {
    path: `${part}.${name.slice(0, 80)}`,
    message: `the name ${quote(name)} stands twice in the ${part}`,
  };
  return KNOWN_NAMES[part].includes(name) ? refuses("FED130", verdict) : advises("FED130", verdict);
}

function unreadable(name: string): Part<never> {
  return { findings: [refuses("FED137", { path: name, message: `the ${name} part is not a JSON object` })] };
}

function tooLarge(name: string, what: string): Part<never> {
  return { findings: [refuses("FED136", { path: name, message: `the ${name} part has ${what}` })] };
}

function bytesPart(name: string, text: string): Part<Buffer> {
  const decoded = decodeBase64Url(text);
  const about = (what: string) => ({ path: name, message: `the ${name} part ${what}` });
  switch (decoded) {
    case "character":
      return { findings: [refuses("FED141", about("has characters that base64url does not have"))] };
    case "length":
      return { findings: [refuses("FED141", about("has a length that base64url cannot have"))] };
    case "padding":
      return { findings: [refuses("FED141", about("has = at its end, but not as many as belong there"))] };
  }
  return {
    value: decoded.bytes,
    findings: [
      ...(decoded.padded ? [advises("FED141", about("is padded with ="))] : []),
      ...(decoded.strayBits ? [advises("FED141", about("has stray bits at its end"))] : []),
    ],
  };
}
