import { expect, test } from "vitest";
import { type Command, runBeside } from "../.ci/test.ts";

const node = (name: string, script: string): Command => ({ name, program: process.execPath, args: ["-e", script] });
const passes = node("passing", "console.log('quiet')");
const fails = (name: string) => node(name, `console.log("output of ${name}"); process.exit(3)`);

async function run(tests: Command, ...checks: Command[]): Promise<{ code: number; printed: string }> {
  let printed = "";
  const code = await runBeside(tests, checks, (text) => {
    printed += text;
  });
  return { code, printed };
}

test("succeeds, and prints nothing more, if the tests and all checks pass", async () => {
  expect(await run(node("tests", ""), passes, passes)).toEqual({ code: 0, printed: "" });
});

test("prints the output of every check that failed after the tests, and fails", async () => {
  const { code, printed } = await run(node("tests", ""), fails("formatter"), passes, fails("types"));
  expect(code).toBe(1);
  expect(printed).toContain("output of formatter");
  expect(printed).toContain("output of types");
  expect(printed).not.toContain("quiet");
  expect(printed).toMatch(/\nFailed beside the tests: formatter, types\n$/);
});

test("fails if only the tests fail, with their exit code", async () => {
  expect(await run(node("tests", "process.exit(4)"), passes)).toEqual({ code: 4, printed: "" });
});
