/**
 * `npm run mutate`: disables every rule code, every guard and every fault handler once, and a number of random
 * conditions, and lists those that no test notices. Outside the test suite, since it takes hours.
 *
 *     npm run mutate -- --only rule          kinds, or a part of the name of a mutation
 *     npm run mutate -- --seed 7 --random 60
 *     npm run mutate -- --depth unit         without the tests that run programs
 *     npm run mutate -- --again              forgets the results of earlier runs
 *     npm run mutate -- --list               prints the mutations, and runs nothing
 *
 * Works in copies of the clone. A run that is interrupted goes on where it stopped.
 */

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { catalogue } from "../../provider/rules/index.ts";
import { accepted } from "./accepted.ts";
import {
  type Edit,
  faultMutations,
  guardMutations,
  type Mutation,
  parse,
  randomMutations,
  ruleMutations,
} from "./mutations.ts";
import { batchesFor, type TestFile, testFiles } from "./noticing.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const workplace = join(root, ".mongofed", "mutation");
const resultsFile = join(workplace, "results.jsonl");
const COPIED = ["provider", "schema", "test", "examples", "docs", ".ci", "package.json", "tsconfig.json", "README.md"];

/** A mutation counts as noticed if it makes a test wait forever. */
const LIMIT_MS = 15 * 60_000;

const { values: options } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    seed: { type: "string", default: "1" },
    random: { type: "string", default: "60" },
    depth: { type: "string", default: "all" },
    parallel: { type: "string", default: "2" },
    again: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
  },
});

interface Result {
  readonly id: string;
  readonly depth: string;
  /** The batch in which a test failed; `undefined` for a survivor. */
  readonly noticedBy: string | undefined;
}

const sources = globSync(["provider/**/*.ts", "schema/**/*.ts"], { cwd: root }).map((file) =>
  parse(root, join(root, file)),
);
const all: readonly Mutation[] = [
  ...ruleMutations(sources, Object.keys(catalogue)),
  ...guardMutations(sources),
  ...faultMutations(sources),
  ...randomMutations(sources, Number(options.seed), Number(options.random)),
];
const chosen = all.filter(({ id }) => options.only.length === 0 || options.only.some((part) => id.includes(part)));
const tests = testFiles(
  root,
  globSync(["test/**/*.test.ts", "examples/**/*.test.ts"], { cwd: root, exclude: ["**/node_modules"] }),
);

if (options.list) {
  for (const { id, original } of chosen) console.log(`${id}\n    ${original}`);
  console.log(`${chosen.length} mutations`);
} else {
  await run();
}

async function run(): Promise<void> {
  mkdirSync(workplace, { recursive: true });
  if (options.again) rmSync(resultsFile, { force: true });
  const results = readResults();
  const open = chosen.filter(({ id }) => !results.has(id));
  console.log(`${chosen.length} mutations, ${open.length} to run`);
  const copies = Array.from({ length: Number(options.parallel) }, (_, index) => copyOf(index));
  const able = await reliable(copies[0] as string);
  const queue = open[Symbol.iterator]();
  let done = 0;
  const worker = async (copy: string) => {
    for (const mutation of queue) {
      const noticedBy = await noticed(mutation, copy, able);
      const result: Result = { id: mutation.id, depth: options.depth, noticedBy };
      results.set(mutation.id, result);
      appendFileSync(resultsFile, `${JSON.stringify(result)}\n`);
      done += 1;
      console.log(
        `${done}/${open.length} ${noticedBy === undefined ? "SURVIVED" : `noticed (${noticedBy})`}: ${mutation.id}`,
      );
    }
  };
  await Promise.all(copies.map(worker));
  report(results);
}

/** Tests that pass without a mutation, the fastest first. Runs all of them once. */
async function reliable(copy: string): Promise<TestFile[]> {
  const file = join(workplace, `baseline-${options.depth}.json`);
  const able = tests.filter(({ whole }) => options.depth !== "unit" || !whole);
  if (options.again || !existsSync(file)) {
    console.log(`Running ${able.length} test files without a mutation …`);
    await execute(copy, "tsc", ["-p", "tsconfig.json", "--noCheck"]);
    const args = ["--reporter=json", `--outputFile=${file}`, ...able.map((test) => test.file)];
    await execute(copy, "vitest", ["run", "--config", "test/vitest.config.ts", ...args]);
  }
  const { testResults } = JSON.parse(readFileSync(file, "utf8")) as { testResults: readonly FileResult[] };
  const named = new Map(testResults.map((result) => [relative(copy, result.name).replaceAll("\\", "/"), result]));
  const failed = able.filter((test) => named.get(test.file)?.status === "failed");
  for (const { file } of failed) console.log(`left out, since it fails without a mutation: ${file}`);
  const lasted = ({ file }: TestFile) => (named.get(file)?.endTime ?? 0) - (named.get(file)?.startTime ?? 0);
  return able.filter((test) => !failed.includes(test)).sort((a, b) => lasted(a) - lasted(b));
}

interface FileResult {
  readonly name: string;
  readonly status: "passed" | "failed";
  readonly startTime: number;
  readonly endTime: number;
}

/** Results of the same depth; a mutation that was noticed once is noticed at every depth. */
function readResults(): Map<string, Result> {
  const lines = existsSync(resultsFile) ? readFileSync(resultsFile, "utf8").split("\n").filter(Boolean) : [];
  const read = lines.map((line) => JSON.parse(line) as Result);
  const valid = read.filter(
    ({ depth, noticedBy }) => noticedBy !== undefined || depth === "all" || depth === options.depth,
  );
  return new Map(valid.map((result) => [result.id, result]));
}

function report(results: ReadonlyMap<string, Result>): void {
  const ended = chosen.filter(({ id }) => results.has(id));
  const survivors = ended.filter(({ id }) => results.get(id)?.noticedBy === undefined);
  console.log(`\n${ended.length - survivors.length} of ${ended.length} mutations noticed`);
  for (const { id, original } of survivors) {
    console.log(`survivor: ${id}\n    ${original}\n    reason: ${accepted[id] ?? "NONE: add a test"}`);
  }
  process.exitCode = survivors.some(({ id }) => accepted[id] === undefined) ? 1 : 0;
}

/** A copy of the sources and tests, with hard links to the packages. */
function copyOf(index: number): string {
  const copy = join(workplace, `copy-${index}`);
  for (const name of COPIED.filter((one) => existsSync(join(root, one)))) {
    rmSync(join(copy, name), { recursive: true, force: true });
    cpSync(join(root, name), join(copy, name), { recursive: true, filter: (path) => !path.includes("node_modules") });
  }
  if (!existsSync(join(copy, "node_modules"))) linkPackages(copy);
  return copy;
}

/** Links the files, and not the folders: a package must find this copy of mongofed, and not the clone. */
function linkPackages(copy: string): void {
  const from = join(root, "node_modules");
  const to = join(copy, "node_modules");
  mkdirSync(to, { recursive: true });
  const names = readdirSync(from).filter((name) => name !== ".cache");
  execFileSync("cp", ["-R", "-l", "-P", ...names.map((name) => join(from, name)), to]);
}

async function noticed(mutation: Mutation, copy: string, tests: readonly TestFile[]): Promise<string | undefined> {
  const files = [...new Set(mutation.edits.map(({ file }) => file))];
  for (const file of files) apply(copy, file, mutation.edits);
  try {
    const [near, far, whole] = batchesFor(files, tests);
    if (await fails(copy, near)) return "near";
    if (await fails(copy, far)) return "far";
    if (options.depth === "unit") return undefined;
    await execute(copy, "tsc", ["-p", "tsconfig.json", "--noCheck"]);
    return (await fails(copy, whole)) ? "whole" : undefined;
  } finally {
    for (const file of files) writeFileSync(join(copy, file), textOf(file));
  }
}

/** The text at the start of the run: work in the clone may go on. */
function textOf(file: string): string {
  const source = sources.find((one) => one.file === file);
  if (source === undefined) throw new Error(`no source ${file}`);
  return source.text;
}

function apply(copy: string, file: string, edits: readonly Edit[]): void {
  const own = edits.filter((edit) => edit.file === file).sort((a, b) => b.start - a.start);
  const mutated = own.reduce(
    (text, { start, end, text: by }) => text.slice(0, start) + by + text.slice(end),
    textOf(file),
  );
  writeFileSync(join(copy, file), mutated);
}

async function fails(copy: string, files: readonly string[]): Promise<boolean> {
  if (files.length === 0) return false;
  return (
    (await execute(copy, "vitest", [
      "run",
      "--config",
      "test/vitest.config.ts",
      "--bail=1",
      "--maxWorkers=1",
      ...files,
    ])) !== 0
  );
}

async function execute(cwd: string, program: string, args: readonly string[]): Promise<number> {
  const bin = join(cwd, "node_modules", ".bin");
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, NODE_COMPILE_CACHE: join(workplace, "compiled") };
  const child = spawn("nice", [program, ...args], {
    cwd,
    env,
    stdio: "ignore",
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  const [code] = (await once(child, "close")) as [number | null];
  return code ?? 1;
}
