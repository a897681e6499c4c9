import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("each code stands in one family", () => {
  const sources = globSync("provider/rules/*.ts").map((file) => readFileSync(file, "utf8"));
  const codes = sources.flatMap((text) => [...text.matchAll(/^ {2}(FED\d{3}): \{/gm)].map(([, code]) => code));
  expect(codes.length).toBeGreaterThan(150);
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
});
