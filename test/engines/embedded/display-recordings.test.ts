/** What `--diff` prints of the recorded runs, line for line what the real CLI printed. */

import { expect, test } from "vitest";
import type { ConfigValue } from "../../../provider/engines/embedded/engine.ts";
import { Workspace } from "./harness.ts";
import { parsed, printedRun } from "./recorded-output.ts";
import { type Recording, recordings } from "./recording.ts";

const SECRET_PREFIX = "secret:";

/** A race in the CLI itself: which of several independent resources is begun before one of them fails. */
const RACES: readonly string[] = ["create-fails", "duplicate-name"];

/**
 * Steps that the engine still tells differently: its states say nothing of init errors, so the outputs of what was
 * half-made are printed; and it says `update failed` after a refused replacement too.
 */
const DIFFERENT: readonly string[] = ["partial-create, step 3", "protect, step 5"];

for (const recording of recordings()) {
  test(`${recording.name}: ${recording.about}`, async () => {
    const workspace = await Workspace.create();
    try {
      for (const [index, step] of recording.steps.entries()) {
        if (step.program) await workspace.write({ "program.json": JSON.stringify(step.program) });
        if (step.world) await workspace.setWorld(merged(await workspace.world(), step.world));
        const { events } = await workspace.run(step.command, {
          config: configOf(recording),
          parallel: 1,
          refresh: step.args?.includes("--refresh") === true,
        });
        const recorded = parsed(step.output.join("\n"));
        const run = printedRun(events);
        const where = `${recording.name}, step ${index + 1}`;
        if (DIFFERENT.includes(where)) {
          expect(run, `${where} is no longer different: take it off the list`).not.toEqual(recorded);
        } else if (RACES.includes(recording.name)) {
          const both = (block: string) => [run, recorded].every(({ resources }) => resources.some(sameResource(block)));
          expect(run.resources.filter(both), where).toEqual(recorded.resources.filter(both));
          expect(run.messages, where).toEqual(recorded.messages);
        } else {
          expect(run, where).toEqual(recorded);
        }
      }
    } finally {
      await workspace.remove();
    }
  });
}

function sameResource(block: string): (other: string) => boolean {
  const urn = /\[urn=.*\]/.exec(block)?.[0] ?? "";
  return (other) => other.includes(urn);
}

function configOf(recording: Recording): Record<string, ConfigValue> {
  return Object.fromEntries(
    Object.entries(recording.config ?? {}).map(([key, value]) =>
      key.startsWith(SECRET_PREFIX) ? [key.slice(SECRET_PREFIX.length), { value, secret: true }] : [key, value],
    ),
  );
}

function merged(world: Record<string, unknown>, changes: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...world, ...changes }).filter(([, value]) => value !== null));
}
