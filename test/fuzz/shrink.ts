/** Makes a failing list smaller: leaves out what the failure does not need, in blocks that get smaller. */
export async function shrunk<T>(
  items: readonly T[],
  stillFails: (items: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let current = items;
  let size = Math.ceil(current.length / 2);
  while (size >= 1) {
    let removed = false;
    for (let start = 0; start < current.length; ) {
      const smaller = [...current.slice(0, start), ...current.slice(start + size)];
      if (smaller.length < current.length && (await stillFails(smaller))) {
        current = smaller;
        removed = true;
      } else {
        start += size;
      }
    }
    if (size === 1 && !removed) break;
    size = size === 1 ? 1 : Math.ceil(size / 2);
  }
  return current;
}
