/**
 * Returns the canonical form of a time: UTC, to the second, as Atlas writes it. Other values are returned unchanged.
 */
export function canonicalDate(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const time = Date.parse(value);
  return Number.isNaN(time) ? value : new Date(time).toISOString().replace(/\.\d{3}Z$/, "Z");
}

/** Whether a moment is over, by this machine's clock. */
export function isPast(value: unknown): boolean {
  return typeof value === "string" && Date.parse(value) <= Date.now();
}
