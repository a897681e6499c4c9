/**
 * Returns a value with only the types of a protobuf Struct. The SDK fails on other types after the object was created,
 * and state then lacks the object. A Date would become an empty object, and a large number would lose its last digits.
 */
export function toStruct(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return value.map((item) => toStruct(item) ?? null);
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => [key, toStruct(item)] as const);
    return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
  }
  return typeof value === "string" || typeof value === "boolean" || value === null ? value : undefined;
}
