/**
 * `npm test`: all tests, and beside them the formatter, both compilers and the search for unused exports. The tests run
 * from the sources and from an emitted `dist`, so they need no compiler that checks types first.
 *
 *     npm test                every check and every test
 *     npm test -- FILE …      only these test files, without the checks
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

export interface Command {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

const color = process.stdout.isTTY ?? false;
const SPELLED = ["{schema,provider,test,examples,.ci}/**/*.ts", "{docs,examples}/**/*.md", "*.md"];
const CHECKS: readonly Command[] = [
  {
    name: "formatter",
    program: "biome",
    args: ["ci", ".", "--error-on-warnings", `--colors=${color ? "force" : "off"}`],
  },
  { name: "unused exports and files", program: "knip", args: ["--no-progress"] },
  {
    name: "spelling",
    program: "cspell",
    args: ["lint", "--no-progress", "--no-summary", "--config", ".ci/cspell.json", "--root", ".", ...SPELLED],
  },
  { name: "types of the product", program: "tsc", args: ["-p", "tsconfig.json", "--noEmit", ...pretty()] },
  { name: "types of the tests", program: "tsc", args: ["-p", "test/tsconfig.json", ...pretty()] },
];

function pretty(): string[] {
  return ["--pretty", String(color)];
}

/**
 * Runs the tests in the foreground, and the checks beside them.
 *
 * @param print gets the output of each check that failed, after the tests
 * @returns the exit code: 0 only if everything passed
 */
export async function runBeside(
  tests: Command,
  checks: readonly Command[],
  print: (text: string) => void,
): Promise<number> {
  const running = checks.map(async (check) => ({ check, ...(await captured(check)) }));
  const code = await inForeground(tests);
  const failed = (await Promise.all(running)).filter((check) => check.code !== 0);
  for (const { check, output } of failed) print(`\nFailed: ${check.name}\n${output.trimEnd()}\n`);
  if (failed.length > 0) print(`\nFailed beside the tests: ${failed.map(({ check }) => check.name).join(", ")}\n`);
  return code === 0 && failed.length > 0 ? 1 : code;
}

async function captured(command: Command): Promise<{ code: number; output: string }> {
  const child = start(command, "pipe");
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return { code: await exitCode(child), output };
}

function inForeground(command: Command): Promise<number> {
  return exitCode(start(command, "inherit"));
}

function start({ program, args }: Command, output: "pipe" | "inherit") {
  const shell = process.platform === "win32";
  return spawn(program, args, { cwd: root, stdio: ["inherit", output, output], shell });
}

async function exitCode(child: ReturnType<typeof start>): Promise<number> {
  const [code] = (await once(child, "close")) as [number | null];
  return code ?? 130;
}

if (import.meta.main) {
  const files = process.argv.slice(2);
  const tests = { name: "tests", program: "vitest", args: ["run", "--config", "test/vitest.config.ts", ...files] };
  process.exitCode = await runBeside(tests, files.length > 0 ? [] : CHECKS, (text) => process.stdout.write(text));
}
