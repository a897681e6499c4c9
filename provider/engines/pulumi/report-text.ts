import type { Report } from "../../../schema/report.ts";
import { printableLines } from "../../printable.ts";
import { reportText } from "../../reports.ts";
import { pulumiTerms } from "./terms.ts";

/** The indentation of details below labels. */
const WIDTHS: Readonly<Record<string, number>> = { drift: 9, adopt: 9, access: 8 };

/**
 * A report as Pulumi prints it, without an end of line:
 *
 * ```
 * drift  IdentityProvider "staff" (corp-entra) was changed outside this stack
 *          audience  live "api://old"  recorded "api://corp"  wanted "api://corp"  up puts it back
 * ```
 */
export function formatReport(report: Report): string {
  const { label, headline, details } = reportText(report, pulumiTerms);
  if (label === "") return printableLines([headline, ...details].join("\n"));
  const indent = report.type === "finding" ? "" : " ".repeat(WIDTHS[label] ?? 11);
  const head = label === "note" ? "note     " : `${label}  `;
  return printableLines([head + headline, ...details.map((line) => indent + line)].join("\n"));
}
