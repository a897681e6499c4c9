import { expect, test } from "vitest";
import { describeEngines } from "../support/engines.ts";
import { bad, good, newStack } from "../support/stack.ts";
import { contentOf, controlPlaneOf, SCENARIOS } from "./scenarios.ts";

/**
 * A rename whose run fails after the new declaration has taken the object over. The state then holds the object twice,
 * and each run after it asks to delete it once.
 */

const failing = `
import { runtime } from "@pulumi/pulumi";
subject.urn.apply(() => { if (!runtime.isDryRun()) throw new Error("something else failed"); });`;
const component = `
import { ComponentResource } from "@pulumi/pulumi";
const parent = new ComponentResource("test:index:Group", "group");`;
const explicit = (plane: string) =>
  `const other = new Provider("other", { plane: "${plane}", credentials: "env:OTHER" });`;

describeEngines("a rename whose run failed", (engine) => {
  test.each(SCENARIOS)("keeps the $kind of $plane in the runs after it", async (scenario) => {
    const { plane, kind, before, inputs, adopts } = scenario;
    const { emulator, settings } = await controlPlaneOf(scenario);
    const stack = await newStack(engine);
    const declare = (name: string, options = "") =>
      `const subject = new ${kind}("${name}", { ${inputs}${name === "a" ? "" : adopts} }, { protect: false, ${options} });`;

    await stack.write(before, declare("a"));
    good(await stack.run("up", settings));
    const made = contentOf(emulator);
    /** Fails after `name` has taken the object over, and then goes on to its end. */
    const rename = async (name: string, program: readonly string[], flags = {}) => {
      await stack.write(before, ...program, failing);
      bad(await stack.run("up", { ...settings, apart: true }));
      await stack.write(before, ...program);
      const retried = good(await stack.run("up", { ...settings, flags }));
      expect(contentOf(emulator)).toBe(made);
      expect(retried.text).toContain(`is kept: ${kind} "${name}" manages it`);
    };

    await rename("b", [declare("b")]);
    await rename("c", [explicit(plane), declare("c", "provider: other")]);
    await rename("d", [component, declare("d", "parent")], { refresh: true });

    // The stack still owns it, and deletes it when the program no longer declares it.
    await stack.write(before);
    good(await stack.run("up", settings));
    // A declaration of TLS settings finds those of the declaration before it, and leaves them as it found them.
    if (kind !== "ProjectTls") expect(contentOf(emulator)).not.toBe(made);
    good(await stack.run("destroy", settings));
  });
});
