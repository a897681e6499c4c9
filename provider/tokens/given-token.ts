/** Tokens in the forms in which people have them: headers, answers of token endpoints, quoted, wrapped, UTF-16. */

import { Buffer } from "node:buffer";
import { isObject, parseJson } from "./json.ts";
import type { TokenSource } from "./judge.ts";

/** A token, and how it was found in the text, in words for a note. */
export interface GivenToken {
  readonly source: TokenSource;
  readonly notes: readonly string[];
}

/** Names under which token endpoints and command line tools return a token; the access token before the others. */
const TOKEN_FIELDS = ["access_token", "accessToken", "token", "value", "id_token", "idToken"];
/** `kubectl create token --output json` nests it. */
const NESTED_FIELDS = ["status", "data"];
/** Claims that a JSON document is recognized by. */
const CLAIMS = ["iss", "sub", "aud", "exp", "iat", "nbf", "groups", "email"];

/** The text of a file or of stdin. Windows PowerShell writes UTF-16. */
export function textOfBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const even = buffer.subarray(0, buffer.length - (buffer.length % 2));
  const [first, second] = buffer;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0))
    return withoutMark(even.toString("utf16le"));
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0 && second !== undefined)) {
    return withoutMark(Buffer.from(even).swap16().toString("utf16le"));
  }
  return withoutMark(buffer.toString("utf8"));
}

/**
 * Returns the token in a text, or the claims if the text is a JSON object of claims. Other text is returned unchanged.
 */
export function tokenIn(text: string): GivenToken {
  const notes: string[] = [];
  let token = unwrapped(text);
  const json = token.startsWith("{") ? parseJson(token) : undefined;
  if (typeof json === "object" && isObject(json.value)) {
    const found = fieldIn(json.value);
    if (found !== undefined) {
      notes.push(`the token was taken from ${found.name} of a JSON document`);
      token = unwrapped(found.value);
    } else if (CLAIMS.some((name) => name in (json.value as object))) {
      return { source: { claims: json.value }, notes };
    }
  }
  const joined = token.replace(/\s+/g, "");
  if (joined !== token && isCompact(joined)) {
    notes.push("white space inside the token was removed");
    token = joined;
  }
  return { source: { token }, notes };
}

/** Without byte order mark, white space around it, quotation marks, and the words of an HTTP header. */
function unwrapped(text: string): string {
  let plain = withoutMark(text).trim();
  // A quoted header may hold a quoted token.
  for (let depth = 0; depth < 4; depth++) {
    plain = plain
      .replace(/^(["'`])(.*)\1$/s, "$2")
      .replace(/^(proxy-)?authorization\s*:/i, "")
      .replace(/^\s*bearer\s/i, "")
      .trim();
  }
  return plain;
}

function fieldIn(document: object): { name: string; value: string } | undefined {
  for (const name of TOKEN_FIELDS) {
    const value = (document as Record<string, unknown>)[name];
    if (typeof value === "string" && value !== "") return { name, value };
  }
  for (const name of NESTED_FIELDS) {
    const value = (document as Record<string, unknown>)[name];
    const found = isObject(value) ? TOKEN_FIELDS.find((each) => typeof value[each] === "string") : undefined;
    if (found !== undefined)
      return { name: `${name}.${found}`, value: String((value as Record<string, unknown>)[found]) };
  }
  return undefined;
}

function isCompact(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 3 && parts.every((part) => /^[\w=-]*$/.test(part));
}

function withoutMark(text: string): string {
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}
