import type { Finding } from "../../schema/finding.ts";
import { containsUnknown } from "../../schema/unknown.ts";
import { finding } from "../rules/index.ts";
import type { Comparison } from "./compare.ts";
import type { DriftMode } from "./drift-mode.ts";

/** Longer values are cut: the table is to be read, and the whole value stands in the console. */
const MAX_VALUE = 40;

/** A row of the table: what is, what was, what shall be, and what happens. */
export interface DriftRow {
  readonly property: string;
  readonly live: string;
  readonly recorded: string;
  readonly wanted: string;
  readonly outcome: string;
}

/** The rows of what somebody changed behind our back; what ended up as wanted by itself is told only if it was edited. */
export function driftRows(
  comparisons: readonly Comparison[],
  secrets: readonly string[] = [],
  mode: DriftMode = "correct",
): DriftRow[] {
  return comparisons
    .filter(({ drifted, edited, differs }) => drifted && (edited || differs))
    .map((comparison) => {
      const print = secrets.includes(comparison.property) ? () => "[secret]" : printed;
      return {
        property: comparison.property,
        live: print(comparison.live),
        recorded: comparison.recordedKnown ? print(comparison.recorded) : "(overwritten by a refresh)",
        wanted: print(comparison.wanted),
        outcome: outcomeOf(comparison, mode),
      };
    });
}

function outcomeOf({ edited, differs }: Comparison, mode: DriftMode): string {
  if (!differs) return "already as wanted";
  if (mode === "fail") return "refused";
  if (mode === "warn" && !edited) return "left as it is";
  return edited ? "up sets what is wanted" : "up puts it back";
}

/**
 * One block for one resource:
 *
 * ```
 * drift  IdentityProvider "staff" (corp-entra) was changed outside this stack
 *          audience  live "api://old"  recorded "api://corp"  wanted "api://corp"  up puts it back
 * ```
 */
export function formatDrift(
  subject: string,
  rows: readonly DriftRow[],
  what = "was changed outside this stack",
): string {
  const cells = rows.map(({ property, live, recorded, wanted, outcome }) => [
    property,
    `live ${live}`,
    `recorded ${recorded}`,
    `wanted ${wanted}`,
    outcome,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  return [`drift  ${subject} ${what}`, ...lines.map((line) => `         ${line}`)].join("\n");
}

/** FED230: with `mongofed:drift` set to `fail`. What has drifted was told just before. */
export function driftFailure(subject: string): Finding {
  return finding("FED230", { message: `${subject} was changed outside this stack, as shown above` });
}

/** As JSON, so that no value can break the table or the terminal. */
export function printed(value: unknown): string {
  if (value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0))
    return "none";
  if (containsUnknown(value)) return "(known after apply)";
  const text = JSON.stringify(value).replace(/[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "\ufffd");
  if (text.length <= MAX_VALUE) return text;
  const end = text.at(-1) ?? "";
  return `${text.slice(0, MAX_VALUE - 2)}…${end}`;
}
