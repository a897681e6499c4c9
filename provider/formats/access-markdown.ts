import { accessHeadline } from "../access-text.ts";
import { type AccessView, type ChangeView, databasesOf, type ViewRow } from "./access-view.ts";
import { code, fitted, plain, row, type Section } from "./markdown-text.ts";

/** Longer lists of a cell are cut: a row must not take the space of all others. */
const MAX_ITEMS = 20;
const MAX_FACT = 2_000;

export function accessMarkdown(view: AccessView): string {
  const { title, facts, incomplete, rows, remarks } = view;
  return fitted([
    { head: [`## ${incomplete.length > 0 ? "INCOMPLETE: " : ""}${plain(title)}`], rows: [], leftOut: none },
    reasons(incomplete),
    {
      head: table(rows, ["principal", "through", "project", "roles", "databases", "limits", "managed by", "notes"]),
      rows: rows.map((one) =>
        row([
          subject(one),
          code(one.through),
          plain(one.project),
          items(one.roles.map(({ name }) => name)),
          items(databasesOf(one)),
          [one.restrictions, one.clusters === "all" ? "" : one.clusters, one.expires && `until ${one.expires}`]
            .filter((limit) => limit !== "")
            .map(plain)
            .join(", "),
          plain(one.managedBy),
          [...one.farReaching.map((access) => `**${plain(access)}**`), ...one.notes.map(plain)].join(", "),
        ]),
      ),
      leftOut: rowsLeftOut,
    },
    { head: remarks.map((remark) => plain(remark)), rows: [], leftOut: none },
    factsOf(facts),
  ]);
}

/** The effect of a change, headline first: `2 groups gain access, 1 person loses access`. */
export function changeMarkdown(view: ChangeView): string {
  const { facts, incomplete, rows, remarks } = view;
  return fitted([
    { head: [`**${incomplete.length > 0 ? "INCOMPLETE: " : ""}${accessHeadline(rows)}**`], rows: [], leftOut: none },
    reasons(incomplete),
    {
      head: table(rows, ["", "principal", "through", "project", "difference"]),
      rows: rows.map((one) =>
        row([one.effect, subject(one), code(one.through), plain(one.project), items(one.differences)]),
      ),
      leftOut: rowsLeftOut,
    },
    { head: remarks.map((remark) => plain(remark.slice(0, MAX_FACT))), rows: [], leftOut: none },
    factsOf(facts),
  ]);
}

function subject({ kind, who, name }: Pick<ViewRow, "kind" | "who" | "name">): string {
  return `${kind} ${name === undefined ? code(who) : `${plain(name)} (${code(who)})`}`;
}

function items(texts: readonly string[]): string {
  const more = texts.length - MAX_ITEMS;
  return [...texts.slice(0, MAX_ITEMS).map(code), ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}

function table(rows: readonly unknown[], columns: readonly string[]): string[] {
  return rows.length === 0 ? [] : [row(columns), row(columns.map(() => "---"))];
}

function reasons(incomplete: readonly string[]): Section {
  const head = incomplete.length === 0 ? [] : ["mongofed could not read everything:", ""];
  return {
    head,
    rows: incomplete.map((reason) => `- ${plain(reason.slice(0, MAX_FACT))}`),
    leftOut: (count) => `${count} more are left out.`,
  };
}

function factsOf(facts: AccessView["facts"]): Section {
  return {
    head: facts.map(([name, value]) => `${plain(name)}: ${plain(value.slice(0, MAX_FACT))}  `),
    rows: [],
    leftOut: none,
  };
}

function rowsLeftOut(count: number): string {
  return `${count} more ${count === 1 ? "row is" : "rows are"} left out: a comment has no more space.`;
}

const none = () => "";
