import type { AccessChangeRow } from "../../schema/access-change.ts";
import type { AccessReport, AccessRow } from "../../schema/access-report.ts";
import { parseRole } from "../../schema/roles.ts";
import { builtInRole } from "../tokens/built-in-roles.ts";
import { placeOf, rowOf } from "./rows-text.ts";

/** The difference between two reports. */
export interface AccessChange {
  readonly before: AccessReport;
  readonly after: AccessReport;
  readonly rows: readonly AccessChangeRow[];
}

/** The two reports do not answer the same question. */
export class IncomparableError extends Error {
  override readonly name = "IncomparableError";
}

/**
 * Compares two reports grant by grant. A wider inherited role shows at everybody who has it. A grant in a project that one
 * of the reports could not read is neither gained nor lost.
 *
 * @throws IncomparableError for other filters or another control plane
 */
export function compareAccess(before: AccessReport, after: AccessReport): AccessChange {
  const filters = ({ filters: given }: AccessReport) => JSON.stringify(Object.entries(given).toSorted());
  if (filters(before) !== filters(after)) throw new IncomparableError("the reports have different filters");
  if (before.plane !== after.plane || before.host !== after.host)
    throw new IncomparableError("the reports are of different control planes");
  const reports = { before, after };
  return { ...reports, rows: changesOf(before.rows, after.rows, (row, side) => !isUnread(reports[side], row)) };
}

/**
 * Compares grants by principal, identity provider and project.
 *
 * @param isAbsent whether a grant that one side lacks is known not to exist there
 */
export function changesOf(
  before: readonly AccessRow[],
  after: readonly AccessRow[],
  isAbsent: (row: AccessRow, side: "before" | "after") => boolean = () => true,
): AccessChangeRow[] {
  const old = new Map(before.map((row) => [keyOf(row), row]));
  const now = new Map(after.map((row) => [keyOf(row), row]));
  const pairs = [...new Set([...now.keys(), ...old.keys()])].map((key) => [old.get(key), now.get(key)] as const);
  return pairs.flatMap(([from, to]) => {
    if (from === undefined) return to !== undefined && isAbsent(to, "before") ? [wholeRow(to, "gains")] : [];
    if (to === undefined) return isAbsent(from, "after") ? [wholeRow(from, "loses")] : [];
    const differences = diff(from, to);
    return differences.length === 0 ? [] : [changeRow(to, effectOf(differences), differences)];
  });
}

function wholeRow(row: AccessRow, effect: "gains" | "loses"): AccessChangeRow {
  const sign = effect === "gains" ? "+" : "-";
  return changeRow(
    row,
    effect,
    rowOf(row).roles.map(({ name }) => `${sign} ${name}`),
  );
}

function changeRow(row: AccessRow, effect: AccessChangeRow["effect"], differences: string[]): AccessChangeRow {
  const { kind, who, name, through, project, roles } = rowOf(row);
  const named = name === undefined ? {} : { name };
  return { effect, kind, who, ...named, through, project, roles: roles.map((role) => role.name), differences };
}

/** Whether the report does not know the grants of the row's project. */
function isUnread({ projects, unread }: AccessReport, { project }: AccessRow): boolean {
  if (unread.some((one) => one.project === project.id)) return true;
  // The list of projects itself may be what could not be read.
  return unread.some((one) => one.project === undefined) && !projects.some(({ id }) => id === project.id);
}

function keyOf({ project, through, who }: AccessRow): string {
  return JSON.stringify([project.id, through.prefix, who.kind === "group", who.id]);
}

/** More roles alone are a gain, fewer alone are a loss. */
function effectOf(differences: readonly string[]): AccessChangeRow["effect"] {
  const signs = new Set(differences.map((text) => text[0]));
  if (signs.size > 1) return "changes";
  return signs.has("+") ? "gains" : signs.has("-") ? "loses" : "changes";
}

function diff(before: AccessRow, after: AccessRow): string[] {
  const [old, now] = [itemsOf(before), itemsOf(after)];
  return [
    ...[...now].filter((item) => !old.has(item)).map((item) => `+ ${item}`),
    ...[...old].filter((item) => !now.has(item)).map((item) => `- ${item}`),
    ...limits(before, after),
  ];
}

function itemsOf(row: AccessRow): ReadonlySet<string> {
  const canLogIn = !row.notes.some((note) => note === "provider-gone" || note === "provider-not-connected");
  const direct = rowOf(row).roles.map(({ name }) => name);
  // Names say enough of built-in roles, which never change.
  const own = row.roles.filter(({ role }) => !isBuiltIn(role));
  const inherited = own.flatMap(({ role, privileges }) =>
    privileges.flatMap(({ resource, actions }) =>
      actions.map((action) => `${action} on ${placeOf(resource)} (${role})`),
    ),
  );
  const builtIn = row.roles.filter(({ role, through }) => isBuiltIn(role) && through.some((one) => !isBuiltIn(one)));
  const through = builtIn.map(({ role, through: path }) => `${role} (${path.join(", ")})`);
  return new Set([...direct, ...through, ...inherited, ...(canLogIn ? ["can log in"] : [])]);
}

function isBuiltIn(text: string): boolean {
  const role = parseRole(text);
  return role !== undefined && builtInRole(role) !== undefined;
}

/** Limits are neither more nor less in general. */
function limits(before: AccessRow, after: AccessRow): string[] {
  const [old, now] = [rowOf(before), rowOf(after)];
  const changed = (name: string, from: string, to: string) =>
    from === to ? [] : [`${name}: ${from || "none"} -> ${to || "none"}`];
  return [
    ...changed("restrictions", old.restrictions, now.restrictions),
    ...changed("clusters", old.clusters, now.clusters),
    ...changed("expires", old.expires, now.expires),
  ];
}
