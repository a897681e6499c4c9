/** Groups in the order of first appearance; what has no key is in no group. */
export function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K | undefined): [K, T[]][] {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups];
}

/** A number as a sentence has it. */
export function count(number: number): string {
  return ["no", "one", "two", "three", "four", "five"][number] ?? String(number);
}
