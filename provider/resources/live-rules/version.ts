/** Whether a server version, `7.0.11` or `8.0.12-ent`, comes before a minimum. */
export function isBefore(version: string, minimum: readonly number[]): boolean {
  const parts = version.split(".").map((part) => Number.parseInt(part, 10));
  const at = minimum.findIndex((part, index) => (parts[index] ?? 0) !== part);
  return at >= 0 && (parts[at] ?? 0) < (minimum[at] ?? 0);
}
