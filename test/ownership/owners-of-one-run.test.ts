import { expect, test } from "vitest";
import { describeEngines } from "../support/engines.ts";
import { bad, good, newStack, writes } from "../support/stack.ts";
import { contentOf, controlPlaneOf, SCENARIOS, type Scenario } from "./scenarios.ts";

/** One owner for each object, whichever component or explicit provider its declarations belong to. */

const role = SCENARIOS[0] as Scenario;
const component = `
import { ComponentResource } from "@pulumi/pulumi";
const parent = new ComponentResource("test:index:Group", "group");`;
const explicit = ({ plane }: Scenario) =>
  `const provider = new Provider("other", { plane: "${plane}", credentials: "env:OTHER" });`;

describeEngines("a declaration that leaves its component and its explicit provider", (engine) => {
  const kinds = engine.name === "embedded" ? SCENARIOS : SCENARIOS.filter(({ kind }) => kind === "FederatedUser");

  test.each(kinds)("hands over its object without a write: $kind of $plane", async (scenario) => {
    const { kind, before, inputsOf } = scenario;
    const { emulator, settings } = await controlPlaneOf(scenario);
    const stack = await newStack(engine);
    const declare = (name: string, options = "") =>
      `new ${kind}("${name}", { ${inputsOf(1)} }, { protect: false, ${options} });`;
    const programs = [
      [component, explicit(scenario), declare("a", "parent, provider")],
      [component, explicit(scenario), declare("b", "provider")],
      [component, declare("a", "parent")],
      [explicit(scenario), declare("a", "provider")],
    ];
    await stack.write(before, ...programs[0]!);
    good(await stack.run("up", settings));
    const made = contentOf(emulator);
    const count = writes(emulator).length;
    for (const program of programs.slice(1)) {
      await stack.write(before, ...program);
      good(await stack.run("up", { ...settings, flags: { skipPreview: false } }));
    }
    expect(writes(emulator).slice(count)).toEqual([]);
    expect(contentOf(emulator)).toBe(made);
  });
});

describeEngines("an object that two declarations name by values that only apply knows", (engine) => {
  test.each(["", "adopt: true", 'adopt: "overwrite"'])("has one owner: %s", async (adopt) => {
    const { settings } = await controlPlaneOf(role);
    const stack = await newStack(engine);
    const late = `${role.inputsOf(0)}, roleName: late.id.apply(() => "payments-1"), ${adopt}`;
    const twins = ["a", "b"].map((name) => `new DatabaseRole("${name}", { ${late} }, { protect: false });`);
    await stack.write(`const late = new DatabaseRole("late", { ${role.inputsOf(9)} });`, ...twins);
    good(await stack.run("preview", settings));
    const { text } = bad(await stack.run("up", settings));
    expect(text).toMatch(
      /FED234.*DatabaseRole "[ab]" \(role payments-1\) declares the same object as DatabaseRole "[ab]"/,
    );
    good(await stack.run("destroy", settings));
  });
});
