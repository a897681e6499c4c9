/** Keys in the forms in which people have them. */

import { createPublicKey } from "node:crypto";
import { isObject, parseJson } from "./json.ts";

/** A key set from a text. One key alone counts as a set of one. Everything else stays as it is. */
export function keySetIn(text: string): unknown {
  const plain = text.replace(/^\uFEFF/, "").trim();
  const json = parseJson(plain);
  return typeof json === "object" && isObject(json.value) && typeof json.value.kty === "string"
    ? { keys: [json.value] }
    : plain;
}

/** The name of something that is not a key set, for a message. */
export function kindOfKeys(given: unknown): string | undefined {
  if (typeof given === "string") {
    if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(given)) return "a private key as PEM, which belongs in no other file";
    if (given.includes("-----BEGIN ")) return `${isPublicKey(given) ? "a public key" : "a file"} as PEM, without a kid`;
    return undefined;
  }
  if (!isObject(given)) return undefined;
  if (typeof given.jwks_uri === "string")
    return "the metadata document of an issuer; its jwks_uri is the address of the key set";
  return typeof given.kty === "string" ? "one key (JWK)" : undefined;
}

function isPublicKey(pem: string): boolean {
  try {
    createPublicKey(pem);
    return true;
  } catch {
    return false;
  }
}
