import { describe, expect, test } from "vitest";
import { pulumiTerms } from "../provider/engines/pulumi/terms.ts";
import { differenceRows, reportText } from "../provider/reports.ts";
import { word } from "../schema/phrase.ts";
import type { Difference } from "../schema/report.ts";

const subject = { kind: "OidcRole", name: "dba", label: "group dba" } as const;
const role = (name: string) => ({ role: name, database: "app" });
const many = Array.from({ length: 60 }, (_, index) => `role-${index}@app`);

const drift = (before: unknown, live: unknown, secret = false) =>
  reportText(
    {
      type: "drift",
      subject,
      changes: [
        { property: "roles", live, recorded: before, wanted: before, recordedKnown: true, outcome: "reverted", secret },
      ],
    },
    pulumiTerms,
  ).details;

describe("a difference is shown whole", () => {
  test("drift names what was added to a list and removed from it, however long it is", () => {
    const [row, ...items] = drift(many, [...many.slice(1), "root@admin"]);
    for (const each of [...many, "root@admin"]) expect(row).toContain(`"${each}"`);
    expect(items).toEqual(['  added   "root@admin"', '  removed "role-0@app"']);
  });

  test("objects in lists count by their meaning, and entries of an object by key and value", () => {
    expect(drift([role("a"), { database: "app", role: "b" }], [role("b"), role("c")]).slice(1)).toEqual([
      '  added   {"role":"c","database":"app"}',
      '  removed {"role":"a","database":"app"}',
    ]);
    expect(drift({ a: "x", b: "y" }, { a: "x", b: "z", c: ["1"] }).slice(1)).toEqual([
      '  added   b: "z"',
      '  added   c: ["1"]',
      '  removed b: "y"',
    ]);
  });

  test("a plain value, a new list and another order have no items", () => {
    expect(drift("a", "b")).toHaveLength(1);
    expect(drift([], ["a"])).toHaveLength(1);
    expect(drift(["a", "b"], ["b", "a"])).toHaveLength(1);
  });

  test("a secret shows none of its items", () => {
    expect(drift(["a"], ["b"], true).join()).not.toMatch(/"[ab]"/);
  });

  test("FED225 and adoption name what the next write adds and removes", () => {
    const difference: Difference = { property: "roles", live: ["a@x", "b@x"], wanted: ["b@x", "c@x"], secret: false };
    const items = ['  added   "c@x"', '  removed "a@x"'];
    const rows = word(differenceRows([difference]), pulumiTerms).split("\n");
    expect(rows).toEqual(['roles  live ["a@x","b@x"]  wanted ["b@x","c@x"]', ...items]);
    const adoption = { type: "adoption", subject, object: "group dba", differences: [difference, difference] } as const;
    expect(reportText(adoption, pulumiTerms).details).toEqual([
      expect.any(String),
      ...items,
      expect.any(String),
      ...items,
    ]);
  });
});
