import type { AccessEffect } from "../../schema/access-change.ts";
import type { AccessReport } from "../../schema/access-report.ts";
import type { AccessView, ChangeView } from "../formats/access-view.ts";
import type { AccessChange } from "./change.ts";
import type { Planned } from "./engine-files.ts";
import { titleOf } from "./report.ts";
import { rowOf } from "./rows-text.ts";

/** An access report as texts, for every format. */
export function viewOf(report: AccessReport): AccessView {
  return {
    title: titleOf(report),
    facts: factsOf(report),
    incomplete: incompleteOf(report),
    rows: report.rows.map(rowOf),
    remarks: remarksOf(report),
  };
}

function incompleteOf({ unread }: AccessReport): string[] {
  return unread.map(({ subject, needs, error }) => `${subject} could not be read: ${error} Needed: ${needs}.`);
}

function factsOf(report: AccessReport): (readonly [string, string])[] {
  const { time, host, key, version, filters, projects, unread, organizations } = report;
  const list = (texts: readonly string[]) => (texts.length === 0 ? "none" : texts.join(", "));
  return [
    ["Time", time],
    ...(report.plane === "atlas"
      ? [["Organization", list(organizations.map(({ id, name }) => `${name} (${id})`))] as const]
      : []),
    ["Host", host],
    ["Key", key],
    ["Version", `mongofed ${version}`],
    ["Filters", list(Object.entries(filters).map(([name, value]) => `${name} "${value}"`))],
    ["Projects read", list(projects.map(({ id, name }) => `${name} (${id})`))],
    ["Not read", list(unread.map(({ subject }) => subject))],
  ];
}

function remarksOf({ otherUsers, plane, rows }: AccessReport): string[] {
  const byMeans = Map.groupBy(otherUsers, ({ authentication }) => authentication);
  const counts = [...byMeans].map(([means, users]) => `${users.length} by ${means}`);
  const groups = rows.filter(({ who }) => who.kind === "group" && who.members === undefined).length;
  return [
    otherUsers.length === 0
      ? "No database user of these projects logs in outside OIDC."
      : `${otherUsers.length} database ${otherUsers.length === 1 ? "user logs" : "users log"} in outside OIDC (${counts.join(", ")}): ${otherUsers.map(({ name, project }) => `${name} in ${project}`).join(", ")}.`,
    ...(groups > 0 ? ["MongoDB does not know the members of groups. --members adds them."] : []),
    ...(plane === "atlas"
      ? []
      : ["Users that were created directly in a deployment are not visible, unless authoritativeSet is true."]),
  ];
}

/** A change of access as texts, for every format. */
export function changeViewOf(change: AccessChange): ChangeView {
  const { before, after } = change;
  return {
    facts: [
      ["Before", `${before.time}, ${before.host}`],
      ["After", `${after.time}, ${after.host}`],
      ["Version", `mongofed ${after.version}`],
    ],
    incomplete: [
      ...incompleteOf(before).map((text) => `before: ${text}`),
      ...incompleteOf(after).map((text) => `after: ${text}`),
    ],
    rows: change.rows,
    remarks: [],
  };
}

/** The effect of a preview or plan as texts, for every format. */
export function effectViewOf({ rows, unknown }: AccessEffect, { isPartial }: Planned, version: string): ChangeView {
  return {
    facts: [["Version", `mongofed ${version}`]],
    incomplete: [],
    rows,
    remarks: [
      ...unknown.map((part) => `Not compared, because it is known only after apply: ${part}.`),
      ...(isPartial
        ? [
            "The preview leaves out unchanged grants. pulumi preview --json --show-sames adds those that inherit a changed role.",
          ]
        : []),
    ],
  };
}
