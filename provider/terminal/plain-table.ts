/** A table of columns without lines, which reads best in logs. The last column wraps at the given width. */

import { stripVTControlCharacters } from "node:util";
import Table from "cli-table3";

/** Narrower than this, a wrapped column is a ladder of single words. */
const NARROWEST = 24;
const GAP = 2;

export interface PlainTableOptions {
  /** The width of a line in characters. Without it, nothing is wrapped. */
  readonly width?: number;
  readonly indent?: number;
}

type Rows = readonly (readonly string[])[];

export function plainTable(rows: Rows, options: PlainTableOptions = {}): string {
  const indent = options.indent ?? 0;
  const table = new Table({
    chars: NO_LINES,
    style: { "padding-left": 0, "padding-right": GAP, head: [], border: [], compact: true },
    ...(options.width === undefined ? {} : { colWidths: columnWidths(rows, options.width - indent), wordWrap: true }),
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split("\n")
    .map((line) => `${`${" ".repeat(indent)}${line}`.trimEnd()}\n`)
    .join("");
}

/** Each column is as wide as its longest line. The last column gets the rest. */
function columnWidths(rows: Rows, width: number): number[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from(
    { length: columns },
    (_, i) => Math.max(...rows.map((row) => longestLine(row[i] ?? ""))) + GAP,
  );
  const last = widths.pop() ?? 0;
  const left = width - widths.reduce((sum, each) => sum + each, 0);
  return [...widths, Math.min(last, Math.max(NARROWEST, left))];
}

function longestLine(text: string): number {
  return Math.max(
    ...stripVTControlCharacters(text)
      .split("\n")
      .map((line) => line.length),
  );
}

const NO_LINES = Object.fromEntries(
  [
    ...["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"],
    ...["left", "left-mid", "mid", "mid-mid", "right", "right-mid", "middle"],
  ].map((name) => [name, ""]),
);
