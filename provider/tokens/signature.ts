import { type Buffer, Buffer as Bytes } from "node:buffer";
import { constants, createHmac, timingSafeEqual, verify } from "node:crypto";
import { flattenedVerify } from "jose";
import { signsWith } from "./algorithms.ts";
import type { SigningKey } from "./keys.ts";

export function fits(alg: string, key: SigningKey): boolean {
  return signsWith(key.type, alg);
}

/** Whether the key made the signature. Expects an algorithm that fits the key; never throws. */
export async function isSigned(signed: string, signature: Buffer, alg: string, { key }: SigningKey): Promise<boolean> {
  const dot = signed.indexOf(".");
  const token = {
    protected: signed.slice(0, dot),
    payload: signed.slice(dot + 1),
    // Encoded again: of padding and stray bits in it the server takes no notice, and jose does.
    signature: signature.toString("base64url"),
  };
  try {
    await flattenedVerify(token, key, { algorithms: [alg] });
    return true;
  } catch {
    // The signature is wrong, or jose refuses a header (`crit`, `b64`) that the server does not look at: then it counts.
    return verifyAlone(signed, signature, alg, key);
  }
}

function verifyAlone(signed: string, signature: Buffer, alg: string, key: SigningKey["key"]): boolean {
  const padding = alg.startsWith("PS")
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : {};
  try {
    return verify(`sha${alg.slice(2)}`, Bytes.from(signed), { key, dsaEncoding: "ieee-p1363", ...padding }, signature);
  } catch {
    return false;
  }
}

/** Returns whether the signature is an HMAC over an empty secret, which proves nothing. */
export function isBlankHmac(signed: string, signature: Buffer, alg: string): boolean {
  if (!/^HS(256|384|512)$/.test(alg)) return false;
  const blank = createHmac(`sha${alg.slice(2)}`, "")
    .update(signed)
    .digest();
  return blank.length === signature.length && timingSafeEqual(blank, signature);
}
