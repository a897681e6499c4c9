import { printable } from "../printable.ts";
import { type AccessView, databasesOf } from "./access-view.ts";

const COLUMNS = [
  "kind",
  "principal",
  "name",
  "members",
  "through",
  "project",
  "roles",
  "databases",
  "restrictions",
  "clusters",
  "expires",
  "managed by",
  "far-reaching access",
  "notes",
  "reviewer",
  "decision",
  "date",
];

/** An access report as CSV (RFC 4180). The columns of a review are empty. The facts stand below the rows, each in a row. */
export function accessCsv({ facts, incomplete, rows, remarks }: AccessView): string {
  const lines = [
    // First of all, because a reader of a part must not take it for the whole.
    ...incomplete.map((reason) => ["INCOMPLETE", reason]),
    COLUMNS,
    ...rows.map((row) => [
      row.kind,
      row.who,
      row.name ?? "",
      row.members ?? "",
      row.through,
      row.project,
      row.roles.map(({ name }) => name).join("; "),
      databasesOf(row).join("; "),
      row.restrictions,
      row.clusters,
      row.expires,
      row.managedBy,
      row.farReaching.join("; "),
      row.notes.join("; "),
      "",
      "",
      "",
    ]),
    [],
    ...facts.map(([name, value]) => [name, value]),
    ...remarks.map((remark) => ["Note", remark]),
  ];
  return lines.map((cells) => `${cells.map(cellOf).join(",")}\r\n`).join("");
}

/** A spreadsheet takes a cell for a formula that begins with one of these signs, also after white space. */
const FORMULA = /^\s*[=+\-@\t\r＝＋－＠]/u;

function cellOf(text: string): string {
  const shown = FORMULA.test(text) ? `'${printable(text)}` : printable(text.toWellFormed());
  return /[",\r\n]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}
