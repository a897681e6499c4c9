import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Compares in constant time. Both sides are hashed first, since `timingSafeEqual` refuses different lengths. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());
}

/** 24 hexadecimal characters: the time in seconds, then chance, as the control planes make them. */
export function newObjectId(now: number): string {
  const seconds = Math.floor(now / 1000) & 0xffffffff;
  return (seconds >>> 0).toString(16).padStart(8, "0") + randomBytes(8).toString("hex");
}

/** A public key as Atlas makes them: eight lower-case letters. */
export function newPublicKey(): string {
  return Array.from(randomBytes(8), (byte) => String.fromCharCode(97 + (byte % 26))).join("");
}

/** A private key as Atlas makes them: in the form of a UUID. */
export function newPrivateKey(): string {
  const hex = randomBytes(16).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
