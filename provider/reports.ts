import type { Difference, Drift, DriftOutcome, Report, Subject } from "../schema/report.ts";
import { containsUnknown } from "../schema/unknown.ts";
import { formatFinding } from "./findings.ts";
import { printable } from "./printable.ts";

/** A report in words. Engines lay it out. */
export interface ReportText {
  readonly label: "drift" | "adopt" | "warning" | "note" | "waiting" | "";
  readonly headline: string;
  readonly details: readonly string[];
}

/** Words a report. */
export function reportText(report: Report): ReportText {
  switch (report.type) {
    case "finding":
      return warning(...formatFinding(report.finding).split("\n"));
    case "drift":
      return {
        label: "drift",
        headline: `${subjectText(report.subject)} was changed outside this stack`,
        details: columns(report.changes.map(driftCells)),
      };
    case "missing":
      return { label: "drift", headline: missingText(report), details: [] };
    case "adoption": {
      const rows = differenceRows(report.differences).map((row) => `${row}  up changes it`);
      const unchanged = rows.length === 0 ? ", which stays as it is" : "";
      const headline = `${subjectText(report.subject)} takes over ${report.object}${unchanged}`;
      return { label: "adopt", headline, details: rows };
    }
    case "kept":
      return {
        label: "note",
        headline: `${subjectText(report.subject)} does not put back what it found of ${listed(report.settings)}`,
        details: ["somebody else has changed it since: it stays as it is"],
      };
    case "skipped":
      return { label: "note", headline: `not checked: ${report.check}`, details: [report.why] };
    case "offline":
      return warning(
        `this preview asks no control plane: ${report.why}`,
        ...(report.skipped.length === 0 ? ["live state is not compared until up"] : ["not checked until up:"]),
        ...report.skipped.map((check) => `  ${check}`),
      );
    case "progress": {
      const clusters = report.clusters.join(", ");
      const headline = `${clusters}: changes of users and roles are not applied yet, after ${report.seconds} s`;
      return { label: "waiting", headline, details: [] };
    }
    case "lockout-allowed":
      return warning(report.finding.message, "allowed: allowLockout is set");
    case "lockout-unknown":
      return warning(
        `whether ${report.change} locks anybody out is not known for all`,
        ...report.unreadable.map((place) => `not read: ${place}`),
      );
    case "revocation":
      return warning(
        `${subjectText(report.subject)}: ${report.input} has changed`,
        "up revokes the signing keys that MongoDB has cached: everybody who logged in through this provider is logged out",
      );
    case "renaming": {
      const { from, to, affected } = report;
      const names = affected.map(({ by, who }) => `${by === "GROUP" ? "role" : "user"} ${from}/${who}`);
      return warning(
        `${from} becomes ${to}. A configuration name cannot change, so up deletes ${from} and then creates ${to}`,
        ...(names.length === 0 ? [] : [`these cannot log in until then: ${listed(names, MAX_RENAMED)}`]),
      );
    }
    case "tls":
      return tlsText(subjectText(report.subject), Object.entries(report.modes));
    case "tokens":
      return { label: "", headline: report.line, details: [] };
    case "warning":
      return warning(...report.text.split("\n"));
  }
}

function warning(headline = "", ...details: readonly string[]): ReportText {
  return { label: "warning", headline, details };
}

/** `IdentityProvider "staff" (corp-entra)`, or without a name in the program `OidcRole of group dba through corp`. */
export function subjectText({ kind, name, label }: Subject): string {
  return name === undefined ? `${kind} of ${label}` : `${kind} "${name}" (${label})`;
}

const OUTCOMES: Readonly<Record<DriftOutcome, string>> = {
  "as-wanted": "already as wanted",
  refused: "refused",
  left: "left as it is",
  reverted: "up puts it back",
  edited: "up sets what is wanted",
};

function driftCells({ property, recorded, recordedKnown, outcome, ...rest }: Drift): string[] {
  const { live, wanted, secret } = rest;
  const before = recordedKnown ? printed(recorded, secret) : "(overwritten by a refresh)";
  return [
    property,
    `live ${printed(live, secret)}`,
    `recorded ${before}`,
    `wanted ${printed(wanted, secret)}`,
    OUTCOMES[outcome],
  ];
}

function missingText({ subject, id, lost, outcome, newId }: Extract<Report, { type: "missing" }>): string {
  const again = lost === "deleted" ? "up creates it again" : "up connects it again";
  const then = outcome === "reverted" || outcome === "edited" ? again : OUTCOMES[outcome];
  const object = id === undefined ? subjectText(subject) : `${subjectText(subject)} (${id})`;
  return `${object} was ${lost} outside this stack: ${then}${newId && then === again ? ", with a new id" : ""}`;
}

function tlsText(subject: string, modes: readonly (readonly [string, string])[]): ReportText {
  const off = modes.filter(([, mode]) => mode === "disabled").map(([name]) => name);
  if (off.length > 0) {
    return warning(
      `${subject}: TLS is off for ${listed(off)}, where these settings have no effect`,
      "it is switched on in the console under Deployment, Security, Settings; mongofed does not do that",
    );
  }
  const on = [...new Set(modes.map(([, mode]) => mode))].join(", ") || "no process yet";
  return { label: "note", headline: `${subject}: TLS is on (${on})`, details: [] };
}

/** One line for each difference, in columns. */
export function differenceRows(differences: readonly Difference[]): string[] {
  return columns(
    differences.map(({ property, live, wanted, secret }) => [
      property,
      `live ${printed(live, secret)}`,
      `wanted ${printed(wanted, secret)}`,
    ]),
  );
}

/** Pads every cell but those of the last column of a longer row, so that columns stand below each other. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
}

/** A value as JSON, whole, so that it can break neither the table nor the terminal. */
function printed(value: unknown, secret: boolean): string {
  if (secret) return "[secret]";
  if (value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0))
    return "none";
  if (containsUnknown(value)) return "(known after apply)";
  return printable(JSON.stringify(value));
}

/** The number of names that a message lists; it counts the rest. */
const MAX_NAMES = 10;
/** The same for the roles and users that a rename affects. */
const MAX_RENAMED = 20;

/** Names for a message. */
export function listed(names: readonly string[], max: number = MAX_NAMES): string {
  const more = names.length - max;
  return more > 0 ? `${names.slice(0, max).join(", ")} and ${more} more` : names.join(", ");
}
