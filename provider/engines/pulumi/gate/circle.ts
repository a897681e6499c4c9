/** The first circle among nodes, in the order in which it is walked; `undefined` if there is none. */
export function findCircle<T>(nodes: readonly T[], next: (node: T) => readonly T[]): readonly T[] | undefined {
  const done = new Set<T>();
  const walk = (node: T, path: readonly T[]): readonly T[] | undefined => {
    const at = path.indexOf(node);
    if (at >= 0) return path.slice(at);
    if (done.has(node)) return undefined;
    for (const other of next(node)) {
      const circle = walk(other, [...path, node]);
      if (circle !== undefined) return circle;
    }
    done.add(node);
    return undefined;
  };
  for (const node of nodes) {
    const circle = walk(node, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}
