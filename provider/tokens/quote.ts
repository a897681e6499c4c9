/** Longer than this nothing of a token is repeated: no segment of a signed token fits. */
const MAX = 80;

/**
 * A value of a token as it may be printed: on one line, without anything that a terminal obeys, and never a whole
 * token or signature.
 */
export function quote(value: unknown): string {
  if (typeof value !== "string") return kindOf(value);
  const shown = value.length > MAX ? `${value.slice(0, MAX / 2)}…` : value;
  return JSON.stringify(shown.toWellFormed()).replace(
    /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** What a value is, where its form is the mistake. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" ? "a text" : "an object";
}
