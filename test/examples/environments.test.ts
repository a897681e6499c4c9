import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { Engine } from "../../examples/demo/engine.ts";
import {
  ENVIRONMENTS,
  type EnvironmentName,
  environments,
  platform,
  production,
} from "../../examples/demo/environments.ts";
import type { Place, Step } from "../../examples/demo/step.ts";
import { type Emulator, readSeed, startEmulator } from "../../provider/emulator/index.ts";
import type { EngineOutcome } from "../support/engine-run.ts";
import { describeEngines, type TestEngine } from "../support/engines.ts";
import { testFolder } from "../support/program.ts";

const folder = fileURLToPath(new URL("../../examples/environments", import.meta.url));

/** The engine of a test, as the demo takes one. */
async function engineOf(engine: TestEngine): Promise<Engine & { outcomes: EngineOutcome[] }> {
  const states = join(await testFolder(), "state");
  const outcomes: EngineOutcome[] = [];
  const last = new Map<string, EngineOutcome>();
  const keyOf = ({ folder, stack }: Place) => `${folder}-${stack}`;
  return {
    introduction: engine.name,
    outcomes,
    async run(command, place, config) {
      const { stack, env = {} } = place;
      const cwd = join(folder, place.folder);
      const stateDir = join(states, keyOf(place));
      const outcome = await engine.run({ command, cwd, stack, stateDir, config, env, flags: { skipPreview: true } });
      outcomes.push(outcome);
      last.set(keyOf(place), outcome);
      return outcome.exitCode;
    },
    async output(place, name) {
      const resources = last.get(keyOf(place))?.deployment.deployment.resources;
      return resources?.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs?.[name];
    },
  };
}

describeEngines("the example environments", (tested) => {
  // Seven runs of an engine in a row, which a busy machine takes its time for.
  test("is one program on one federation, whose stacks do not meet: what the demo shows", {
    timeout: 300_000,
  }, async () => {
    const emulator = await startEmulator({ seed: readSeed(join(folder, "seed.yaml")) });
    onTestFinished(() => emulator.close());
    const engine = await engineOf(tested);
    const live = async ({ command, at = platform(emulator.url), config, refused, before, after }: Step) => {
      await before?.();
      emulator.clearRequests();
      const exitCode = await engine.run(command, at, (await config?.()) ?? {});
      const { stdout = "", stderr = "" } = engine.outcomes.at(-1) ?? {};
      expect(exitCode !== 0, stdout + stderr).toBe(refused ?? false);
      after?.();
      return stdout + stderr;
    };
    const steps = environments(engine, emulator);
    expect(steps).toHaveLength(6);
    const [owner, dev, staging, prod, destroyDev, destroyProd] = steps as [Step, Step, Step, Step, Step, Step];

    await live(owner);
    expect(connections(emulator)).toEqual([0, 0, 0, 0]);
    for (const [index, up] of [dev, staging, prod].entries()) {
      const printed = await live(up);
      expect(printed, "the program's own connections need no further check").not.toContain("not checked");
      expect(writers(emulator)).toEqual(ownKeys(ENVIRONMENTS[index] as EnvironmentName));
    }
    expect(connections(emulator), "never of the platform's own organization").toEqual([0, 1, 1, 1]);

    const before = JSON.stringify(production(emulator.world().atlas));
    expect(JSON.parse(before)).toMatchObject({ users: [{}, {}], roles: [{ roleName: "order-support" }] });
    await live(destroyDev);
    expect(connections(emulator)).toEqual([0, 0, 1, 1]);
    expect(JSON.stringify(production(emulator.world().atlas))).toBe(before);

    const refusal = await live(destroyProd);
    expect(refusal).toMatch(/cannot be deleted\s+because it is protected/);
    expect(writers(emulator)).toEqual([]);
    const again = await live({ ...prod, command: "preview" });
    expect(again).toMatch(/6 unchanged/);
  });
});

/** How many identity providers each organization accepts, in the order of the seed. */
function connections(emulator: Emulator): number[] {
  const [federation] = emulator.world().atlas.federations;
  return federation?.connectedOrgs.map((org) => org.dataAccessIdentityProviderIds?.length ?? 0) ?? [];
}

/** Whose keys wrote anything in the last run. A request that is challenged first is nobody's. */
function writers(emulator: Emulator): (string | null)[] {
  const writes = emulator.requests().filter(({ method, credential }) => method !== "GET" && credential !== null);
  return [...new Set(writes.map(({ credential }) => credential))].toSorted();
}

function ownKeys(name: EnvironmentName): string[] {
  return [`${name} organization`, `${name} project`];
}
