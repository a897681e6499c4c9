import { afterEach, expect, test } from "vitest";
import type { EngineEvent } from "../../../provider/engines/embedded/events.ts";
import type { ConfigValue } from "../../../provider/engines/embedded/run-options.ts";
import { type Call, Workspace } from "./harness.ts";
import { parsed, printedRun } from "./recorded-output.ts";
import { canonical, misordered, type Recording, Relations, recordings, reduced } from "./recording.ts";

const SECRET_PREFIX = "secret:";
const workspaces: Workspace[] = [];

afterEach(async () => {
  await Promise.all(workspaces.splice(0).map((workspace) => workspace.remove()));
});

function configOf(recording: Recording): Record<string, ConfigValue> {
  return Object.fromEntries(
    Object.entries(recording.config ?? {}).map(([key, value]) =>
      key.startsWith(SECRET_PREFIX) ? [key.slice(SECRET_PREFIX.length), { value, secret: true }] : [key, value],
    ),
  );
}

/** Returns the resources that precede a resource they refer to. */
function unordered(resources: ReturnType<typeof reduced>): string[] {
  const seen = new Set<string>();
  return resources.flatMap(({ urn = "", parent, dependencies = [] }) => {
    const missing = [parent, ...dependencies].filter((needed) => needed !== undefined && !seen.has(needed));
    seen.add(urn);
    return missing.map((needed) => `${urn} stands before ${needed}`);
  });
}

/** Races in the CLI itself: which of several independent resources is begun before one of them fails. */
const RACES: readonly string[] = ["create-fails", "duplicate-name"];

/** Expects that `--diff` prints the same lines as the CLI. */
function expectSameOutput(recording: Recording, where: string, events: readonly EngineEvent[], output: string): void {
  const [run, recorded] = [printedRun(events), parsed(output)];
  if (!RACES.includes(recording.name)) {
    expect(run, where).toEqual(recorded);
    return;
  }
  const both = (block: string) => [run, recorded].every(({ resources }) => resources.some(sameResource(block)));
  expect(run.resources.filter(both), where).toEqual(recorded.resources.filter(both));
  expect(run.messages, where).toEqual(recorded.messages);
}

function sameResource(block: string): (other: string) => boolean {
  const urn = /\[urn=.*\]/.exec(block)?.[0] ?? "";
  return (other) => other.includes(urn);
}

/** Every recording holds for program and provider in this process, and in processes of their own. */
const cases = recordings().flatMap((recording) => [false, true].map((processes) => ({ recording, processes })));

for (const { recording, processes } of cases) {
  test(`${recording.name}${processes ? ", in processes" : ""}: ${recording.about}`, async () => {
    const workspace = await Workspace.create();
    workspaces.push(workspace);
    const relations = new Relations(recording);
    const racing = new Set<string>();
    for (const [index, step] of recording.steps.entries()) {
      const where = `step ${index + 1}, ${step.command}`;
      if (step.program !== undefined) {
        await workspace.write({ "program.json": JSON.stringify(step.program) });
      }
      if (step.world !== undefined) {
        const world = { ...(await workspace.world()), ...step.world };
        await workspace.setWorld(Object.fromEntries(Object.entries(world).filter(([, value]) => value !== null)));
      }
      const outcome = await workspace.run(step.command, {
        parallel: 1,
        processes,
        config: configOf(recording),
        refresh: step.args?.includes("--refresh") === true,
      });
      for (const name of relations.besides(step)) {
        racing.add(name);
      }
      const settled = (list: readonly Call[]): Call[] => list.filter((call) => !racing.has(relations.nameOf(call)));
      const calls = settled(await workspace.takeCalls());
      const recorded = settled(step.calls);
      expect(outcome.ok, `${where}: ${outcome.told.join("\n")}`).toBe(step.exit === 0);
      if (recording.name !== "duplicate-name") {
        // Of two resources of one name it is a race which one is registered first.
        expect(calls.map(canonical).toSorted(), where).toEqual(recorded.map(canonical).toSorted());
      }
      expect(misordered(relations, recorded, calls), where).toEqual([]);
      const resources = reduced(outcome.deployment);
      const isSettled = ({ urn = "" }: (typeof resources)[number]): boolean =>
        !racing.has(urn.split("::").at(-1) ?? "");
      const byUrn = (list: typeof resources): string[] => list.filter(isSettled).map(canonical).toSorted();
      expect(byUrn(resources), where).toEqual(byUrn(step.resources));
      expect(unordered(resources), where).toEqual([]);
      expect(outcome.deployment.deployment.pending_operations ?? null, where).toEqual(step.pending ?? null);
      expectSameOutput(recording, where, outcome.events, step.output.join("\n"));
    }
    expect(await workspace.world()).toEqual(recording.world);
  });
}
