import type { Finding } from "../schema/finding.ts";
import { printableLines } from "./printable.ts";

/**
 * Findings as an error: thrown where a run cannot go on. The message is all of their text, and so is the stack, since
 * engines print stacks (unless `MONGOFED_DEBUG` is set).
 */
export class FindingError extends Error {
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    super(findings.map(formatFinding).join("\n"));
    this.name = "FindingError";
    this.findings = findings;
    if (process.env.MONGOFED_DEBUG !== "1") this.stack = this.message;
  }
}

/**
 * One finding as a user reads it: a headline, the declarations concerned, why, and what to do. Without severity, which
 * the place that prints it shows in its own way, and without an end of line.
 */
export function formatFinding(finding: Finding): string {
  const lines = [`${finding.code} ${finding.slug}: ${finding.message}`, ...formatLocations(finding)];
  lines.push(...labelled("why", finding.why), ...labelled("fix", finding.fix));
  return printableLines(lines.join("\n"));
}

/** Positions, labels and notes stand below each other. The path belongs to the first declaration, the one to look at. */
function formatLocations({ locations, path }: Finding): string[] {
  // A finding that no declaration can be named for still tells which input it is about.
  if (locations.length === 0) return path === "" ? [] : [`  --> ${path}`];
  const rows = locations.map((location, index) => ({
    place: `${location.file}:${location.line}:${location.column}`,
    label: index === 0 && path !== "" ? `${location.label} . ${path}` : location.label,
    note: location.note ?? "",
  }));
  const places = Math.max(...rows.map((row) => row.place.length));
  const labels = Math.max(...rows.filter((row) => row.note !== "").map((row) => row.label.length));
  return rows.map(({ place, label, note }, index) => {
    const said = note === "" ? label : `${label.padEnd(labels)} ${note}`;
    return `  ${index === 0 ? "-->" : "and"} ${place.padEnd(places)}   ${said}`;
  });
}

/** Further lines of a text stand under its first, so that the label keeps its column. */
function labelled(label: string, text: string): string[] {
  return text === "" ? [] : text.split("\n").map((line, index) => `  ${index === 0 ? label : "   "}  ${line}`);
}
