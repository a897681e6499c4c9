import type { Finding } from "../../../schema/finding.ts";
import type { Report } from "../../../schema/report.ts";
import { errorText, findingsOf, formatFinding, moreLines } from "../../findings.ts";
import { printableLines } from "../../printable.ts";
import { reportText } from "../../reports.ts";
import type { Field } from "../shared/shape.ts";
import { attributePath } from "./paths.ts";
import type { Diagnostic, ObjectValue } from "./protocol.ts";
import { terraformTerms } from "./terms.ts";

/** Where a diagnostic belongs: the attributes of a resource, and what the configuration says there. */
export interface Place {
  readonly fields: readonly Field[];
  readonly config: ObjectValue;
}

/** A finding as Terraform prints it: it shows file and line by itself, and never the severity `info`. */
export function diagnosticOf(finding: Finding, { fields }: Place): Diagnostic {
  const path = attributePath(finding.path, fields);
  const others = finding.locations
    .slice(1)
    .map(({ label, note }) => `  and  ${note === undefined ? label : `${label} ${note}`}`);
  const [summary = "", ...lines] = formatFinding({ ...finding, locations: [], path: "" }, terraformTerms).split("\n");
  return {
    severity: finding.severity === "error" ? "error" : "warning",
    ...texts(summary, [...others, ...lines, ...moreLines(finding)]),
    ...(path.length === 0 ? {} : { attribute: path }),
  };
}

/** Converts an error of a handler: one diagnostic per finding, or the message of any other error. */
export function diagnosticsOfError(error: unknown, place: Place): Diagnostic[] {
  const findings = findingsOf(error);
  if (findings.length > 0) return findings.map((finding) => diagnosticOf(finding, place));
  const [summary = "", ...lines] = errorText(error, terraformTerms).split("\n");
  return [{ severity: "error", ...texts(summary, lines) }];
}

/** Reports that are no reason for a warning. The plan shows the project by itself. */
const SILENT: ReadonlySet<Report["type"]> = new Set(["progress", "tokens", "project", "uncompared"]);

/** A report as a warning, since Terraform prints nothing else; `undefined` for one that stands in the log only. */
export function diagnosticOfReport(report: Report, place: Place): Diagnostic | undefined {
  if (SILENT.has(report.type)) return undefined;
  if (report.type === "finding") return { ...diagnosticOf(report.finding, place), severity: "warning" };
  const { label, headline, details } = reportText(report, terraformTerms);
  const summary = label === "warning" || label === "note" ? headline : `${label}: ${headline}`;
  const { detail, ...rest } = texts(printableLines(summary), details.map(printableLines));
  // Terraform wraps no line that begins with a space: what is a table stays one.
  return { severity: "warning", ...rest, ...(detail === undefined ? {} : { detail: indented(detail) }) };
}

function indented(text: string): string {
  return text.replace(/^/gm, "  ");
}

function texts(summary: string, lines: readonly string[]): Pick<Diagnostic, "summary" | "detail"> {
  const indent = Math.min(...lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/)));
  const detail = lines.map((line) => line.slice(Number.isFinite(indent) ? indent : 0)).join("\n");
  return { summary, ...(detail === "" ? {} : { detail }) };
}
