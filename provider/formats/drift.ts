import type { DriftEntry } from "../../schema/drift.ts";
import { printableLines } from "../printable.ts";
import { code, fitted, plain, row } from "./markdown-text.ts";
import { driftSentence, resourceText, valueText } from "./problem.ts";

/** The drift of one stack at one time. */
export interface DriftReport {
  /** ISO 8601. */
  readonly time: string;
  readonly version: string;
  readonly project: string;
  readonly stack: string;
  /** `Pulumi` or `embedded engine`. */
  readonly engine: string;
  readonly drift: readonly DriftEntry[];
  /** Why the drift may not be all of it. Empty if mongofed compared everything. */
  readonly incomplete: readonly string[];
}

/** `2 resources were changed outside the stack` */
function driftHeadline({ drift, incomplete }: DriftReport): string {
  const counts = (["changed", "deleted", "disconnected"] as const).flatMap((kind) => {
    const count = drift.filter((entry) => entry.kind === kind).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? "resource was" : "resources were"} ${kind} outside the stack`];
  });
  const unmanaged = drift.filter(({ kind }) => kind === "unmanaged").length;
  if (unmanaged > 0)
    counts.push(`the stack does not manage ${unmanaged} ${unmanaged === 1 ? "object" : "objects"} of its projects`);
  if (counts.length > 0) return counts.join(", ");
  return incomplete.length > 0 ? "no drift found so far" : "no drift";
}

export function driftText(report: DriftReport, paint: (style: "error" | "warning", text: string) => string): string {
  const { drift, incomplete } = report;
  const lines = [
    ...incomplete.map((why) => paint("error", printableLines(`INCOMPLETE: ${why}`))),
    ...drift.flatMap((entry) => [
      paint("warning", printableLines(`drift  ${driftSentence(entry)}`)),
      ...entry.changes.map(({ property, live, recorded, declared }) => {
        const others = `  recorded ${valueText(recorded)}  declared ${valueText(declared)}`;
        const shown = entry.kind === "unmanaged" ? "" : others;
        return printableLines(`         ${property}  live ${valueText(live)}${shown}`);
      }),
    ]),
    printableLines(`${stackName(report)}: ${driftHeadline(report)}`),
  ];
  return `${lines.join("\n")}\n`;
}

export function driftMarkdown(report: DriftReport): string {
  const { time, version, engine, drift, incomplete } = report;
  const headline = driftHeadline(report);
  const sections = [
    {
      head: [
        `**${incomplete.length > 0 ? "INCOMPLETE: " : ""}${headline}**`,
        "",
        `Stack ${code(stackName(report))}, ${code(time)}, mongofed ${code(version)}, ${plain(engine)}`,
        ...incomplete.flatMap((why) => ["", `Not complete: ${plain(why.slice(0, 1_000))}`]),
      ],
      rows: [],
      leftOut: () => "",
    },
    {
      head:
        drift.length === 0
          ? []
          : [row(["resource", "property", "live", "recorded", "declared"]), row(["---", "---", "---", "---", "---"])],
      rows: drift.flatMap((entry) => {
        const subject = plain(resourceText(entry));
        if (entry.changes.length === 0) return [row([subject, `**${entry.kind}**`, "", "", ""])];
        return entry.changes.map(({ property, live, recorded, declared }) =>
          row([subject, code(property), ...[live, recorded, declared].map((value) => code(valueText(value)))]),
        );
      }),
      leftOut: (count: number) =>
        `${count} more ${count === 1 ? "row is" : "rows are"} left out: a comment has no more space.`,
    },
  ];
  return fitted(sections);
}

/** A name with slashes holds the project already. */
function stackName({ project, stack }: DriftReport): string {
  return stack.includes("/") ? stack : `${project}/${stack}`;
}
