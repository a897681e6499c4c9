import { describe, expect, test } from "vitest";
import {
  catalogue,
  type Declaration,
  declarationRules,
  programFindings,
  programRules,
} from "../../provider/rules/index.ts";
import type { CatalogueEntry } from "../../provider/rules/rule.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import { textOf, wordedAll } from "../support/worded.ts";
import { NOW } from "./case.ts";
import { accessCases } from "./cases-access.ts";
import { configurationCases } from "./cases-configuration.ts";
import { projectCases } from "./cases-projects.ts";
import { roleCases } from "./cases-roles.ts";
import { apps, staff } from "./declarations.ts";

const cases = [...configurationCases, ...accessCases, ...roleCases, ...projectCases];

function codes(...declarations: Declaration[]): string[] {
  return wordedAll(programFindings({ declarations, now: NOW })).map(({ code, path }) =>
    path === "" ? code : `${code} ${path}`,
  );
}

describe.each(cases)("$code", ({ breaks, keeps }) => {
  test.each(breaks)("is found: %s", (_name, program, expected) => {
    expect(codes(...program())).toEqual(expected);
  });
  test.each(keeps)("is not found: %s", (_name, program) => {
    expect(codes(...program())).toEqual([]);
  });
});

test("every rule has its cases", () => {
  const ruled = new Set([...declarationRules, ...programRules].map(({ code }) => code));
  expect(cases.map(({ code }) => code).sort()).toEqual([...ruled].sort());
});

test("all findings come at once, errors first, and then in the order of the declarations", () => {
  const bad = staff({ issuerUri: "http://x", userClaim: "email", configurationName: "x".repeat(51) });
  const worse = apps({ clientId: "c", audience: "b" });
  expect(codes(bad, worse)).toEqual([
    "FED211 configurationName",
    "FED212 issuerUri",
    "FED204 clientId",
    "FED219 userClaim",
  ]);
});

test("no finding repeats a value that is not printable, nor an unknown", () => {
  const text = JSON.stringify(
    programFindings({ declarations: [staff({ audience: 7, issuerUri: UNKNOWN, nonsense: "hunter2" })] }),
  );
  expect(text).not.toContain("hunter2");
  expect(text).not.toContain(UNKNOWN);
});

test("every code of the catalogue says what, why, what to do and where it comes from", () => {
  for (const [code, entry] of Object.entries(catalogue)) {
    expect(code).toMatch(/^FED[1-4]\d\d$/);
    for (const text of [entry.slug, entry.title, entry.why, entry.fix, entry.source]) expect(text).not.toEqual("");
  }
  const slugs = Object.values(catalogue).map(({ slug }) => slug);
  expect(new Set(slugs).size).toBe(slugs.length);
});

test("a title is an instruction, no why repeats it, and no sentence has more than 30 words", () => {
  for (const [code, entry] of Object.entries<CatalogueEntry>(catalogue)) {
    const [title, why, fix] = [entry.title, entry.why, entry.fix].map(textOf) as [string, string, string];
    expect(title, code).toMatch(/^[A-Z][^.]*(\.\S[^.]*)*\.$/);
    expect(why, code).not.toContain(title);
    for (const sentence of `${title} ${why} ${fix}`.split(/(?<=[.:])\s/)) {
      expect(sentence.split(/\s+/).length, `${code}: ${sentence}`).toBeLessThanOrEqual(30);
    }
  }
});
