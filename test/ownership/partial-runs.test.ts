import { describe, expect, test } from "vitest";
import type { EngineFlags } from "../support/engine-run.ts";
import { describeEngines, type TestEngine } from "../support/engines.ts";
import { bad, good, newStack } from "../support/stack.ts";
import { contentOf, controlPlaneOf, SCENARIOS, type Scenario } from "./scenarios.ts";

/** Runs that leave out declarations: the engine checks none of those, and their providers hear nothing of them. */

const failing = `
import { runtime } from "@pulumi/pulumi";
subject.urn.apply(() => { if (!runtime.isDryRun()) throw new Error("something else failed"); });`;
const urnOf = (kind: string, name: string) =>
  `urn:pulumi:dev::written::pulumi-nodejs:dynamic/mongofed:${kind}::${name}`;

/** A stack whose declaration `a` was renamed to `b`. */
async function renamed(engine: TestEngine, scenario: Scenario, how: "before its first run" | "half-way") {
  const { kind, before, inputs, adopts } = scenario;
  const { emulator, settings } = await controlPlaneOf(scenario);
  const empty = contentOf(emulator);
  const stack = await newStack(engine);
  const declare = (name: string) =>
    `const subject = new ${kind}("${name}", { ${inputs}${name === "a" ? "" : adopts} }, { protect: false });`;
  await stack.write(before, declare("a"));
  good(await stack.run("up", settings));
  if (how === "half-way") {
    await stack.write(before, declare("b"), failing);
    bad(await stack.run("up", { ...settings, apart: true }));
  }
  await stack.write(before, declare("b"));
  const run = (command: "up" | "destroy", flags: EngineFlags = {}) => stack.run(command, { ...settings, flags });
  return { run, content: () => contentOf(emulator), empty };
}

describeEngines("a run that leaves out declarations", (engine) => {
  describe.each(SCENARIOS)("$kind of $plane", (scenario) => {
    const { kind } = scenario;
    const managed = `is kept: ${kind} "b" manages it`;

    test.each(["before its first run", "half-way"] as const)("is kept by a run for the old name, %s", async (how) => {
      const { run, content } = await renamed(engine, scenario, how);
      const made = content();
      expect(good(await run("up", { targets: [urnOf(kind, "a")] })).text).toContain(managed);
      expect(content()).toBe(made);
      good(await run("up"));
      expect(content()).toBe(made);
    });

    test.skipIf(engine.name === "embedded")(
      "is destroyed with the stack by a run that evaluates the program",
      async () => {
        const { run, content, empty } = await renamed(engine, scenario, "half-way");
        good(await run("destroy", { runProgram: true }));
        expect(content()).toBe(empty);
      },
    );

    test("is replaced under the same name by no run, as the preview says", async () => {
      const { emulator, settings } = await controlPlaneOf(scenario);
      const stack = await newStack(engine);
      await stack.write(scenario.before, `new ${kind}("a", { ${scenario.inputs} });`);
      good(await stack.run("up", settings));
      const made = contentOf(emulator);
      for (const command of ["preview", "up"] as const) {
        const refused = bad(await stack.run(command, { ...settings, flags: { replaces: [urnOf(kind, "a")] } }));
        expect(refused.text).toContain("FED234");
        expect(contentOf(emulator)).toBe(made);
      }
    });

    test("is kept by a run that excludes the new name", async () => {
      const { run, content } = await renamed(engine, scenario, "half-way");
      const made = content();
      expect(good(await run("up", { excludes: [urnOf(kind, "b")] })).text).toContain(managed);
      expect(content()).toBe(made);
    });
  });
});
