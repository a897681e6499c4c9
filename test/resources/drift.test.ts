import { expect, test } from "vitest";
import { formatReport } from "../../provider/engines/pulumi/report-text.ts";
import { pulumiTerms } from "../../provider/engines/pulumi/terms.ts";
import { reportText } from "../../provider/reports.ts";
import { driftsIn } from "../../provider/resources/lifecycle/drift.ts";
import {
  appliedIn,
  appliedOf,
  compacted,
  compare,
  fingerprint,
  fingerprints,
} from "../../provider/resources/state/compare.ts";
import { UNKNOWN } from "../../schema/unknown.ts";

const KEYS = ["audience", "description", "domains"];

const subject = { kind: "IdentityProvider" as const, name: "staff", label: "corp-entra" };

function drift(live: object, outputs: object, wanted: object, recorded: object = outputs) {
  const prints = fingerprints({ ...recorded }, KEYS);
  const state = { ...outputs, __applied: { inputs: prints, echo: prints } };
  const changes = driftsIn(compare(KEYS, { ...live }, state, { ...wanted }), [], "correct");
  return { type: "drift", subject, changes } as const;
}

/** The cells of each row. */
function rows(...values: Parameters<typeof drift>) {
  return reportText(drift(...values), pulumiTerms).details.map((row) => row.split(/ {2,}/));
}

test("equal values have one fingerprint: sets in any order, and nothing in any form", () => {
  expect(fingerprint(["b", "a", "a"])).toBe(fingerprint(["a", "b"]));
  expect(fingerprint({ b: 1, a: [2] })).toBe(fingerprint({ a: [2], b: 1 }));
  for (const nothing of [undefined, null, "", []]) expect(fingerprint(nothing)).toBe("");
  expect(fingerprint("1")).not.toBe(fingerprint(1));
  expect(fingerprint(["a,b"])).not.toBe(fingerprint(["a", "b"]));
});

test("a record of applied values leaves out those that the outputs repeat, and a read restores them", () => {
  const outputs = { audience: "api://corp", domains: ["a"] };
  const prints = fingerprints(outputs, KEYS);
  const before = compacted({ ...outputs, __applied: { inputs: prints, echo: prints } }, KEYS);
  expect(before).toEqual({ ...outputs, __applied: {} });
  expect(appliedOf(before, KEYS)).toEqual({ inputs: prints, echo: prints });
  expect(appliedIn(before, outputs, KEYS)).toEqual({ __applied: {} });
  expect(appliedIn(before, { audience: "api://other" }, KEYS)).toEqual({ __applied: { inputs: prints } });
});

test("a record of applied values is complete where an input is secret, and stays complete in a read", () => {
  const outputs = { audience: "api://corp" };
  const prints = fingerprints(outputs, KEYS);
  const complete = { ...outputs, __applied: { inputs: prints, echo: prints, secrets: ["audience"] } };
  expect(compacted(complete, KEYS)).toEqual(complete);
  expect(appliedIn(complete, {}, KEYS)).toEqual({});
});

test("columns stand below each other", () => {
  const table = drift(
    { audience: "api://old", description: "Bob" },
    { audience: "api://corp", description: "people" },
    { audience: "api://corp", description: "new" },
  );
  expect(formatReport(table)).toBe(
    [
      'drift  IdentityProvider "staff" (corp-entra) was changed outside this stack',
      '         audience     live "api://old"  recorded "api://corp"  wanted "api://corp"  up puts it back',
      '         description  live "Bob"        recorded "people"      wanted "new"         up sets what is wanted',
    ].join("\n"),
  );
});

test("nothing and unknowns have their own form, and long values are whole", () => {
  const long = "x".repeat(500);
  expect(rows({ audience: long, domains: ["a", "b"] }, { audience: "api://corp" }, { audience: UNKNOWN })).toEqual([
    ["audience", `live "${long}"`, 'recorded "api://corp"', "wanted (known after apply)", "up sets what is wanted"],
    ["domains", 'live ["a","b"]', "recorded none", "wanted none", "up puts it back"],
  ]);
});

test("no value can break a line, or turn the text around", () => {
  const [row] = rows({ audience: "a\n\u001b[31m\u202eb" }, { audience: "c" }, { audience: "c" });
  expect(row?.[1]).toBe('live "a\\n\\u001b[31m\\u{202e}b"');
});

test("after a refresh, the recorded value is the program's if that is unchanged, and otherwise unknown", () => {
  const recorded = { audience: "api://corp" };
  const live = { audience: "api://old" };
  expect(rows(live, live, recorded, recorded)[0]).toContain('recorded "api://corp"');
  expect(rows(live, live, recorded, recorded)[0]).toContain("up puts it back");
  expect(rows(live, live, { audience: "api://new" }, recorded)[0]).toContain("recorded (overwritten by a refresh)");
});

test("an edit that nobody else made is no row", () => {
  expect(rows({ audience: "a" }, { audience: "a" }, { audience: "b" })).toEqual([]);
});
