/** Differences of texts with several lines: what was added and removed, with a little of what stands around it. */

export interface DiffLine {
  readonly op: "same" | "create" | "delete";
  readonly line: string;
}

/** Lines of unchanged text shown on each side of a change. */
const CONTEXT = 2;

export function lineDiff(old: string, now: string): DiffLine[] {
  const all = changedLines(old.split("\n"), now.split("\n")).filter(({ line }) => line.trim() !== "");
  const shown: DiffLine[] = [];
  for (let i = 0; i < all.length; ) {
    const line = all[i] as DiffLine;
    if (line.op !== "same") {
      shown.push(line);
      i++;
      continue;
    }
    let end = i;
    while (all[end]?.op === "same") end++;
    shown.push(...shortened(all.slice(i, end), i === 0, end === all.length));
    i = end;
  }
  return shown;
}

function shortened(same: DiffLine[], first: boolean, last: boolean): DiffLine[] {
  const head = first ? 0 : CONTEXT;
  const tail = last ? 0 : CONTEXT;
  if (same.length <= head + tail + 1) return same;
  return [...same.slice(0, head), { op: "same", line: "..." }, ...same.slice(same.length - tail)];
}

/** The longest common run of lines stays, by the textbook table; texts in properties are short. */
function changedLines(old: string[], now: string[]): DiffLine[] {
  const common = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0));
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      (common[i] as number[])[j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push({ op: "same", line: old[i] as string });
      i++;
      j++;
    } else if (i < old.length && (j >= now.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ op: "delete", line: old[i++] as string });
    } else {
      lines.push({ op: "create", line: now[j++] as string });
    }
  }
  return lines;
}
