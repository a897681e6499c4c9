import { Buffer } from "node:buffer";
import { printable } from "../printable.ts";

const MASK = "[redacted]";
/** Below this a secret is no secret, and masking it would tear words apart. */
const MIN_SECRET = 4;
/** Parts of an encoding are only masked from this length on: shorter ones turn up by chance. */
const MIN_PART = 10;
const MAX_PASSING = 512;

const lasting = new Map<string, readonly string[]>();
const passing = new Map<string, readonly string[]>();

/**
 * From now on `redact` masks this value and its usual encodings, for the life of the process. The registry is of the
 * process, not of a client: an error of one client may well quote what another one sent.
 */
export function registerSecret(value: string): void {
  if (value.length >= MIN_SECRET && !lasting.has(value)) lasting.set(value, formsOf(value));
}

/** The same for values that are used once (a digest response): only the latest few hundred are kept. */
export function registerPassingSecret(value: string): void {
  if (value.length < MIN_SECRET || passing.has(value)) return;
  passing.set(value, [value]);
  if (passing.size > MAX_PASSING) passing.delete(passing.keys().next().value ?? "");
}

/** The text with every registered secret, in any of its forms, and every Authorization value masked. */
export function redact(text: string): string {
  let result = text;
  for (const forms of [...lasting.values(), ...passing.values()]) {
    for (const form of forms) if (result.includes(form)) result = result.replaceAll(form, MASK);
  }
  return result
    .replace(/\b(Bearer|Basic)(\s+)[A-Za-z0-9._~+/=-]{20,}/gi, `$1$2${MASK}`)
    .replace(/\b(response\s*=\s*\\?")[0-9a-f]{32,}/gi, `$1${MASK}`)
    .replace(/(\/\/[^/\s:@]*:)[^/\s@]+@/g, `$1${MASK}@`);
}

/** `redact` for every string and key of a JSON value from outside, whose text becomes printable. */
export function redactDeep(value: unknown): unknown {
  if (typeof value === "string") return printable(redact(value));
  if (Array.isArray(value)) return value.map(redactDeep);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [printable(redact(key)), redactDeep(item)]));
}

/** Longest first: a short form must not leave the rest of a longer one behind. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encodeURIComponent(secret.toWellFormed());
  const hex = bytes.toString("hex");
  const forms = [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    url,
    url.replaceAll("%20", "+"),
    url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    new URLSearchParams({ s: secret }).toString().slice(2),
    hex,
    hex.toUpperCase(),
    bytes.toString("base64"),
    bytes.toString("base64url"),
    ...partsInBase64(bytes),
  ];
  return [...new Set(forms)].filter((form) => form.length >= MIN_SECRET).sort((a, b) => b.length - a.length);
}

/**
 * The secret as it shows inside the base64 of something longer (`user:secret`): base64 takes three bytes at a time, so
 * there are three ways it can lie, and in each only the outermost characters depend on its neighbors.
 */
function partsInBase64(bytes: Buffer): string[] {
  const parts: string[] = [];
  for (const offset of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .replace(/(?<!=)=+$/, "");
    const whole = Math.floor(((offset + bytes.length) * 8) / 6);
    const part = text.slice(Math.ceil((offset * 8) / 6), whole);
    if (part.length >= MIN_PART) parts.push(part, part.replaceAll("+", "-").replaceAll("/", "_"));
  }
  return parts;
}
