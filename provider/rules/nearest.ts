/** Guesses what somebody meant. */

const HOW_MANY = 3;
/** No name is longer, and the distance takes the product of both lengths. */
const LONGEST = 100;

/** The items whose names are the fewest changed characters away from `text`; a name that contains it comes first. */
export function nearest<T>(text: string, items: readonly T[], namesOf: (item: T) => readonly string[]): T[] {
  const word = text.slice(0, LONGEST);
  const distance = (item: T) =>
    Math.min(...namesOf(item).map((name) => (name.includes(word) ? 0 : editDistance(word, name))));
  return items
    .map((item) => ({ item, distance: distance(item) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, HOW_MANY)
    .map(({ item }) => item);
}

/** Levenshtein's, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The name that `text` is most likely a slip of: of those that differ by a third of their letters at most, the nearest. */
export function slipOf(text: string, names: Iterable<string>): string | undefined {
  const distances = [...names].map((name) => ({
    name,
    distance: editDistance(text.toLowerCase(), name.toLowerCase()) / name.length,
  }));
  return distances.filter(({ distance }) => distance <= 1 / 3).sort((a, b) => a.distance - b.distance)[0]?.name;
}
