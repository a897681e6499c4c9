import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type Outcome, Stack } from "./stack.ts";
import type { Operation, Subject } from "./subject.ts";
import { subjects } from "./subjects.ts";
import { type FaultWorld, faultWorld } from "./world.ts";

/**
 * A process that ends at any moment: killed at the border of any two of its requests, or told to stop while any of them
 * is under way. One more run repairs the result, and no object is created twice.
 */

const WRITES = ["create", "update", "delete"] as const satisfies readonly Operation[];

const wanted = ({ program, edited }: Subject, operation: (typeof WRITES)[number]) =>
  ({ create: program, update: edited, delete: undefined })[operation];

/** A world in which the operation is what comes next. */
async function ready(subject: Subject, operation: Operation) {
  const world = await faultWorld({ plane: subject.plane });
  subject.prepare(world);
  const stack = new Stack(subject.definition, world);
  if (operation !== "create") expect((await stack.up(subject.program)).error).toBeUndefined();
  return { world, stack, foreign: world.foreign() };
}

/** One more run: it finishes what was begun, and the run after it has nothing to do. */
async function expectRepaired(
  { world, stack, foreign }: Awaited<ReturnType<typeof ready>>,
  subject: Subject,
  operation: (typeof WRITES)[number],
  when: string,
): Promise<void> {
  const program = wanted(subject, operation);
  const made = () => subject.made(world.emulator.world());
  const { error } = await stack.up(program);
  if (error !== undefined) {
    // Whose it is, nobody can tell who does not see the state: so it is named, and taken over only when asked to.
    expect(made(), when).toHaveLength(1);
    expect(operation, `${when}: ${error.message}`).toBe("create");
    expect(error.message, when).toMatch(/^FED221[\s\S]*adopt: true/);
    expect(stack.state, when).toBeUndefined();
    const adopting = { ...program, adopt: true };
    expect(await stack.up(adopting), when).toEqual({ steps: ["create"], error: undefined });
    expect(await stack.up(adopting), when).toEqual({ steps: [], error: undefined });
  }
  expect(subject.live(world.emulator.world()), when).toEqual(program ? subject.holds(program) : []);
  expect(made(), when).toHaveLength(program ? 1 : 0);
  expect(await stack.up(program), when).toEqual({ steps: [], error: undefined });
  expect(world.foreign(), when).toBe(foreign);
}

/** From the given request on nothing is sent any more; `after` means that its answer came, and nobody was left to hear it. */
function killAt(world: FaultWorld, request: number, moment: "before" | "after") {
  const kill = { at: undefined as string | undefined, requests: 0 };
  const die = (method: string) => {
    kill.at ??= `killed ${moment} request ${request} (${method})`;
    throw new Error(kill.at);
  };
  world.hook({
    before({ method }) {
      if (kill.at !== undefined || (moment === "before" && kill.requests === request)) die(method);
      kill.requests++;
      return undefined;
    },
    after({ method }) {
      if (moment === "after" && kill.requests === request + 1) die(method);
    },
  });
  return kill;
}

/** How long the server holds the request during which the process is told to stop, in milliseconds of real time. */
const HELD_MS = 10;

/** The signal comes while the given request is at the server, which carries it out all the same. */
async function stopDuring(
  { emulator, hook }: FaultWorld,
  request: number,
  when: "before-commit" | "after-commit",
  run: (signal: AbortSignal) => Promise<Outcome>,
): Promise<{ at: string | undefined; error: Error | undefined }> {
  const controller = new AbortController();
  let at: string | undefined;
  let count = 0;
  hook({
    before({ method }) {
      if (count++ !== request) return undefined;
      at = `told to stop during request ${request} (${method})`;
      emulator.inject({ nth: 1, fault: { kind: "delay", ms: HELD_MS, when } });
      void expect
        .poll(() => emulator.faults()[0]?.hit, { interval: 1 })
        .toBe(1)
        .then(() => controller.abort(new Error("told to stop")));
      return undefined;
    },
  });
  const { error } = await run(controller.signal);
  hook({});
  emulator.clearFaults();
  if (at !== undefined) await sleep(HELD_MS);
  return { at, error };
}

describe.each(subjects)("$plane $definition.kind", (subject) => {
  describe.each(WRITES)("%s", (operation) => {
    test.each(["before", "after"] as const)("F34 killed %s any of its requests", async (moment) => {
      let writes = 0;
      for (let request = 0; ; request++) {
        const scene = await ready(subject, operation);
        const { world, stack } = scene;
        const kill = killAt(world, request, moment);
        const { state } = stack;
        await stack.up(wanted(subject, operation));
        world.hook({});
        if (kill.at === undefined && kill.requests <= request) break;
        // The code under test handles error responses.
        if (kill.at === undefined) continue;
        if (!kill.at.includes("GET")) writes++;
        // Who is killed writes no state.
        stack.state = state;
        await expectRepaired(scene, subject, operation, kill.at);
      }
      expect(writes).toBe(1);
    });

    test.each(["before-commit", "after-commit"] as const)(
      "F33 told to stop during any of its requests, %s",
      async (when) => {
        let writes = 0;
        for (let request = 0; ; request++) {
          const scene = await ready(subject, operation);
          const { world, stack } = scene;
          const told = await stopDuring(world, request, when, (signal) => stack.up(wanted(subject, operation), signal));
          if (told.at === undefined) break;
          if (!told.at.includes("GET")) writes++;
          const made = subject.made(world.emulator.world());
          if (told.error !== undefined) {
            expect(told.error.message, told.at).toMatch(/\n {2}(fix|note) /);
            // In the state, or named, or at least not denied.
            if (made.length > 0 && stack.state === undefined)
              expect(told.error.message, told.at).not.toMatch(/did not create it/);
          }
          await expectRepaired(scene, subject, operation, told.at);
        }
        expect(writes).toBe(1);
      },
    );
  });

  test("read F33 told to stop says so, and takes nothing out of the state", async () => {
    const { world, stack } = await ready(subject, "read");
    const { state } = stack;
    const told = await stopDuring(world, 0, "before-commit", (signal) => stack.refresh(signal));
    expect(told.error?.message).toMatch(/interrupted/);
    expect(stack.state).toBe(state);
  });
});
