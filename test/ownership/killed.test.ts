import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CLI_SUITE, engines } from "../support/engines.ts";
import { PROJECT } from "../support/ids.ts";
import { descendantWith, killFamily } from "../support/kill.ts";
import { bad, good, newStack } from "../support/stack.ts";
import { controlPlaneOf, objectsIn, SCENARIOS, type Scenario } from "./scenarios.ts";

/** The Pulumi CLI, the program and the provider are killed with SIGKILL while a write is at the control plane. */

const pulumi = engines().find(({ name }) => name === "pulumi");
const WRITE = {
  atlas: { method: "POST", path: "/databaseUsers$" },
  "cloud-manager": { method: "PUT", path: "/automationConfig$" },
};
const users = SCENARIOS.filter(({ kind }) => kind === "FederatedUser");

async function stackOf(scenario: Scenario) {
  const { emulator, settings } = await controlPlaneOf(scenario);
  const stack = await newStack(pulumi!);
  const { folder } = stack;
  return {
    emulator,
    write: (...parts: string[]) => stack.write(scenario.before, ...parts),
    run: (command: "up" | "destroy", env = {}, flags = {}) =>
      stack.run(command, { ...settings, env: { ...settings.env, ...env }, flags }),
    /** Runs until the write is at the control plane. `pulumi cancel` then removes the lock of the killed run. */
    async kill(command: "up" | "destroy", write: { readonly method: string; readonly path: string }) {
      const fault = emulator.inject({
        match: write,
        nth: 1,
        fault: { kind: "delay", ms: 600_000, when: "after-commit" },
      });
      const ended = stack.run(command, settings).then(
        () => "ended",
        () => "killed",
      );
      await expect.poll(() => emulator.faults().find(({ id }) => id === fault)?.hit, { timeout: 60_000 }).toBe(1);
      killFamily(descendantWith(`pulumi ${command}`)!);
      await expect(ended).resolves.toBe("killed");
      emulator.clearFaults();
      await rm(join(folder, "..", "state", "backend", ".pulumi", "locks"), { recursive: true });
    },
  };
}

describe.skipIf(pulumi === undefined)(`a killed run ${CLI_SUITE}`, () => {
  test.each(users)("$plane: is continued by the next one with MONGOFED_ADOPT=equal", async (scenario) => {
    const { emulator, write, run, kill } = await stackOf(scenario);
    const empty = objectsIn(emulator);
    await write();
    good(await run("up"));
    await write(...[1, 2].map((key) => `new FederatedUser("user-${key}", { ${scenario.inputsOf(key)} });`));
    await kill("up", WRITE[scenario.plane]);
    const refused = bad(await run("up"));
    expect(refused.text).toMatch(/FED221[\s\S]*MONGOFED_ADOPT=equal pulumi up/);
    const made = objectsIn(emulator).length;
    const repaired = good(await run("up", { MONGOFED_ADOPT: "equal" }));
    expect(repaired.text).toMatch(/adopt +FederatedUser/);
    expect(objectsIn(emulator).length).toBeGreaterThanOrEqual(made);
    expect(good(await run("up")).text).not.toMatch(/created|updated|deleted|replaced/);
    good(await run("destroy"));
    expect(objectsIn(emulator)).toEqual(empty);
  });
});

describe.skipIf(pulumi === undefined)(`a run with --continue-on-error ${CLI_SUITE}`, () => {
  // Only Atlas refuses a role that inherits a missing one.
  test.each(users.filter(({ plane }) => plane === "atlas"))(
    "keeps renamed access beside a failure",
    async (scenario) => {
      const { emulator, write, run } = await stackOf(scenario);
      const user = (name: string) => `new FederatedUser("${name}", { ${scenario.inputsOf(1)} });`;
      await write(user("a"));
      good(await run("up"));
      const made = objectsIn(emulator);
      const failing = `new DatabaseRole("failing", { projectId: "${PROJECT}", roleName: idp.id.apply(() => "failing"), roles: ["missing"] });`;
      await write(user("b"), failing);
      bad(await run("up", {}, { continueOnError: true }));
      expect(objectsIn(emulator)).toEqual(made);
      await write(user("b"));
      good(await run("up", {}, { continueOnError: true }));
      expect(objectsIn(emulator)).toEqual(made);
    },
  );
});
