import { expect, test } from "vitest";
import { describeEngines } from "../support/engines.ts";
import { PROJECT } from "../support/ids.ts";
import { good, newStack } from "../support/stack.ts";
import { contentOf, controlPlaneOf, SCENARIOS } from "./scenarios.ts";

const roles = SCENARIOS.filter(({ kind }) => kind === "DatabaseRole");
const role = (name: string, action = "find") =>
  `new DatabaseRole("${name}", { projectId: "${PROJECT}", roleName: "${name}",
    privileges: [{ resource: { database: "pay", collection: "" }, actions: ["${action}"] }] });`;

describeEngines("destroy", (engine) => {
  test.each(roles)("names the objects of $plane that equal a deleted one under another name", async (scenario) => {
    const { emulator, settings } = await controlPlaneOf(scenario);
    // A killed run leaves an object in the same way: no state of this stack holds it.
    const outside = await newStack(engine);
    await outside.write(role("renamed"), role("other", "insert"));
    good(await outside.run("up", settings));
    const before = contentOf(emulator);

    const stack = await newStack(engine);
    await stack.write(role("payments"), role("twin"));
    good(await stack.run("up", settings));
    const { text } = good(await stack.run("destroy", settings));
    expect(text).toMatch(/note +destroy may leave objects behind/);
    // The CLI prints it while it comes, and again at the end.
    expect(new Set(text.match(/role \S+ in project/g))).toEqual(new Set(["role renamed in project"]));
    expect(contentOf(emulator)).toBe(before);
  });
});
