/** A benchmark prints each figure as one row of a Markdown table: subject, goal, and the median of many turns. */

export function show(what: string, figures: string, goal = ""): void {
  console.log(`| ${what} | ${goal} | ${figures} |`);
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The median, and the middle half. */
export function spread(values: readonly number[], digits: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) =>
    sorted[Math.floor(share * sorted.length)]?.toFixed(digits),
  );
  return `${middle} (${low} to ${high})`;
}
