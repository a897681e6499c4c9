import { printable } from "../printable.ts";

/** Longer than this nothing of a token is repeated: no segment of a signed token fits. */
const MAX = 80;
/** Of what is longer, so much of its beginning and of its end: issuers often differ there alone. */
const HEAD = 40;
const TAIL = 24;

/** A value of a token as it may be printed: never a whole token or signature, and nothing that a terminal obeys. */
export function quote(value: unknown): string {
  return typeof value === "string" ? `"${excerpt(value)}"` : kindOf(value);
}

/** The same without quotation marks. */
export function excerpt(text: string): string {
  const shown = text.length > MAX ? `${text.slice(0, HEAD)}…${text.slice(-TAIL)}` : text;
  return printable(JSON.stringify(shown.toWellFormed()).slice(1, -1));
}

/** Describes the type of a value whose form is the mistake. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" ? "a text" : "an object";
}
