import { describe, expect, test } from "vitest";
import { accessHeadline } from "../../provider/access-text.ts";
import { accessMarkdown, changeMarkdown } from "../../provider/formats/access-markdown.ts";
import { accessCsv } from "../../provider/formats/csv.ts";
import { accessHtml } from "../../provider/formats/html.ts";
import { accessMermaid } from "../../provider/formats/mermaid.ts";
import type { AccessChangeRow } from "../../schema/access-change.ts";
import { accessView, manyRows } from "../support/access-view.ts";

const [first] = accessView().rows;
const HOSTILE = "a|b`c<img src=x>[x](https://evil.example)@octocat\n| x";
const hostile = accessView({ title: HOSTILE, rows: [{ ...first!, who: HOSTILE, name: HOSTILE, notes: [HOSTILE] }] });

test.each([
  ["CSV", accessCsv],
  ["Markdown", accessMarkdown],
  ["Mermaid", accessMermaid],
  ["HTML", accessHtml],
])("%s states all facts, and INCOMPLETE where something was not read", (_, format) => {
  const view = accessView({ facts: accessView().facts.map(([name], index) => [name, `value ${index}`]) });
  const text = format(view);
  for (const [name, value] of view.facts) {
    expect(text).toContain(name);
    expect(text).toContain(value);
  }
  expect(text).not.toContain("INCOMPLETE");
  expect(format(accessView({ incomplete: ["billing was not read"] }))).toMatch(/INCOMPLETE[\s\S]*billing was not read/);
});

describe("CSV", () => {
  test("has empty columns for a review", () => {
    const [head = "", row = ""] = accessCsv(accessView()).split("\r\n");
    expect(head).toMatch(/,reviewer,decision,date$/);
    expect(row).toMatch(/^group,.*,,,$/);
  });

  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])(
    "escapes a cell that begins as %j does",
    (who) => {
      const [, row = ""] = accessCsv(accessView({ rows: [{ ...first!, who }] })).split("\r\n");
      expect(row).toMatch(/^group,'/);
    },
  );

  test("quotes commas and quotation marks, and shows line breaks", () => {
    const [, row = ""] = accessCsv(accessView({ rows: [{ ...first!, who: 'a,"b"\nc' }] })).split("\r\n");
    expect(row).toMatch(/^group,"a,""b""\\nc",/);
  });
});

describe("Markdown", () => {
  test("keeps its columns and renders no markup of names", () => {
    const text = accessMarkdown(hostile);
    const rows = text.split("\n").filter((line) => line.startsWith("| "));
    expect(rows.map((line) => line.split("|").length)).toEqual([10, 10, 10]);
    expect(text).not.toMatch(/<img|\]\(|@octocat|https:\/\//);
  });

  test("says how many rows it leaves out", () => {
    const text = accessMarkdown(accessView({ rows: manyRows(5_000) }));
    expect(text.length).toBeLessThanOrEqual(65_536);
    expect(text).toMatch(/\*\*\d+ more rows are left out: a comment has no more space\.\*\*/);
    expect(text).toContain("Projects not read: none");
  });

  test("counts groups, people and programs in the headline of a change", () => {
    type Row = AccessChangeRow;
    const row = (effect: Row["effect"], kind: Row["kind"], who: string, project = "app"): Row => ({
      effect,
      kind,
      who,
      project,
      through: "corp",
      roles: ["read@app"],
      differences: ["+ read@app"],
    });
    const rows = [
      row("gains", "group", "a"),
      row("gains", "group", "b"),
      row("gains", "group", "b", "shop"),
      row("loses", "person", "ada"),
      row("changes", "program", "api"),
    ];
    expect(accessHeadline(rows)).toBe("2 groups gain access, 1 person loses access, 1 program changes access");
    expect(changeMarkdown({ facts: [], incomplete: [], rows, remarks: [] })).toMatch(
      /^\*\*2 groups gain access, 1 person loses access/,
    );
    expect(accessHeadline([])).toBe("Access does not change");
  });
});

describe("Mermaid", () => {
  test("draws at most 60 nodes and says how many grants it leaves out", () => {
    const text = accessMermaid(accessView({ rows: manyRows(500) }));
    expect(text.match(/^ {2}n\d+\["/gm)?.length).toBeLessThanOrEqual(60);
    expect(text).toMatch(/rest\["\d+ more grants"\]/);
  });

  test("takes no syntax from names", () => {
    const labels = accessMermaid(hostile).match(/\["(.*)"\]/g) ?? [];
    for (const label of labels) expect(label.slice(2, -2)).toMatch(/^(?:[\p{L}\p{N} .,/@-]|#\d+;)*$/u);
  });
});

test("the page counts a principal of an unknown identity provider neither as a person nor as a program", () => {
  const page = accessHtml(accessView());
  expect(page).toContain("<li><b>1</b>people</li>");
  expect(page).toContain("<li><b>2</b>programs</li>");
  expect(page).toContain("<li><b>1</b>other principals</li>");
});
