import type { Finding, Severity } from "../../../schema/finding.ts";
import type { Report } from "../../../schema/report.ts";
import { formatFinding, moreLines } from "../../findings.ts";
import { printableLines } from "../../printable.ts";
import { reportText } from "../../reports.ts";
import { pluginTerms } from "./terms.ts";

/** A message of the engine's log. */
export interface Message {
  readonly severity: Severity;
  readonly text: string;
  /** The message is about a state that passes: the engine shows it while the resource changes. */
  readonly passing?: true;
}

/** A finding as text. No engine passes file and line to a plugin, so other declarations are named without them. */
export function findingText({ locations, ...rest }: Finding): string {
  const [head = "", ...lines] = formatFinding({ ...rest, locations: [] }, pluginTerms).split("\n");
  const others = locations
    .slice(1)
    .map(({ label, note }) => `  and  ${note === undefined ? label : `${label} ${note}`}`);
  const about = lines.findIndex((line) => !line.startsWith("  -->"));
  const at = about < 0 ? lines.length : about;
  return [head, ...lines.slice(0, at), ...others.map(printableLines), ...lines.slice(at), ...moreLines(rest)].join(
    "\n",
  );
}

export function messageOf(report: Report): Message {
  if (report.type === "finding") {
    const severity = report.finding.severity === "info" ? "info" : "warning";
    return { severity, text: findingText(report.finding) };
  }
  const { label, headline, details } = reportText(report, pluginTerms);
  const isWarning = label === "warning" || label === "drift";
  // The engine prints the severity of a message itself.
  const head = label === "" || label === "warning" ? headline : `${label}: ${headline}`;
  const text = printableLines([head, ...details.map((line) => `  ${line}`)].join("\n"));
  return { severity: isWarning ? "warning" : "info", text, ...(report.type === "progress" ? { passing: true } : {}) };
}
