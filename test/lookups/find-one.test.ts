import { expect, test } from "vitest";
import { findOne } from "../../provider/lookups/find-one.ts";

const there = [
  { name: "corp", audience: "a" },
  { name: "corp", audience: "b" },
];
const find = (asked: { readonly name?: string; readonly audience?: string }) =>
  findOne({ what: "identity provider", where: "federation f", there, asked, describe: ({ audience }) => audience });

test("returns the only object that fits", () => {
  expect(find({ name: "corp", audience: "b" })).toBe(there[1]);
});

test.each([
  ["several that fit", { name: "corp" }, "FED241", /These fit:\n {2}a\n {2}b/],
  ["none that fits", { name: "apps" }, "FED240", /These are there:\n {2}a\n {2}b/],
])("rejects %s, and lists the objects", (_, asked, code, why) => {
  const findings = [expect.objectContaining({ code, why: expect.stringMatching(why) })];
  expect(() => find(asked)).toThrow(expect.objectContaining({ findings }));
});
