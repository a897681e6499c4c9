import type { AccessEffect } from "../schema/access-change.ts";
import { canonicalText } from "../schema/canonical.ts";
import {
  input,
  join,
  type Phrase,
  phrase,
  preview,
  recreateProtected,
  resource,
  stack,
  type Terms,
  up,
  word,
} from "../schema/phrase.ts";
import type { Difference, Drift, DriftOutcome, Report, Subject } from "../schema/report.ts";
import { containsUnknown } from "../schema/unknown.ts";
import { accessCells, accessHeadline } from "./access-text.ts";
import { formatFinding } from "./findings.ts";
import { printable } from "./printable.ts";

/** A report in words. Engines lay it out. */
export interface ReportText {
  readonly label: "drift" | "adopt" | "access" | "warning" | "note" | "waiting" | "";
  readonly headline: string;
  readonly details: readonly string[];
}

/** Words a report for an engine. */
export function reportText(report: Report, terms: Terms): ReportText {
  const nouns = { up: word([up], terms), stack: word([stack], terms) };
  const subjectOf = (subject: Subject) => word(subjectPhrase(subject), terms);
  switch (report.type) {
    case "finding":
      return warning(...formatFinding(report.finding, terms).split("\n"));
    case "drift":
      return {
        label: "drift",
        headline: `${subjectOf(report.subject)} was changed outside this ${nouns.stack}`,
        details: withItems(columns(report.changes.map((change) => driftCells(change, terms))), (index) => {
          const { recordedKnown, recorded, wanted, live, secret } = report.changes[index]!;
          return changedItems(recordedKnown ? recorded : wanted, live, secret);
        }),
      };
    case "missing":
      return { label: "drift", headline: missingText(report, terms), details: [] };
    case "adoption": {
      const rows = columns(report.differences.map(differenceCells(terms))).map(
        (row) => `${row}  ${nouns.up} changes it`,
      );
      const details = withItems(rows, (index) => {
        const { live, wanted, secret } = report.differences[index]!;
        return changedItems(live, wanted, secret);
      });
      const unchanged = rows.length === 0 ? ", which stays as it is" : "";
      const { from } = report;
      const owner = from === undefined ? "" : ` from ${report.subject.kind} "${from}"`;
      const headline = `${subjectOf(report.subject)} takes over ${report.object}${owner}${unchanged}`;
      return { label: "adopt", headline, details };
    }
    case "kept":
      return {
        label: "note",
        headline: `${subjectOf(report.subject)} does not put back what it found of ${listed(report.settings.map((setting) => word([input(setting)], terms)))}`,
        details: [
          report.because === "in-use"
            ? "processes with TLS need it: it stays as it is"
            : "another client has changed it since: it stays as it is",
        ],
      };
    case "managed":
      return {
        label: "note",
        headline: `${subjectOf(report.subject)} is kept: ${report.subject.kind} "${report.by}" manages it`,
        details: [],
      };
    case "label":
      return {
        label: "note",
        headline: `${subjectOf(report.subject)}: the reference calls its identity provider ${quoted(report.given)}, and Atlas calls it ${quoted(report.live)}`,
        details: ["the name is a label on Atlas, so access does not change"],
      };
    case "project":
      return {
        label: "note",
        headline: `access through ${report.identityProvider} is granted in project ${report.projectId}, which comes with the reference`,
        details: [word(phrase`set ${input("projectId")} to pin the project`, terms)],
      };
    case "uncompared":
      return {
        label: "note",
        headline: `references that these credentials cannot compare with the live identity provider: ${report.references.join(", ")}`,
        details: [],
      };
    case "unprotected":
      return {
        label: "note",
        headline: `${subjectOf(report.subject)} is no longer protected from deletion, because adopt is gone`,
        details: ["To keep it protected, set the option protect: true."],
      };
    case "left-behind":
      return {
        label: "note",
        headline: "destroy may leave objects behind: they equal deleted ones under other names",
        details: [...report.objects, "if a run of this stack was killed, it may have created them: delete them there"],
      };
    case "skipped":
      return {
        label: "note",
        headline: `not checked: ${word(report.check, terms)}`,
        details: [word(report.why, terms)],
      };
    case "offline": {
      const run = `this ${word([preview], terms)}`;
      const why = word(report.why, terms);
      if (report.skipped.length === 0) {
        return warning(`${run} asks no control plane: ${why}`, `live state is not compared until ${nouns.up}`);
      }
      const checks = report.skipped.map((check) => `  ${word(check, terms)}`);
      return warning(`${run} asked no control plane: ${why}`, `not checked until ${nouns.up}:`, ...checks);
    }
    case "progress": {
      const clusters = report.clusters.join(", ");
      const headline = `${clusters}: changes are not applied yet, after ${report.seconds} s`;
      return { label: "waiting", headline, details: [] };
    }
    case "lockout-allowed":
      return warning(
        word(report.finding.message, terms),
        word(phrase`allowed: ${input("allowLockout")} is set`, terms),
      );
    case "lockout-unknown":
      return warning(
        `whether ${word(report.change, terms)} locks principals out is not known for all`,
        ...report.unreadable.map((place) => `not read: ${place}`),
      );
    case "revocation":
      return warning(
        `${subjectOf(report.subject)}: ${word([input(report.input)], terms)} has changed`,
        `${nouns.up} revokes the signing keys that MongoDB has cached: all sessions through this provider end`,
      );
    case "renaming": {
      const { from, to, affected } = report;
      const names = affected.map(({ by, who }) => `${by === "GROUP" ? "role" : "user"} ${from}/${who}`);
      return warning(
        `${from} becomes ${to}. A configuration name cannot change, so ${nouns.up} deletes ${from} and then creates ${to}`,
        ...(names.length === 0 ? [] : [`these cannot log in until then: ${listed(names, MAX_RENAMED)}`]),
      );
    }
    case "tls":
      return tlsText(subjectOf(report.subject), Object.entries(report.modes), terms);
    case "unread": {
      const setting = word([input(report.setting)], terms);
      return {
        label: "note",
        headline: `${subjectOf(report.subject)}: an earlier version wrote ${setting} where no server reads it`,
        details: [`the next change of this resource sets ${setting} on every process`],
      };
    }
    case "tls-steps": {
      const steps = report.steps.join(", then ");
      return {
        label: "note",
        headline: `${subjectOf(report.subject)}: ${nouns.up} sets ${word([input("mode")], terms)} to ${steps}`,
        details: ["before each step mongofed waits until the MongoDB Agents have applied the last one"],
      };
    }
    case "access": {
      const { effect, isOutside } = report;
      const outside = isOutside ? ` through a role of this ${nouns.stack}, by grants that it does not manage` : "";
      return { label: "access", headline: accessHeadline(effect.rows) + outside, details: accessDetails(effect) };
    }
    case "tokens":
      return { label: "", headline: report.line, details: [] };
    case "warning":
      return warning(...word(report.text, terms).split("\n"));
  }
}

function warning(headline = "", ...details: readonly string[]): ReportText {
  return { label: "warning", headline, details };
}

/** `IdentityProvider "staff" (corp-entra)`, or without a name in the program `OidcRole of group dba through corp`. */
export function subjectPhrase({ kind, name, label }: Subject): Phrase {
  return name === undefined ? phrase`${resource(kind)} of ${label}` : phrase`${resource(kind)} "${name}" (${label})`;
}

const OUTCOMES: Readonly<Record<DriftOutcome, Phrase>> = {
  "as-wanted": "already as wanted",
  refused: "refused",
  left: "left as it is",
  reverted: phrase`${up} puts it back`,
  edited: phrase`${up} sets what is wanted`,
};

function driftCells({ property, recorded, recordedKnown, outcome, ...rest }: Drift, terms: Terms): string[] {
  const { live, wanted, secret } = rest;
  const before = recordedKnown ? printed(recorded, secret) : "(overwritten by a refresh)";
  return [
    word([input(property)], terms),
    `live ${printed(live, secret)}`,
    `recorded ${before}`,
    `wanted ${printed(wanted, secret)}`,
    word(OUTCOMES[outcome], terms),
  ];
}

function missingText(report: Extract<Report, { type: "missing" }>, terms: Terms): string {
  const { subject, id, lost, outcome, newId, isProtected } = report;
  const again = word(phrase`${up} ${lost === "deleted" ? "creates" : "connects"} it again`, terms);
  const then = outcome === "reverted" || outcome === "edited" ? again : word(OUTCOMES[outcome], terms);
  const object = word(phrase`${subjectPhrase(subject)}${id === undefined ? "" : ` (${id})`}`, terms);
  const withId =
    newId && then === again
      ? `, with a new id${isProtected ? word(phrase`. It is protected: ${recreateProtected}`, terms) : ""}`
      : "";
  return `${object} was ${lost} outside this ${word([stack], terms)}: ${then}${withId}`;
}

function tlsText(subject: string, modes: readonly (readonly [string, string])[], terms: Terms): ReportText {
  const off = modes.filter(([, mode]) => mode === "disabled").map(([name]) => name);
  if (off.length > 0) {
    return warning(
      `${subject}: TLS is off for ${listed(off)}, where these settings have no effect`,
      word(phrase`to turn it on, set ${input("mode")}`, terms),
    );
  }
  if (modes.length === 0)
    return { label: "note", headline: `${subject}: no process has TLS settings yet`, details: [] };
  const on = [...new Set(modes.map(([, mode]) => mode))].join(", ");
  return { label: "note", headline: `${subject}: TLS is on (${on})`, details: [] };
}

function differenceCells(terms: Terms): (difference: Difference) => string[] {
  return ({ property, live, wanted, secret }) => [
    word([input(property)], terms),
    `live ${printed(live, secret)}`,
    `wanted ${printed(wanted, secret)}`,
  ];
}

/** The lines of each difference, for a finding. */
export function differenceRows(differences: readonly Difference[]): Phrase {
  const rows = differences.flatMap(({ property, live, wanted, secret }) => [
    phrase`${input(property)}  live ${printed(live, secret)}  wanted ${printed(wanted, secret)}`,
    ...changedItems(live, wanted, secret),
  ]);
  return join(rows, "\n");
}

/** The number of grants that a report of access lists. A preview of thousands stays readable. */
const MAX_GRANTS = 50;

function accessDetails({ rows, unknown }: AccessEffect): string[] {
  const more = rows.length - MAX_GRANTS;
  return [
    ...columns(rows.slice(0, MAX_GRANTS).map(accessCells)).map((row) => row.trimEnd()),
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(unknown.length > 0 ? [`not known: ${listed(unknown)}`] : []),
  ];
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

function withItems(rows: readonly string[], itemsAt: (index: number) => readonly string[]): string[] {
  return rows.flatMap((row, index) => [row, ...itemsAt(index)]);
}

/** One line for each item of a list, or entry of an object, that only one of the two values has. */
function changedItems(before: unknown, after: unknown, secret: boolean): string[] {
  const [old, now] = [itemsOf(before), itemsOf(after)];
  // Where one of the two is empty, the other one is the whole change.
  if (secret || old.size === 0 || now.size === 0) return [];
  const only = (own: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>, label: string) =>
    [...own].filter(([key]) => !other.has(key)).map(([, text]) => `  ${label} ${text}`);
  return [...only(now, old, "added  "), ...only(old, now, "removed")];
}

/** The texts of items by their meaning; an entry of an object is its key and value. Other values have none. */
function itemsOf(value: unknown): ReadonlyMap<string, string> {
  if (typeof value !== "object" || value === null || containsUnknown(value)) return new Map();
  const items = Array.isArray(value)
    ? value.map((item: unknown) => [item, printable(JSON.stringify(item))] as const)
    : Object.entries(value).map(
        ([key, item]) => [[key, [item]], `${printable(key)}: ${printed(item, false)}`] as const,
      );
  return new Map(items.map(([item, text]) => [canonicalText(item, () => false) ?? "", text]));
}

function quoted(name: string): string {
  return printable(JSON.stringify(name));
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
