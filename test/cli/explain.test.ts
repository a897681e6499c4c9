import { describe, expect, test } from "vitest";
import { catalogue } from "../../provider/rules/catalogue.ts";
import { neutralTerms } from "../../provider/terms.ts";
import { word } from "../../schema/phrase.ts";
import { mongofed } from "./command-line.ts";

test("a code is explained, however it is written", async () => {
  const byCode = await mongofed(["explain", "FED203"]);
  expect(byCode.exitCode).toBe(0);
  expect(byCode.stdout).toMatch(/^FED203 second-workforce-provider \(error\)\n/);
  for (const part of ["why", "fix", "source"]) expect(byCode.stdout).toMatch(new RegExp(`^ {2}${part} +\\S`, "m"));
  expect(await mongofed(["explain", "fed203"])).toEqual(byCode);
  expect(await mongofed(["explain", "second-workforce-provider"])).toEqual(byCode);
});

test("lines keep to the width that COLUMNS says", async () => {
  const { stdout } = await mongofed(["explain", "FED203"], { env: { COLUMNS: "60" } });
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
});

test("without a code, all of them are listed", async () => {
  const { stdout } = await mongofed(["explain"]);
  const listed = [...stdout.matchAll(/^FED\d{3}/gm)].map(([code]) => code);
  expect(listed).toEqual(Object.keys(catalogue).sort());
});

test("an unknown code names the nearest", async () => {
  const { exitCode, stdout, stderr } = await mongofed(["explain", "FED2O3"]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toContain("FED203 second-workforce-provider");
  expect((await mongofed(["explain", "workforce"])).stderr).toContain("FED203 second-workforce-provider");
});

describe("--json", () => {
  test("of one", async () => {
    const { stdout } = await mongofed(["explain", "FED203", "--json"]);
    expect(JSON.parse(stdout)).toEqual({
      code: "FED203",
      ...catalogue.FED203,
      fix: word(catalogue.FED203.fix, neutralTerms),
    });
  });

  test("of all", async () => {
    const entries: { code: string }[] = JSON.parse((await mongofed(["explain", "--json"])).stdout);
    expect(entries.map(({ code }) => code)).toEqual(Object.keys(catalogue).sort());
  });
});
