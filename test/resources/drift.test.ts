import { expect, test } from "vitest";
import { compare, fingerprint, fingerprints } from "../../provider/resources/compare.ts";
import { driftRows, formatDrift } from "../../provider/resources/drift.ts";
import { UNKNOWN } from "../../schema/unknown.ts";

const KEYS = ["audience", "description", "domains"];

function rows(live: object, outputs: object, wanted: object, recorded: object = outputs) {
  const prints = fingerprints({ ...recorded }, KEYS);
  return driftRows(
    compare(KEYS, { ...live }, { ...outputs, __applied: { inputs: prints, echo: prints } }, { ...wanted }),
  );
}

test("equal values have one fingerprint: sets in any order, and nothing in any form", () => {
  expect(fingerprint(["b", "a", "a"])).toBe(fingerprint(["a", "b"]));
  expect(fingerprint({ b: 1, a: [2] })).toBe(fingerprint({ a: [2], b: 1 }));
  for (const nothing of [undefined, null, "", []]) expect(fingerprint(nothing)).toBe("");
  expect(fingerprint("1")).not.toBe(fingerprint(1));
  expect(fingerprint(["a,b"])).not.toBe(fingerprint(["a", "b"]));
});

test("columns stand below each other", () => {
  const table = rows(
    { audience: "api://old", description: "Bob" },
    { audience: "api://corp", description: "people" },
    { audience: "api://corp", description: "new" },
  );
  expect(formatDrift('IdentityProvider "staff" (corp-entra)', table)).toBe(
    [
      'drift  IdentityProvider "staff" (corp-entra) was changed outside this stack',
      '         audience     live "api://old"  recorded "api://corp"  wanted "api://corp"  up puts it back',
      '         description  live "Bob"        recorded "people"      wanted "new"         up sets what is wanted',
    ].join("\n"),
  );
});

test("nothing, unknowns and long values have their own form", () => {
  const [first, second] = rows(
    { audience: "x".repeat(100), domains: ["a", "b"] },
    { audience: "api://corp" },
    { audience: UNKNOWN },
  );
  expect(first).toMatchObject({ wanted: "(known after apply)" });
  expect(first?.live).toHaveLength(40);
  expect(first?.live).toMatch(/^"x+…"$/);
  expect(second).toMatchObject({ live: '["a","b"]', recorded: "none", wanted: "none" });
});

test("no value can break a line, or turn the text around", () => {
  const [row] = rows({ audience: "a\n\u001b[31m\u202eb" }, { audience: "c" }, { audience: "c" });
  expect(row?.live).toBe('"a\\n\\u001b[31m\ufffdb"');
});

test("what a refresh has overwritten is taken from the program, if that has not changed, and else not known", () => {
  const recorded = { audience: "api://corp" };
  const live = { audience: "api://old" };
  expect(rows(live, live, recorded, recorded)[0]).toMatchObject({
    recorded: '"api://corp"',
    outcome: "up puts it back",
  });
  expect(rows(live, live, { audience: "api://new" }, recorded)[0]).toMatchObject({
    recorded: "(overwritten by a refresh)",
  });
});

test("an edit that nobody else made is no row", () => {
  expect(rows({ audience: "a" }, { audience: "a" }, { audience: "b" })).toEqual([]);
});
