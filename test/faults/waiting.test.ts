import { describe, expect, test } from "vitest";
import type { Fault } from "../../provider/emulator/index.ts";
import { PROJECT } from "../support/ids.ts";
import { accessSubjects } from "./access-subjects.ts";
import { projectSubjects } from "./project-subjects.ts";
import { Stack } from "./stack.ts";
import type { Route, Subject } from "./subject.ts";
import { CLUSTERS, DEPLOYMENT, type FaultWorld, faultWorld, type PlaneKind } from "./world.ts";

/**
 * The write has succeeded, but the clusters, or the Agents of a project's processes, have not applied it yet. After any
 * fault during the wait, the wait ends, the object is in the state, and nothing is written twice. The next run waits
 * again.
 */

/** Those who apply changes, and how it is asked whether they have. */
interface Appliers {
  readonly status: Route;
  /** The one that takes its time. */
  readonly slow: string;
  apply(world: FaultWorld, seconds: number | "never"): void;
  /** Ends the hang: the pending changes are applied. */
  heal(world: FaultWorld): void;
}

const [SLOW] = CLUSTERS;
const STATUS = { method: "GET", path: `/clusters/${SLOW}/status` };
const CLUSTER_LIST = { method: "GET", path: `/groups/${PROJECT}/clusters\\?` };

const clusters: Appliers = {
  status: STATUS,
  slow: SLOW,
  apply({ emulator }, applySeconds) {
    emulator.edit({ edit: "update-cluster", projectId: PROJECT, name: SLOW, fields: { applySeconds } });
  },
  heal({ emulator }) {
    const fields = { changeStatus: "PENDING", applySeconds: 0 } as const;
    emulator.edit({ edit: "update-cluster", projectId: PROJECT, name: SLOW, fields });
    emulator.edit({ edit: "update-cluster", projectId: PROJECT, name: SLOW, fields: { changeStatus: "APPLIED" } });
  },
};

const agents: Appliers = {
  status: { method: "GET", path: "/automationStatus$" },
  slow: "orders-0",
  apply({ emulator }, seconds) {
    const how = seconds === "never" ? { stuck: ["orders-0"] } : { agents: { goalMs: seconds * 1_000 } };
    emulator.edit({ edit: "set-agents", projectId: DEPLOYMENT, ...how });
  },
  heal({ emulator }) {
    emulator.edit({ edit: "set-agents", projectId: DEPLOYMENT, agents: { goalMs: 0 }, stuck: [] });
  },
};

const appliers: Record<PlaneKind, Appliers> = { atlas: clusters, "cloud-manager": agents };

function heal(world: FaultWorld, { plane }: Subject): void {
  world.emulator.clearFaults();
  world.hook({});
  appliers[plane].heal(world);
}

async function ready(subject: Subject) {
  const world = await faultWorld({ plane: subject.plane });
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

const lasting: [string, (world: FaultWorld, appliers: Appliers) => void][] = [
  ["never applies it", (world, { apply }) => apply(world, "never")],
  [
    "answers 503 for ever",
    ({ emulator }, { status: match }) => void emulator.inject({ match, fault: { kind: "status", status: 503 } }),
  ],
  [
    "answers 429 for ever",
    ({ emulator }, { status: match }) => {
      const headers = { "Retry-After": "55" };
      emulator.inject({ match, fault: { kind: "status", status: 429, headers } });
    },
  ],
];

describe.each([...accessSubjects, ...projectSubjects])("$plane $definition.kind", (subject) => {
  const { status, slow, apply } = appliers[subject.plane];
  const [created, updated] = [subject.routes.create.method, subject.routes.update.method];

  test.each(passing)("waits out a status endpoint that answers %s", async (_, fault) => {
    const { world, stack } = await ready(subject);
    apply(world, 5);
    world.emulator.inject({ ...fault, match: status });
    expect(await stack.up(subject.program)).toEqual({ steps: ["create"], error: undefined });
    expect(world.emulator.faults()[0]?.hit).toBeGreaterThan(0);
    expect(stack.state).toMatchObject({ incomplete: false });
    expect(writes(world)).toEqual([created]);
    expect(await stack.up(subject.program)).toEqual({ steps: [], error: undefined });
  });

  test.each(lasting)(
    "waits no longer than it may for a cluster that %s, and again in the next run",
    async (_, begin) => {
      const { world, stack } = await ready(subject);
      begin(world, appliers[subject.plane]);
      for (const [program, write] of [
        [subject.program, created],
        [subject.edited, updated],
      ] as const) {
        const first = await stack.up(program);
        expect(first.error?.message).toMatch(
          new RegExp(`^FED421 .*${subject.definition.kind}.* is made, and after \\d+ s ${slow}.* had not applied it`),
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
      heal(world, subject);
      expect(await stack.up(subject.edited)).toEqual({ steps: ["update"], error: undefined });
      expect(await stack.up(subject.edited)).toEqual({ steps: [], error: undefined });
      expect(writes(world)).toEqual([]);
    },
  );

  test("told to stop while it waits keeps what it made, and the next run waits again", async () => {
    const { world, stack } = await ready(subject);
    apply(world, 20);
    const controller = new AbortController();
    world.hook({
      after({ path }) {
        if (/\/(status|automationStatus)$/.test(path)) controller.abort(new Error("told to stop"));
      },
    });
    const { error } = await stack.up(subject.program, controller.signal);
    expect(error?.message).toMatch(new RegExp(`^FED421[\\s\\S]*${slow}.* had not applied it[\\s\\S]*fix`));
    expectIncomplete(world, stack, subject, subject.program);
    world.hook({});
    expect(await stack.up(subject.program)).toEqual({ steps: ["update"], error: undefined });
    expect(await stack.up(subject.program)).toEqual({ steps: [], error: undefined });
    expect(writes(world)).toEqual([created]);
  });

  test("keeps what it made where a login page answers in place of the status, and says so", async () => {
    const { world, stack } = await ready(subject);
    world.hook({
      after({ method }) {
        if (method !== "GET") world.emulator.inject({ match: status, fault: { kind: "login-page" } });
      },
    });
    apply(world, "never");
    const { error } = await stack.up(subject.program);
    expect(error?.message).toMatch(
      new RegExp(`login page[\\s\\S]*\n {2}fix[\\s\\S]*${subject.definition.kind} of .* is made`),
    );
    expectIncomplete(world, stack, subject, subject.program);
    heal(world, subject);
    expect(await stack.up(subject.program)).toEqual({ steps: ["update"], error: undefined });
    expect(writes(world)).toEqual([created]);
  });
});

describe.each(accessSubjects)("$plane $definition.kind", (subject) => {
  const applies = clusters.apply;

  test("does not wait for a cluster that is deleted meanwhile", async () => {
    const { world, stack } = await ready(subject);
    applies(world, "never");
    const body = { error: 404, errorCode: "CLUSTER_NOT_FOUND", detail: `No cluster named ${SLOW} exists.` };
    world.emulator.inject({ match: STATUS, nth: 3, times: 1_000, fault: { kind: "status", status: 404, body } });
    expect(await stack.up(subject.program)).toEqual({ steps: ["create"], error: undefined });
    expect(world.emulator.faults()[0]?.hit).toBe(1);
    expect(await stack.up(subject.program)).toEqual({ steps: [], error: undefined });
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
    heal(world, subject);
    expect(await stack.up(subject.program)).toEqual({ steps: ["update"], error: undefined });
    expect(await stack.up(subject.program)).toEqual({ steps: [], error: undefined });
    expect(writes(world)).toEqual(["POST"]);
  });
});
