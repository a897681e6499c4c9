/**
 * The engines to run a test on: the embedded one always, the Pulumi CLI where there is one. Both must behave the same,
 * so a test of a whole run says
 *
 *     describeEngines("a failed check", (engine) => { test("…", async () => { await engine.run({ … }) }) });
 *
 * and is told at the end of the test run if the half on the CLI was skipped (`closing-lines.ts`).
 */

import { describe } from "vitest";
import { runEmbedded } from "./embedded.ts";
import type { EngineOutcome, EngineRun } from "./engine-run.ts";
import { type FoundEngine, findEngine } from "./find-engine.ts";
import { runPulumi } from "./pulumi.ts";

export interface TestEngine {
  readonly name: "embedded" | "pulumi";
  run(options: EngineRun): Promise<EngineOutcome>;
}

/** The suite that is skipped where there is no CLI; the closing lines know it by this name. */
export const CLI_SUITE = "on the Pulumi CLI";

const found: FoundEngine = await findEngine();

/** The CLI that was found, for tests that are about nothing else. */
export const pulumiCommand = found.kind === "pulumi" ? found.command : undefined;

const embedded: TestEngine = { name: "embedded", run: runEmbedded };
const pulumi: TestEngine = {
  name: "pulumi",
  run(options) {
    if (found.kind !== "pulumi") throw new Error(found.how);
    return runPulumi(found.command, options);
  },
};

/** Those that are here. */
export function engines(): TestEngine[] {
  return found.kind === "pulumi" ? [embedded, pulumi] : [embedded];
}

/** `describe` for each engine; where there is no CLI, its half is skipped, and that is told at the end. */
export function describeEngines(name: string, body: (engine: TestEngine) => void): void {
  describe(name, () => {
    describe("on the embedded engine", () => body(embedded));
    describe.skipIf(found.kind !== "pulumi")(CLI_SUITE, () => body(pulumi));
  });
}
