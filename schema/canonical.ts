/**
 * The same text for values of the same meaning: the order of keys and lists does not count, and neither do repeated items.
 *
 * @param isAbsent returns whether a value means the same as a missing one
 */
export function canonicalText(value: unknown, isAbsent: (value: unknown) => boolean): string | undefined {
  if (isAbsent(value)) return undefined;
  if (Array.isArray(value)) {
    const items = value.map((item) => canonicalText(item, isAbsent) ?? "null");
    return `[${[...new Set(items)].sort().join()}]`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .map(([key, item]) => [key, canonicalText(item, isAbsent)] as const)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${item}`).join()}}`;
}
