/**
 * `npm run mutate`: disables every rule code, every guard and every fault handler once, and a number of random
 * conditions, and lists those that no test notices. Outside the test suite, since it takes an hour and more.
 *
 *     npm run mutate -- --only rule          kinds, or a part of the name of a mutation
 *     npm run mutate -- --seed 7 --random 60
 *     npm run mutate -- --depth unit         without the tests that run programs
 *     npm run mutate -- --depth programs     only those, for the survivors of a run with --depth unit
 *     npm run mutate -- --tests engines      only test files whose path contains this part
 *     npm run mutate -- --again              forgets the results of earlier runs
 *     npm run mutate -- --list               prints the mutations, and runs nothing
 *
 * Works in a copy of the clone that contains all mutations, each behind a switch. The tests run once to record which
 * file reaches which mutation; then each mutation is switched on, and the files that reach it run until one fails.
 * A run that is interrupted goes on where it stopped, and tries survivors again.
 */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
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
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { catalogue } from "../../provider/rules/index.ts";
import { accepted } from "./accepted.ts";
import { faultMutations, guardMutations, type Mutation, parse, randomMutations, ruleMutations } from "./mutations.ts";
import { CONFIGURATION, SETUP_MODULE, SWITCH_MODULE, withSwitches } from "./switches.ts";
import { inNoticingOrder, runsPrograms } from "./test-files.ts";
import { Driver } from "./test-runs.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const workplace = join(root, ".mongofed", "mutation");
const copy = join(workplace, "copy");
const resultsFile = join(workplace, "results.jsonl");
const COPIED = ["provider", "schema", "test", "examples", "docs", ".ci", "package.json", "tsconfig.json", "README.md"];

const { values: options } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    tests: { type: "string", multiple: true, default: [] },
    seed: { type: "string", default: "1" },
    random: { type: "string", default: "60" },
    depth: { type: "string", default: "all" },
    again: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
  },
});

interface Result {
  readonly id: string;
  readonly depth: string;
  /** The test file that failed; `undefined` for a survivor. */
  readonly noticedBy: string | undefined;
}

/** How long each test file takes without a mutation, and the mutations that it reaches. */
interface Recording {
  readonly of: string;
  readonly files: Readonly<Record<string, { readonly ms: number; readonly reached: readonly string[] }>>;
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
const numbers = new Map(all.map(({ id }, index) => [id, index]));
const chosen = all.filter(({ id }) => options.only.length === 0 || options.only.some((part) => id.includes(part)));

if (options.list) {
  for (const { id, original } of chosen) console.log(`${id}\n    ${original}`);
  console.log(`${chosen.length} mutations`);
} else {
  await run();
}

async function run(): Promise<void> {
  mkdirSync(workplace, { recursive: true });
  if (options.again) rmSync(resultsFile, { force: true });
  const noticed = readNoticed();
  const open = chosen.filter(({ id }) => !noticed.has(id));
  console.log(`${chosen.length} mutations, ${open.length} to run`);
  writeCopy();
  const driver = new Driver(copy);
  const recording = await recorded(driver);
  for (const [index, mutation] of open.entries()) {
    const files = Object.keys(recording.files).filter((file) => recording.files[file]?.reached.includes(mutation.id));
    const ordered = inNoticingOrder(files, mutation, (file) => recording.files[file]?.ms ?? 0);
    const noticedBy = ordered.length === 0 ? undefined : await noticing(driver, mutation, ordered);
    if (noticedBy !== undefined) noticed.add(mutation.id);
    const result: Result = { id: mutation.id, depth: options.depth, noticedBy };
    appendFileSync(resultsFile, `${JSON.stringify(result)}\n`);
    const outcome = noticedBy === undefined ? `SURVIVED ${files.length} files` : `noticed by ${noticedBy}`;
    console.log(`${index + 1}/${open.length} ${mutation.id}: ${outcome}`);
  }
  driver.end();
  report(noticed);
}

async function noticing(driver: Driver, mutation: Mutation, files: readonly string[]): Promise<string | undefined> {
  const outcome = await driver.run({ on: String(numbers.get(mutation.id)), files, all: false });
  if (!outcome.failed) return undefined;
  return outcome.files.find(({ failed }) => failed)?.file ?? "an unhandled error";
}

/** Runs the tests once without a mutation, and leaves out those that fail. */
async function recorded(driver: Driver): Promise<Recording> {
  const tests = globSync(["test/**/*.test.ts", "examples/**/*.test.ts"], { cwd: root, exclude: ["**/node_modules"] });
  const able = tests
    .filter((test) => options.tests.length === 0 || options.tests.some((part) => test.includes(part)))
    .filter((test) => options.depth === "all" || runsPrograms(root, test) === (options.depth === "programs"));
  const of = createHash("sha256");
  for (const path of [...sources.map((source) => source.file), ...able]) {
    of.update(path).update(readFileSync(join(root, path)));
  }
  const digest = of.digest("hex");
  const file = join(workplace, `recording-${digest.slice(0, 16)}.json`);
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Recording) : undefined;
  if (before?.of === digest) return before;
  console.log(`Running ${able.length} test files without a mutation …`);
  writeFileSync(join(copy, "switch-reached"), "");
  const outcome = await driver.run({ on: "record", files: able, all: true });
  for (const { file } of outcome.files.filter(({ failed }) => failed)) {
    console.log(`left out, since it fails without a mutation: ${file}`);
  }
  const reached = new Map<string, Set<string>>();
  for (const line of readFileSync(join(copy, "switch-reached"), "utf8").split("\n").filter(Boolean)) {
    const [test = "", number] = line.split(" ");
    reached.set(test, (reached.get(test) ?? new Set()).add(all[Number(number)]?.id ?? ""));
  }
  const passed = outcome.files.filter(({ failed }) => !failed);
  const files = passed.map(({ file, ms }) => [file, { ms, reached: [...(reached.get(file) ?? [])] }] as const);
  const recording = { of: digest, files: Object.fromEntries(files) };
  writeFileSync(file, JSON.stringify(recording));
  return recording;
}

/** Mutations that any earlier run noticed: a test that fails fails at every depth. */
function readNoticed(): Set<string> {
  const lines = existsSync(resultsFile) ? readFileSync(resultsFile, "utf8").split("\n").filter(Boolean) : [];
  const read = lines.map((line) => JSON.parse(line) as Result);
  return new Set(read.filter(({ noticedBy }) => noticedBy !== undefined).map(({ id }) => id));
}

function report(noticed: ReadonlySet<string>): void {
  const survivors = chosen.filter(({ id }) => !noticed.has(id));
  console.log(`\n${chosen.length - survivors.length} of ${chosen.length} mutations noticed`);
  for (const { id, original } of survivors) {
    console.log(`survivor: ${id}\n    ${original}\n    reason: ${accepted[id] ?? "NONE: add a test"}`);
  }
  process.exitCode = survivors.some(({ id }) => accepted[id] === undefined) ? 1 : 0;
}

/** Writes the sources with their switches, and the tests, beside hard links to the packages. */
function writeCopy(): void {
  for (const name of COPIED.filter((one) => existsSync(join(root, one)))) {
    rmSync(join(copy, name), { recursive: true, force: true });
    cpSync(join(root, name), join(copy, name), { recursive: true, filter: (path) => !path.includes("node_modules") });
  }
  if (!existsSync(join(copy, "node_modules"))) linkPackages();
  const edits = all.flatMap(({ edits }, number) => edits.map((edit) => ({ edit, number })));
  for (const source of sources) {
    const own = edits.filter(({ edit }) => edit.file === source.file);
    if (own.length === 0) continue;
    writeFileSync(join(copy, source.file), withSwitches(source, own, join(copy, "switch.mjs")));
  }
  writeFileSync(join(copy, "switch.mjs"), SWITCH_MODULE);
  writeFileSync(join(copy, "switch-on"), "none");
  writeFileSync(join(copy, "setup.mjs"), SETUP_MODULE);
  writeFileSync(join(copy, "vitest.config.mjs"), CONFIGURATION);
  const tsc = join(copy, "node_modules", "typescript", "bin", "tsc");
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.json", "--noCheck"], { cwd: copy, stdio: "inherit" });
}

/** Links the files, and not the folders: a package must find this copy of mongofed, and not the clone. */
function linkPackages(): void {
  const from = join(root, "node_modules");
  const to = join(copy, "node_modules");
  mkdirSync(to, { recursive: true });
  const names = readdirSync(from).filter((name) => name !== ".cache");
  execFileSync("cp", ["-R", "-l", "-P", ...names.map((name) => join(from, name)), to]);
}
