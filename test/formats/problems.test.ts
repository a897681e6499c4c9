import { describe, expect, test } from "vitest";
import { junit } from "../../provider/formats/junit.ts";
import { problemOfDrift, problemOfFinding } from "../../provider/formats/problem.ts";
import { sarif } from "../../provider/formats/sarif.ts";
import type { WordedFinding } from "../../schema/finding.ts";
import { sarifSchema } from "./sarif-schema.ts";

const HOSTILE = 'a"b<c>&d\u0000\u202e\ud800]]>\n::error::x ##[command]';
const finding: WordedFinding = {
  code: "FED203",
  slug: "second-workforce-provider",
  severity: "error",
  path: "identityProvider",
  message: `organization ${HOSTILE} would have two`,
  why: "Atlas supports one.",
  fix: "Remove one.",
  docs: "https://www.mongodb.com/docs/atlas/workforce-oidc/",
  locations: [
    { file: "src\\a b/index.ts", line: 14, column: 1, label: 'OrgConnection "platform"' },
    { file: "index.ts", line: 31, column: 3, label: 'OrgConnection "other"', note: "to contractors" },
  ],
};
const problems = [
  problemOfFinding(finding),
  problemOfFinding({ ...finding, code: "FED301", severity: "info", docs: "a page", locations: [], path: "" }),
  problemOfDrift({
    kind: "changed",
    resource: { kind: "OidcRole", name: "dba", label: "group dba through corp" },
    changes: [{ property: "roles", live: ["a"], declared: [] }],
  }),
];

describe("sarif", () => {
  const text = sarif(problems, {
    version: "1.2.3",
    rules: { FED203: { title: "Connect one.", help: "Atlas supports one." } },
    complete: true,
  });
  const log = JSON.parse(text);

  test("follows the published schema", () => {
    expect(sarifSchema.safeParse(log).error).toBeUndefined();
    expect(sarifSchema.safeParse({ ...log, runs: [{ results: [] }] }).success).toBe(false);
  });

  test("has rule ids, levels, and file and line where they are known", () => {
    const [run] = log.runs;
    expect(run.tool.driver.rules).toMatchObject([
      {
        id: "FED203",
        name: "second-workforce-provider",
        shortDescription: { text: "Connect one." },
        help: { text: "Atlas supports one." },
        helpUri: finding.docs,
      },
      { id: "FED301" },
      { id: "drift-changed" },
    ]);
    expect(run.tool.driver.rules[1]).not.toHaveProperty("helpUri");
    expect(run.results).toMatchObject([
      {
        ruleId: "FED203",
        ruleIndex: 0,
        level: "error",
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: "src/a%20b/index.ts" },
              region: { startLine: 14, startColumn: 1 },
            },
          },
        ],
        relatedLocations: [{ message: { text: 'OrgConnection "other" to contractors' } }],
      },
      { ruleId: "FED301", level: "note" },
      { ruleId: "drift-changed", level: "warning" },
    ]);
    expect(run.results[2].locations[0]).not.toHaveProperty("physicalLocation");
  });

  test("keeps a fingerprint when the line moves, and holds nothing that a log obeys", () => {
    const moved = { ...finding, locations: finding.locations.map((one) => ({ ...one, line: one.line + 10 })) };
    const again = JSON.parse(sarif([problemOfFinding(moved)], { version: "1.2.3", rules: {}, complete: true }));
    expect(again.runs[0].results[0].partialFingerprints).toEqual(log.runs[0].results[0].partialFingerprints);
    expect(text).not.toMatch(/##\[|(?!\n)[\p{Cc}\p{Cf}]/u);
  });
});

describe("junit", () => {
  test("is well-formed XML whatever names hold, and errors and warnings fail", () => {
    const xml = junit(problems, { suite: HOSTILE });
    expect(xml).toContain('<testsuites name="mongofed" tests="3" failures="2" errors="0">');
    expect(xml).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/u);
    expect(xml.replace(/<\/?(?:\?xml|test(?:suites|suite|case)|failure|system-out)[^<>]*>/g, "")).not.toMatch(/[<>]/);
    expect(xml.replace(/&#\d+;/g, "")).not.toContain("&");
    expect(xml).toContain('file="src\\a b/index.ts" line="14"');
  });

  test("reports an incomplete run as an error", () => {
    expect(junit([], { suite: "s", incomplete: "the run failed" })).toContain(
      '<error type="incomplete" message="the run failed"/>',
    );
  });
});
