import { describe, expect, test } from "vitest";
import type { Fault } from "../../provider/emulator/index.ts";
import { accessSubjects } from "./access-subjects.ts";
import { Stack } from "./stack.ts";
import type { Subject } from "./subjects.ts";
import { CLUSTERS, type FaultWorld, faultWorld, PROJECT } from "./world.ts";

/**
 * The write is done, and the clusters have yet to apply it. Whatever happens while a run waits for them: the wait ends,
 * what is made is in the state, nothing is written a second time, and the next run waits again.
 */

const [SLOW] = CLUSTERS;
const STATUS = { method: "GET", path: `/clusters/${SLOW}/status` };
const CLUSTER_LIST = { method: "GET", path: `/groups/${PROJECT}/clusters\\?` };

function applies({ emulator }: FaultWorld, applySeconds: number | "never"): void {
  emulator.edit({ edit: "update-cluster", projectId: PROJECT, name: SLOW, fields: { applySeconds } });
}

/** What hangs is freed: what it was told, it has applied. */
function heal(world: FaultWorld): void {
  world.emulator.clearFaults();
  world.hook({});
  const { emulator } = world;
  const fields = { changeStatus: "PENDING", applySeconds: 0 } as const;
  emulator.edit({ edit: "update-cluster", projectId: PROJECT, name: SLOW, fields });
  emulator.edit({ edit: "update-cluster", projectId: PROJECT, name: SLOW, fields: { changeStatus: "APPLIED" } });
}

async function ready(subject: Subject) {
  const world = await faultWorld();
  subject.prepare(world);
  return { world, stack: new Stack(subject.definition, world) };
}

function writes({ emulator }: FaultWorld): string[] {
  return emulator
    .requests()
    .filter(({ method }) => method !== "GET")
    .map(({ method }) => method);
}

/** It is there, once, and the state knows it, but not that it is in force. */
function expectIncomplete(world: FaultWorld, stack: Stack, subject: Subject, program: Subject["program"]): void {
  expect(subject.live(world.emulator.world())).toEqual(subject.holds(program));
  expect(stack.state).toMatchObject({ incomplete: true });
}

const passing: [string, Pick<Fault, "fault" | "nth" | "times" | "forMs">][] = [
  ["503 a dozen times", { nth: 1, times: 12, fault: { kind: "status", status: 503 } }],
  ["429 with Retry-After", { forMs: 20_000, fault: { kind: "status", status: 429, headers: { "Retry-After": "20" } } }],
  ["nothing, since the connection breaks,", { nth: 1, times: 8, fault: { kind: "drop", when: "before-commit" } }],
];

const lasting: [string, (world: FaultWorld) => void][] = [
  ["never applies it", (world) => applies(world, "never")],
  [
    "answers 503 for ever",
    ({ emulator }) => void emulator.inject({ match: STATUS, fault: { kind: "status", status: 503 } }),
  ],
  [
    "answers 429 for ever",
    ({ emulator }) => {
      const headers = { "Retry-After": "55" };
      emulator.inject({ match: STATUS, fault: { kind: "status", status: 429, headers } });
    },
  ],
];

describe.each(accessSubjects)("$definition.kind", (subject) => {
  test.each(passing)("waits out a status endpoint that answers %s", async (_, fault) => {
    const { world, stack } = await ready(subject);
    applies(world, 5);
    world.emulator.inject({ ...fault, match: STATUS });
    expect(await stack.up(subject.program)).toEqual({ steps: ["create"], error: undefined });
    expect(world.emulator.faults()[0]?.hit).toBeGreaterThan(0);
    expect(stack.state).toMatchObject({ incomplete: false });
    expect(writes(world)).toEqual(["POST"]);
    expect(await stack.up(subject.program)).toEqual({ steps: [], error: undefined });
  });

  test("does not wait for a cluster that is deleted meanwhile", async () => {
    const { world, stack } = await ready(subject);
    applies(world, "never");
    const body = { error: 404, errorCode: "CLUSTER_NOT_FOUND", detail: `No cluster named ${SLOW} exists.` };
    world.emulator.inject({ match: STATUS, nth: 3, times: 1_000, fault: { kind: "status", status: 404, body } });
    expect(await stack.up(subject.program)).toEqual({ steps: ["create"], error: undefined });
    expect(world.emulator.faults()[0]?.hit).toBe(1);
    expect(await stack.up(subject.program)).toEqual({ steps: [], error: undefined });
  });

  test.each(lasting)(
    "waits no longer than it may for a cluster that %s, and again in the next run",
    async (_, begin) => {
      const { world, stack } = await ready(subject);
      begin(world);
      for (const [program, write] of [
        [subject.program, "POST"],
        [subject.edited, "PATCH"],
      ] as const) {
        const first = await stack.up(program);
        expect(first.error?.message).toMatch(
          new RegExp(`^FED421 .*${subject.definition.kind}.* is made, and after \\d+ s ${SLOW}.* had not applied it`),
        );
        expect(first.error?.message).toMatch(/\n {2}fix {2}.*run again/);
        expect(writes(world)).toEqual([write]);
        expectIncomplete(world, stack, subject, program);
        const second = await stack.up(program);
        expect(second.steps).toEqual(["update"]);
        expect(second.error?.message).toMatch(/^FED421/);
        expect(writes(world)).toEqual([write]);
        expectIncomplete(world, stack, subject, program);
        world.emulator.clearRequests();
      }
      heal(world);
      expect(await stack.up(subject.edited)).toEqual({ steps: ["update"], error: undefined });
      expect(await stack.up(subject.edited)).toEqual({ steps: [], error: undefined });
      expect(writes(world)).toEqual([]);
    },
  );

  test("told to stop while it waits keeps what it made, and the next run waits again", async () => {
    const { world, stack } = await ready(subject);
    applies(world, 20);
    const controller = new AbortController();
    world.hook({
      after({ path }) {
        if (path.endsWith("/status")) controller.abort(new Error("told to stop"));
      },
    });
    const { error } = await stack.up(subject.program, controller.signal);
    expect(error?.message).toMatch(new RegExp(`^FED421[\\s\\S]*${SLOW}.* had not applied it[\\s\\S]*fix`));
    expectIncomplete(world, stack, subject, subject.program);
    world.hook({});
    expect(await stack.up(subject.program)).toEqual({ steps: ["update"], error: undefined });
    expect(await stack.up(subject.program)).toEqual({ steps: [], error: undefined });
    expect(writes(world)).toEqual(["POST"]);
  });

  test("clusters that the credentials may not read are told of, and not waited for", async () => {
    const { world, stack } = await ready(subject);
    applies(world, "never");
    world.emulator.inject({ match: { path: `/groups/${PROJECT}/clusters` }, fault: { kind: "status", status: 403 } });
    expect(await stack.up(subject.program)).toEqual({ steps: ["create"], error: undefined });
    expect(world.told.join("\n")).toMatch(/not checked: whether the clusters of project .* have applied changes/);
    expect(stack.state).toMatchObject({ incomplete: false });
  });

  test.each<[string, Fault["fault"]]>([
    ["cannot be listed", { kind: "status", status: 500 }],
    ["are a login page", { kind: "login-page" }],
  ])("keeps what it made where the clusters %s, and says so", async (_, fault) => {
    const { world, stack } = await ready(subject);
    // A run that has listed them before the write asks no more for the list, but for the status alone.
    world.hook({
      after({ method }) {
        if (method !== "POST") return;
        for (const match of [CLUSTER_LIST, STATUS]) world.emulator.inject({ match, fault });
      },
    });
    applies(world, "never");
    const { error } = await stack.up(subject.program);
    expect(error?.message).toMatch(/\n {2}fix/);
    expect(error?.message).toMatch(new RegExp(`${subject.definition.kind} of .* is made`));
    expectIncomplete(world, stack, subject, subject.program);
    heal(world);
    expect(await stack.up(subject.program)).toEqual({ steps: ["update"], error: undefined });
    expect(await stack.up(subject.program)).toEqual({ steps: [], error: undefined });
    expect(writes(world)).toEqual(["POST"]);
  });
});
