import { describe, expect, test } from "vitest";
import type { Rollout } from "../../../provider/control-planes/control-plane.ts";
import { VirtualClock } from "../../http/virtual-clock.ts";
import { ABSENT, ORG, PROJECT } from "../../support/ids.ts";
import { atlas } from "./harness.ts";
import { group, project, projectSeed, settings } from "./project.ts";

const status = (name: string) => `${project}/clusters/${name}/status`;
const pendingSeed = projectSeed({
  clusters: [{ name: "Cluster0", changeStatus: "PENDING" }, { name: "Cluster1" }, { name: "Old", paused: true }],
});
const update = { edit: "update-cluster", projectId: PROJECT, name: "Cluster0" } as const;

test("a project is asked for once a run, and one out of reach is an error", async () => {
  const world = await atlas({ seed: projectSeed() });
  const found = await Promise.all([world.plane.projects.get(PROJECT), world.plane.projects.get(PROJECT)]);
  expect(found[1]).toEqual({ projectId: PROJECT, name: "billing", orgId: ORG });
  await world.plane.projects.get(PROJECT);
  expect(world.requests()).toEqual([`GET ${project}`]);
  await expect(world.plane.projects.get(ABSENT)).rejects.toThrow(/read project .*HTTP 404 GROUP_NOT_FOUND/);
});

test("clusters are listed once a run, with tier, version and whether they are paused", async () => {
  const clusters = [
    { name: "free", instanceSize: "M0" },
    { name: "main", instanceSize: "M30", mongoDBMajorVersion: "7.0", mongoDBVersion: "7.0.14" },
    { name: "old", paused: true },
  ];
  const world = await atlas({ seed: projectSeed({ clusters }) });
  const expected = [
    { name: "free", tier: "M0", version: "8.0.12", paused: false },
    { name: "main", tier: "M30", version: "7.0.14", paused: false },
    { name: "old", tier: "M10", version: "8.0.12", paused: true },
  ];
  expect(await world.plane.projects.clusters(PROJECT)).toEqual(expected);
  expect(await world.plane.projects.clusters(PROJECT)).toEqual(expected);
  expect(world.requests()).toEqual([`GET ${project}/clusters`]);
});

test("invents no cluster properties that the server omits", async () => {
  const world = await atlas({ seed: projectSeed() });
  const body = { results: [{ name: "x" }], totalCount: 1 };
  world.fault("GET", "/clusters", { kind: "status", status: 200, body });
  expect(await world.plane.projects.clusters(PROJECT)).toEqual([
    { name: "x", tier: undefined, version: undefined, paused: false },
  ]);
});

describe("applied", () => {
  test("is so at once where no cluster runs", async () => {
    const world = await atlas({ seed: projectSeed({ clusters: [{ name: "old", paused: true }] }) });
    expect(await world.plane.projects.applied(PROJECT, { limitMs: 1_000 })).toMatchObject({ pending: [] });
    expect(world.requests()).toEqual([`GET ${project}/clusters`]);
  });

  test("a change of users is, once the clusters say so", async () => {
    const world = await atlas({ seed: projectSeed({}, { applySeconds: 20 }), clock: new VirtualClock() });
    await world.plane.access.create(PROJECT, group(), settings);
    const told: Rollout[] = [];
    const rollout = await world.plane.projects.applied(PROJECT, {
      limitMs: 600_000,
      onProgress(rollout) {
        told.push(rollout);
        world.emulator.advanceClock(7_000);
      },
    });
    expect(rollout.pending).toEqual([]);
    // Asked at once, after a second each, and then after growing waits.
    expect(rollout.elapsedMs).toBe(4_000);
    expect(told).toEqual([
      { pending: ["Cluster0"], elapsedMs: 0 },
      { pending: ["Cluster0"], elapsedMs: 1_000 },
      { pending: ["Cluster0"], elapsedMs: 2_000 },
    ]);
  });

  test("a hundred who wait share the questions, and those who waited longest do not slow down who comes last", async () => {
    const world = await atlas({ seed: pendingSeed, clock: new VirtualClock() });
    const wait = (onProgress: (rollout: Rollout) => void) =>
      world.plane.projects.applied(PROJECT, { limitMs: 600_000, onProgress });
    const late: number[] = [];
    const last: Promise<Rollout>[] = [];
    const join = () =>
      wait(({ elapsedMs }) => {
        late.push(elapsedMs);
        world.emulator.edit({ ...update, fields: { changeStatus: "APPLIED" } });
      });
    let rounds = 0;
    const leader = wait(() => {
      // By now the questions are seconds apart.
      if (++rounds === 4) last.push(...Array.from({ length: 50 }, join));
    });
    const first = Array.from({ length: 49 }, () => wait(() => {}));
    await leader;
    const done = await Promise.all([...first, ...last]);
    expect(done.map(({ pending }) => pending)).toEqual(Array.from({ length: 99 }, () => []));
    expect(late).toHaveLength(50);
    expect(Math.max(...late)).toBeLessThanOrEqual(1_000);
    const asked = world.requests();
    expect(asked.filter((request) => request === `GET ${status("Cluster0")}`)).toHaveLength(6);
    // The one that has applied it is asked in the first round of those who wait for it, and the paused one never.
    expect(asked.filter((request) => request === `GET ${status("Cluster1")}`)).toHaveLength(2);
    expect(asked).not.toContain(`GET ${status("Old")}`);
    expect(asked.filter((request) => request === `GET ${project}/clusters`)).toHaveLength(1);
  });

  test("a waiter that joins during a round ignores the responses of that round", async () => {
    const world = await atlas({ seed: projectSeed() });
    await world.plane.projects.clusters(PROJECT);
    // Says APPLIED, but late: by then there is another change.
    world.fault("GET", "/status", { kind: "delay", ms: 200, when: "after-commit" }, { nth: 1 });
    const first = world.plane.projects.applied(PROJECT, { limitMs: 60_000 });
    await expect.poll(() => world.emulator.faults()[0]?.hit).toBe(1);
    world.emulator.edit({ ...update, fields: { changeStatus: "PENDING" } });
    let settled = false;
    const { promise: told, resolve: onProgress } = Promise.withResolvers<Rollout>();
    const second = world.plane.projects.applied(PROJECT, { limitMs: 60_000, onProgress });
    void second.then(() => {
      settled = true;
    });
    expect((await first).pending).toEqual([]);
    expect((await told).pending).toEqual(["Cluster0"]);
    expect(world.requests().filter((request) => request === `GET ${status("Cluster0")}`)).toHaveLength(2);
    expect(settled).toBe(false);
    world.emulator.edit({ ...update, fields: { changeStatus: "APPLIED" } });
    expect((await second).pending).toEqual([]);
  });

  test("a cluster that has applied it once has, whatever others change after it", async () => {
    const clusters = [{ name: "Cluster0", changeStatus: "PENDING" as const }, { name: "Cluster1" }];
    const world = await atlas({ seed: projectSeed({ clusters }), clock: new VirtualClock() });
    const rollout = await world.plane.projects.applied(PROJECT, {
      limitMs: 60_000,
      onProgress() {
        world.emulator.edit({ ...update, fields: { changeStatus: "APPLIED" } });
        world.emulator.edit({ ...update, name: "Cluster1", fields: { changeStatus: "PENDING" } });
      },
    });
    expect(rollout.pending).toEqual([]);
  });

  test("ends at its limit with what is pending, having asked less and less often", async () => {
    const clock = new VirtualClock();
    const world = await atlas({ seed: pendingSeed, clock });
    const rollout = await world.plane.projects.applied(PROJECT, { limitMs: 20_000 });
    expect(rollout).toEqual({ pending: ["Cluster0"], elapsedMs: 20_000 });
    // At 0, 1 and 2 seconds, and every four seconds from then on.
    expect(world.requests().filter((request) => request === `GET ${status("Cluster0")}`)).toHaveLength(3 + 4);
    // Nothing goes on behind it.
    await expect.poll(() => clock.limits).toBe(0);
    const sleeps = clock.sleeps.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(clock.sleeps.length - sleeps).toBeLessThanOrEqual(1);
    expect(world.requests()).toEqual([]);
  });

  test("ends at its limit even if the server does not answer", async () => {
    const world = await atlas({ seed: pendingSeed });
    world.fault("GET", "/status", { kind: "delay", ms: 5_000 });
    const rollout = await world.plane.projects.applied(PROJECT, { limitMs: 100 });
    expect(rollout.pending).toEqual(["Cluster0", "Cluster1"]);
    expect(rollout.elapsedMs).toBeLessThan(4_000);
  });

  test("ends when the run is told to stop, and does not begin afterwards", async () => {
    const stop = new AbortController();
    const world = await atlas({ seed: pendingSeed, signal: stop.signal });
    const rollout = world.plane.projects.applied(PROJECT, { limitMs: 600_000, onProgress: () => stop.abort() });
    expect((await rollout).pending).toEqual(["Cluster0"]);
    world.requests();
    expect((await world.plane.projects.applied(PROJECT, { limitMs: 600_000 })).pending).toEqual([
      "Cluster0",
      "Cluster1",
    ]);
    expect(world.requests()).toEqual([]);
  });

  test("a cluster that is deleted meanwhile is no longer waited for, a project out of reach is an error", async () => {
    const world = await atlas({ seed: pendingSeed });
    const body = { error: 404, errorCode: "CLUSTER_NOT_FOUND", detail: "No cluster named Cluster0 exists." };
    world.fault("GET", status("Cluster0"), { kind: "status", status: 404, body }, { nth: 2 });
    expect((await world.plane.projects.applied(PROJECT, { limitMs: 60_000 })).pending).toEqual([]);
    world.emulator.edit({ edit: "remove-project", id: PROJECT });
    await expect(world.plane.projects.applied(PROJECT, { limitMs: 60_000 })).rejects.toThrow(
      /HTTP 404 GROUP_NOT_FOUND/,
    );
  });

  test("a server in trouble is waited out, missing access is not", async () => {
    const world = await atlas({ seed: projectSeed(), clock: new VirtualClock() });
    world.fault("GET", "/status", { kind: "status", status: 503 }, { nth: 1, times: 12 });
    expect((await world.plane.projects.applied(PROJECT, { limitMs: 600_000 })).pending).toEqual([]);
    world.fault("GET", "/status", { kind: "status", status: 403 });
    const waiting = [1, 2].map(() => world.plane.projects.applied(PROJECT, { limitMs: 600_000 }));
    for (const one of waiting) {
      await expect(one).rejects.toThrow(
        /FED412[\s\S]*ask whether a cluster of project 5f1e.* has applied the changes: HTTP 403[\s\S]*Project Read Only/,
      );
    }
  });
});
