import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeEngines } from "../support/engines.ts";
import { bad, good, newStack, writes } from "../support/stack.ts";
import { contentOf, controlPlaneOf, SCENARIOS, type Scenario } from "./scenarios.ts";

/** Replacements that the program or the state asks for. `--replace` has its tests beside other limited runs. */

const users = SCENARIOS.filter(({ kind }) => kind === "FederatedUser");

async function stackOf(engine: Parameters<typeof newStack>[0], scenario: Scenario) {
  const { emulator, settings } = await controlPlaneOf(scenario);
  const stack = await newStack(engine);
  const file = join(stack.folder, "..", "state", "backend", ".pulumi", "stacks", "written", "dev.json");
  return {
    emulator,
    write: (options: string, changed = false) => {
      const declaration = `new ${scenario.kind}("a", { ${scenario.inputsOf(1, changed)} }, { ${options} });`;
      return stack.write(scenario.before, declaration);
    },
    writeText: (text: string) => stack.write(text),
    run: (command: "preview" | "up") => stack.run(command, { ...settings, flags: { skipPreview: false } }),
    /** `pulumi state taint` on the declaration. */
    async taint() {
      const state = await readFile(file, "utf8");
      const tainted = state.replace(/("urn":\s*"[^"]*FederatedUser::a",)/, '$1"taint":true,');
      expect(tainted).not.toBe(state);
      await writeFile(file, tainted);
    },
  };
}

describeEngines("a replacement under the same name", (engine) => {
  test.skipIf(engine.name === "embedded").each(users)("never deletes a grant of $plane", async (scenario) => {
    const { emulator, write, run, taint } = await stackOf(engine, scenario);
    await write('replacementTrigger: "first", replaceOnChanges: ["roles", "*"]');
    good(await run("up"));
    const made = contentOf(emulator);
    await write('replacementTrigger: "second", replaceOnChanges: ["roles", "*"]');
    for (const command of ["preview", "up"] as const) expect(bad(await run(command)).text).toContain("FED234");
    expect(contentOf(emulator)).toBe(made);

    // The engine passes on no list of changed properties, so it changes the object in place.
    await write('replacementTrigger: "first", replaceOnChanges: ["roles", "*"]', true);
    const count = writes(emulator).length;
    good(await run("up"));
    expect(writes(emulator).slice(count)).toHaveLength(1);
    expect(writes(emulator).at(-1)).not.toMatch(/^(DELETE|POST)/);

    await taint();
    const changed = contentOf(emulator);
    for (const command of ["preview", "up"] as const) expect(bad(await run(command)).text).toContain("FED234");
    expect(contentOf(emulator)).toBe(changed);
  });
});

describeEngines("an identity provider of a project that its program retains", (engine) => {
  test("gets no other name, because the project cannot hold both", async () => {
    const scenario = users.find(({ plane }) => plane !== "atlas") as Scenario;
    const { emulator, writeText, run } = await stackOf(engine, scenario);
    const retained = scenario.before.replace("});", "}, { retainOnDelete: true });");
    const declare = (name: string) =>
      writeText(`${retained.replace('configurationName: "corp"', `configurationName: "${name}"`)}
        new FederatedUser("a", { ${scenario.inputsOf(1)} });`);
    await declare("corp");
    good(await run("up"));
    const made = contentOf(emulator);
    await declare("other");
    expect(bad(await run("preview")).text).toContain("FED202");
    bad(await run("up"));
    expect(contentOf(emulator)).toBe(made);
  });
});

describeEngines("an identity provider for people", (engine) => {
  test("is created in no run that replaces another one under another declaration, in any order", async () => {
    const scenario = SCENARIOS.find(({ plane, kind }) => plane !== "atlas" && kind === "IdentityProvider") as Scenario;
    const { emulator, writeText, run } = await stackOf(engine, scenario);
    const people = scenario.inputsOf(2).replace("WORKLOAD", "WORKFORCE").replace("corp2", "people");
    const staff = `${people}, clientId: "mongosh"`;
    const declare = (name: string, inputs: string) =>
      `new IdentityProvider("${name}", { ${inputs} }, { protect: false });`;
    await writeText(declare("a", scenario.inputsOf(1)) + declare("b", staff));
    good(await run("up"));
    const made = contentOf(emulator);
    const swapped = [declare("b", scenario.inputsOf(1)), declare("a", staff.replace('"people"', '"staff"'))];
    for (const order of [swapped, swapped.toReversed()]) {
      await writeText(order.join(""));
      for (const command of ["preview", "up"] as const) expect(bad(await run(command)).text).toContain("FED203");
    }
    expect(contentOf(emulator)).toBe(made);
  });
});
