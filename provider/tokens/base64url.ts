import { Buffer } from "node:buffer";

/** The bytes that the server decodes, and all deviations of the text from RFC 7515. */
export interface Base64Url {
  readonly bytes: Buffer;
  /** The server lets both pass: `=` in the last group, and bits at the end that encode nothing. */
  readonly padded: boolean;
  readonly strayBits: boolean;
}

/** Why the server cannot read it. */
export type Base64UrlProblem = "character" | "length" | "padding";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

export function decodeBase64Url(text: string): Base64Url | Base64UrlProblem {
  const bare = text.endsWith("=") ? text.replace(/(?<!=)=+$/, "") : text;
  const bytes = Buffer.from(bare, "base64url");
  if (!isAllRead(bare, bytes)) return /^[A-Za-z0-9_-]*$/.test(bare) ? "length" : "character";
  const signs = text.length - bare.length;
  if (signs > 0 && !isPaddingRead(bare.length % 4, signs)) return "padding";
  return { bytes, padded: signs > 0, strayBits: hasStrayBits(bare) };
}

/** mongod (base64.cpp, decodeImpl) reads `=` at the third and fourth place of the last group, and needs none of them. */
function isPaddingRead(characters: number, signs: number): boolean {
  return (characters === 3 && signs === 1) || (characters === 2 && signs <= 2);
}

/** Node passes over every character that it does not know, and knows those of base64, too: quicker than to look at each. */
function isAllRead(bare: string, bytes: Buffer): boolean {
  if (bare.length % 4 === 1 || bare.includes("+") || bare.includes("/")) return false;
  return bytes.length === Math.floor((bare.length * 3) / 4);
}

function hasStrayBits(bare: string): boolean {
  const over = bare.length % 4;
  if (over === 0) return false;
  const last = ALPHABET.indexOf(bare.at(-1) ?? "A");
  return (last & (over === 2 ? 0b1111 : 0b11)) !== 0;
}
