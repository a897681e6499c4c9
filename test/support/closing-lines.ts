/**
 * The last lines of a test run: the slowest files, the skipped tests and why, and one plain line to read or to grep. A
 * reporter of vitest, named in `vitest.config.ts` after the default one.
 */

import type { Reporter, TestCase, TestModule } from "vitest/node";
import { findEngine } from "./find-engine.ts";

/** As `describeEngines` in `engines.ts` calls it; not imported, since that file belongs to the tests' own process. */
const CLI_SUITE = "on the Pulumi CLI";

export default class ClosingLines implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: string) => tests.filter((test) => test.result().state === state);
    const skipped = inState("skipped");
    // A file that cannot be loaded has no tests, and has failed all the same.
    const broken = modules.filter((module) => module.state() === "failed" && module.errors().length > 0);
    const lines = [
      ...slowest(modules),
      ...(await reasonsOf(skipped)),
      ...broken.map((module) => `Not run: ${module.relativeModuleId}, which could not be loaded`),
      `${inState("passed").length} passed, ${inState("failed").length + broken.length} failed, ${skipped.length} skipped`,
    ];
    // After the default reporter's own summary, which is written at the same moment.
    setImmediate(() => process.stdout.write(`\n${lines.join("\n")}\n`));
  }
}

const SLOWEST = 10;

function slowest(modules: readonly TestModule[]): string[] {
  if (modules.length <= 1) return [];
  const timed = modules.map((module) => ({ file: module.relativeModuleId, seconds: secondsOf(module) }));
  const files = timed.sort((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
  return [
    "The slowest files:",
    ...files.map(({ file, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${file}`),
    "",
  ];
}

/** Includes loading the file. */
function secondsOf(module: TestModule): number {
  const { collectDuration, duration } = module.diagnostic();
  return (collectDuration + duration) / 1000;
}

async function reasonsOf(skipped: readonly TestCase[]): Promise<string[]> {
  const onCli = skipped.filter((test) => test.fullName.split(" > ").includes(CLI_SUITE));
  const others = Map.groupBy(
    skipped.filter((test) => !onCli.includes(test)),
    (test) => noteOf(test) ?? "marked so in the test",
  );
  const lines = [...others].map(([reason, tests]) => `Skipped: ${counted(tests.length, "test")}: ${reason}`);
  if (onCli.length > 0) {
    lines.unshift(`Skipped: ${counted(onCli.length, "engine test")} on the Pulumi CLI: ${(await findEngine()).how}`);
  }
  return lines;
}

function noteOf(test: TestCase): string | undefined {
  const result = test.result();
  return result.state === "skipped" ? result.note : undefined;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
