import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import type { Props } from "../../provider/resources/definition.ts";
import { accessSubjects } from "./access-subjects.ts";
import type { FaultRow } from "./fault-row.ts";
import { faultRows } from "./faults.ts";
import { projectSubjects } from "./project-subjects.ts";
import { type Outcome, Stack } from "./stack.ts";
import { OPERATIONS, type Operation, type Subject } from "./subject.ts";
import { subjects } from "./subjects.ts";
import { type FaultWorld, faultWorld } from "./world.ts";

/**
 * Every fault, met by every operation of every resource. The guarantees each time: foreign objects are untouched, no
 * object exists twice, no existing object is lost from the state, and the error names the next step. One more run
 * repairs the rest, and the run after it has no changes.
 */

/** The program after the operation. */
const wanted = (subject: Subject, operation: Operation): Props | undefined =>
  ({ create: subject.program, read: subject.program, update: subject.edited, delete: undefined })[operation];

async function carryOut(stack: Stack, subject: Subject, operation: Operation): Promise<Outcome> {
  return operation === "read" ? await stack.refresh() : await stack.up(wanted(subject, operation));
}

async function inForce(subject: Subject, operation: Operation, as?: "service account") {
  const world = await faultWorld({ plane: subject.plane, as });
  subject.prepare(world);
  const stack = new Stack(subject.definition, world);
  if (operation !== "create") expect(await stack.up(subject.program)).toEqual({ steps: ["create"], error: undefined });
  return { world, stack };
}

/** Expects that the control plane holds the declared object once, and that the state has its id. */
function expectInForce(world: FaultWorld, stack: Stack, subject: Subject, program: Props | undefined): void {
  const held = world.emulator.world();
  expect(subject.live(held)).toEqual(program === undefined ? [] : subject.holds(program));
  const made = subject.made(held);
  expect(made).toHaveLength(program === undefined ? 0 : 1);
  if (program === undefined) expect(stack.state).toBeUndefined();
  else expect(stack.state).toBeDefined();
}

/** In words for a person: what was tried, on what, what came of it, and what to do; never code. */
function expectClear(error: Error, { name }: Subject): void {
  expect(error.message).toMatch(name);
  expect(error.message).toMatch(/\n {2}(fix|note) +\S/);
  expect(error.message).not.toMatch(/\n\s+at |node_modules|\.ts:\d/);
}

/** Neither in the state, nor in what was told, nor in an error with all that hangs on it. */
function expectNoSecret({ secrets, told }: FaultWorld, stack: Stack, error: Error | undefined): void {
  const text = JSON.stringify([stack.state ?? null, told]) + inspect(error, { depth: Number.POSITIVE_INFINITY });
  for (const secret of secrets) expect(text).not.toContain(secret);
}

/** Expects that an existing object is in the state or named in the error. */
function expectNotLost(world: FaultWorld, stack: Stack, subject: Subject, error: Error | undefined): void {
  const made = subject.made(world.emulator.world());
  expect(made.length).toBeLessThanOrEqual(1);
  for (const id of made) {
    if (stack.state === undefined) expect(error?.message).toContain(id.slice(id.lastIndexOf("/") + 1));
  }
}

/** Both control planes, as one text. */
function everything({ emulator }: FaultWorld): string {
  const { atlas, cloudManager } = emulator.world();
  return JSON.stringify([atlas, cloudManager]);
}

const writes = ({ emulator }: FaultWorld) => emulator.requests().filter(({ method }) => method !== "GET");

async function meet(row: FaultRow, subject: Subject, operation: Operation): Promise<void> {
  const { world, stack } = await inForce(subject, operation, row.credentials);
  const route = subject.routes[operation];
  const site = { world, subject, operation, route };
  let foreign = world.foreign();
  row.strike(site, () => {
    foreign = world.foreign();
  });

  const { error } = await carryOut(stack, subject, operation);
  const expected = typeof row.expected === "function" ? row.expected(operation, subject) : row.expected;
  if (expected === "done") {
    expect(error).toBeUndefined();
    expectInForce(world, stack, subject, wanted(subject, operation));
  } else {
    expect(error?.message).toMatch(expected);
    expectClear(error!, subject);
  }
  expectNoSecret(world, stack, error);
  row.meanwhile?.(site);
  expectNotLost(world, stack, subject, error);
  expect(world.foreign()).toBe(foreign);

  if (!row.lasting) {
    world.emulator.clearFaults();
    world.hook({});
  }
  world.emulator.clearRequests();
  const repair = await stack.up(wanted(subject, operation));
  expect(repair.error).toBeUndefined();
  if (expected === "done") expect(writes(world)).toEqual([]);
  expectInForce(world, stack, subject, wanted(subject, operation));
  world.emulator.clearFaults();
  expect(await stack.up(wanted(subject, operation))).toEqual({ steps: [], error: undefined });
  expect(world.foreign()).toBe(foreign);
}

describe.each(subjects)("$plane $definition.kind", (subject) => {
  describe.each(OPERATIONS)("%s", (operation) => {
    const rows = faultRows.filter(
      ({ operations, plane, paged, once }) =>
        (plane === undefined || plane === subject.plane) &&
        (operations === undefined || operations.includes(operation)) &&
        (paged === undefined || subject.paged.includes(operation)) &&
        (once === undefined || subject === subjects[0]),
    );
    test.each(rows)("$fault $what", (row) => meet(row, subject, operation));
  });

  test.each(subject.rivals)("create F9 does not touch $what that was there first", async (rival) => {
    const { world, stack } = await inForce(subject, "create");
    rival.appear(world);
    const before = everything(world);
    const { error } = await stack.up(subject.program);
    expect(error?.message).toMatch(rival.refusal);
    expect(everything(world)).toBe(before);
    expect(stack.state).toBeUndefined();

    rival.leave(world);
    expect(await stack.up(subject.program)).toEqual({ steps: ["create"], error: undefined });
    expectInForce(world, stack, subject, subject.program);
    expect(await stack.up(subject.program)).toEqual({ steps: [], error: undefined });
  });

  const late = subject.rivals.filter(({ unseen }) => unseen === undefined);
  test.each(late)("create F9 does not touch $what that comes just before the write", async (rival) => {
    const { world, stack } = await inForce(subject, "create");
    let before = "";
    world.hook({
      before({ method }) {
        if (method === "GET" || before !== "") return undefined;
        rival.appear(world);
        before = everything(world);
        return undefined;
      },
    });
    const { error } = await stack.up(subject.program);
    expect(error?.message).toMatch(/HTTP 400 DUPLICATE|the object exists already, and this run did not create it/);
    expectClear(error!, subject);
    expect(everything(world)).toBe(before);
    expect(stack.state).toBeUndefined();
    expect((await stack.up(subject.program)).error?.message).toMatch(rival.refusal);
  });
});

test.each([...accessSubjects, ...projectSubjects])(
  "$plane $definition.kind create F14 of which nobody can tell what became of it is in the state",
  async (subject) => {
    const { world, stack } = await inForce(subject, "create");
    const { emulator } = world;
    emulator.inject({ match: subject.routes.create, nth: 1, fault: { kind: "drop", when: "after-commit" } });
    world.hook({
      before({ method }) {
        if (method === subject.routes.create.method)
          emulator.inject({ match: { method: "GET" }, fault: { kind: "status", status: 500 } });
        return undefined;
      },
    });
    const { error } = await stack.up(subject.program);
    expect(error?.message).toMatch(/not known|unknown whether|could not be verified/);
    expectClear(error!, subject);
    expectNoSecret(world, stack, error);
    // Its name is its identity: the next run looks whether it is there, and needs no word of the program to take it.
    expect(stack.state).toMatchObject({ id: subject.made(emulator.world())[0], incomplete: true });
    world.hook({});
    emulator.clearFaults();
    expect(await stack.up(subject.program)).toEqual({ steps: ["update"], error: undefined });
    expectInForce(world, stack, subject, subject.program);
    expect(await stack.up(subject.program)).toEqual({ steps: [], error: undefined });
  },
);
