import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Deployment } from "../../provider/engines/embedded/engine.ts";
import { runEmbedded } from "../support/embedded.ts";
import { emulated } from "../support/emulator.ts";
import type { EngineFlags } from "../support/engine-run.ts";
import { writeProgram } from "../support/program.ts";
import { recordedFixture as fixture, RECORDED_AT, STAFF, recordedSeed as seed } from "../support/recorded-state.ts";

/**
 * A state that an earlier version wrote, by an `up` of all that the resources can say. It is written once and kept for
 * ever: to make it anew would be to test today's code against itself. A later version adds a file of its own.
 */

type Resource = NonNullable<Deployment["deployment"]["resources"]>[number];
type Values = Record<string, unknown>;

/** Other valid forms of a state: written by an import, a refresh or another version. */
const shapes: Record<string, (resource: Resource) => Resource> = {
  "as it was written": (resource) => resource,
  "without what is recorded beside the inputs": (resource) => {
    const { __applied: _, __bound: __, ...outputs } = resource.outputs as Values;
    return { ...resource, outputs } as Resource;
  },
  "without inputs that have a default": (resource) => {
    const { userClaim: _, requestedScopes: __, allowLockout: ___, ...inputs } = resource.inputs as Values;
    return { ...resource, inputs } as Resource;
  },
  "with keys that are not known": (resource) => {
    const more = { __later: { x: [1] }, later: "value", laterList: [{ deep: null }] };
    return {
      ...resource,
      inputs: { ...resource.inputs, ...more },
      outputs: { ...resource.outputs, ...more },
    } as Resource;
  },
};

async function oldStack(shape: (resource: Resource) => Resource) {
  const emulator = await emulated(seed);
  const { folder } = await writeProgram(await fixture("program.ts"), "upgrade");
  const stateDir = join(folder, "..", "state");
  const state = JSON.parse((await fixture("state-0.1.0.json")).replaceAll(RECORDED_AT, emulator.url)) as Deployment;
  state.deployment.resources = (state.deployment.resources ?? []).map((resource) =>
    resource.type.startsWith("pulumi-nodejs:") ? shape(resource) : resource,
  );
  await mkdir(stateDir);
  await writeFile(join(stateDir, "upgrade.dev.json"), JSON.stringify(state));
  return {
    emulator,
    async run(command: "preview" | "up", flags: EngineFlags = {}) {
      const env = { ...emulator.env, PULUMI_CONFIG_PASSPHRASE: "test" };
      const outcome = await runEmbedded({ command, cwd: folder, stack: "dev", stateDir, env, flags });
      return { ...outcome, text: outcome.stdout + outcome.stderr };
    },
  };
}

test.each(Object.entries(shapes))("a state of 0.1.0 %s makes no diff", async (_, shape) => {
  const { emulator, run } = await oldStack(shape);
  const { exitCode, text } = await run("preview");
  expect(exitCode, text).toBe(0);
  expect(text).toMatch(/5 unchanged/);
  expect(text).not.toMatch(/drift {2}|warning|to (create|update|delete|replace)/);
  expect(emulator.requests().filter(({ method }) => method !== "GET")).toEqual([]);
});

test("a state of 0.1.0 without outputs is recorded anew, and nothing is sent, revoked or replaced", async () => {
  const { emulator, run } = await oldStack((resource) => {
    const { __provider } = resource.outputs as Values;
    return { ...resource, outputs: { __provider } } as Resource;
  });
  const { exitCode, text } = await run("up", { skipPreview: true });
  expect(exitCode, text).toBe(0);
  expect(text).toMatch(/~ 2 updated/);
  expect(text).toMatch(/3 unchanged/);
  expect(emulator.requests().filter(({ method }) => method !== "GET")).toEqual([]);
  expect((await run("preview")).text).toMatch(/5 unchanged/);
});

test("a state of 0.1.0 makes no diff after a refresh either", async () => {
  const { run } = await oldStack((resource) => resource);
  const { exitCode, text } = await run("preview", { refresh: true });
  expect(exitCode, text).toBe(0);
  expect(text).toMatch(/5 unchanged/);
  expect(text).not.toMatch(/drift {2}|to (create|update|delete|replace)/);
});

test("reports differences of the control plane as drift, as with a current state", async () => {
  const { emulator, run } = await oldStack((resource) => resource);
  emulator.edit({ edit: "update-identity-provider", id: STAFF, fields: { description: "Bob" } });
  expect((await run("preview")).text).toMatch(/description +live "Bob" +recorded "people" +wanted "people"/);
});
