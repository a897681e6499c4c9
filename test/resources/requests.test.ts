/** The requests that many users cost, counted in the emulator. Each handler is called as an engine calls it. */

import { expect, onTestFinished, test } from "vitest";
import type { Seed } from "../../provider/emulator/index.ts";
import type { Props } from "../../provider/resources/definition.ts";
import { federatedUser } from "../../provider/resources/federated-user.ts";
import { atlas, type World } from "../control-planes/atlas/harness.ts";
import { VirtualClock } from "../http/virtual-clock.ts";
import { programsSeed } from "../support/emulator.ts";
import { FEDERATION, IDP } from "../support/ids.ts";
import { newRun, preview, type Run, type State, up } from "./harness.ts";

/** Calls that an engine has in flight. */
const PARALLEL = 8;
const identityProvider = {
  federationSettingsId: FEDERATION,
  identityProviderId: IDP,
  configurationName: "apps",
  idpType: "WORKLOAD",
  authorizationType: "USER",
};

interface Scale {
  readonly users: number;
  readonly projects: number;
}

function projectId(index: number): string {
  return `5f1ed0c0ffee5f1ed${index.toString(16).padStart(7, "0")}`;
}

function seedOf(projects: number): Seed {
  return programsSeed(
    Array.from({ length: projects }, (_, index) => ({
      id: projectId(index),
      name: `project-${index}`,
      clusters: [{ name: "Cluster0" }],
    })),
  );
}

function programs({ users, projects }: Scale): Props[] {
  return Array.from({ length: users }, (_, index) => ({
    projectId: projectId(index % projects),
    identityProvider,
    principal: `program-${index}`,
    roles: ["readWrite@app"],
  }));
}

async function world(projects: number): Promise<World & { run(): Run; readonly clock: VirtualClock }> {
  const clock = new VirtualClock();
  const made = await atlas({ seed: seedOf(projects), clock });
  for (const name of ["database-users", "projects", "clusters", "org-federation"] as const)
    made.emulator.setRateLimit(name, { capacity: 1e6, refill: 1e6, perSeconds: 60 });
  onTestFinished(() => clock.advance(0));
  return {
    ...made,
    clock,
    run() {
      const plane = made.newPlane();
      return newRun(() => plane);
    },
  };
}

async function inParallel<T, Result>(items: readonly T[], work: (item: T) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const left = [...items.entries()];
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return results;
}

function createAll(run: Run, scale: Scale): Promise<State[]> {
  return inParallel(programs(scale), (program) => up(federatedUser, run, program));
}

const isPoll = (request: string) => request.endsWith("/status");

test("creating N users in P projects costs N requests, the pages, four for each project and the polls", async () => {
  const scale = { users: 200, projects: 4 };
  const { requests, run } = await world(scale.projects);
  await createAll(run(), scale);
  const asked = requests();
  const pages = scale.projects;
  expect(asked.filter((request) => !isPoll(request)).length).toBeLessThanOrEqual(
    scale.users + pages + 4 * scale.projects,
  );
  expect(asked.filter((request) => request.startsWith("POST"))).toHaveLength(scale.users);
});

test("the clusters of a project are asked at most once a second while they apply changes", async () => {
  const { requests, newPlane, clock, emulator } = await world(1);
  const id = projectId(0);
  emulator.edit({ edit: "update-cluster", projectId: id, name: "Cluster0", fields: { changeStatus: "PENDING" } });
  const { projects } = newPlane();
  const began = clock.now();
  const waiting: Promise<unknown>[] = [];
  // Each wave of an engine joins those that wait.
  for (let wave = 0; wave < 60; wave++) {
    waiting.push(projects.applied(id, { limitMs: 20_000 }));
    await clock.sleep(250);
  }
  await Promise.all(waiting);
  const seconds = (clock.now() - began) / 1_000;
  // A short run of a few users is not slowed down.
  expect(requests().filter(isPoll).length).toBeLessThanOrEqual(4 + seconds);
});

test("changing and deleting N users costs a tenth more than N requests", async () => {
  const scale = { users: 100, projects: 2 };
  const { requests, run } = await world(scale.projects);
  const states = await createAll(run(), scale);
  requests();
  const changing = run();
  await inParallel(states, async (state) => {
    const program = { ...state.inputs, roles: ["read@app"] };
    expect(await preview(federatedUser, changing, state, program)).toMatchObject({ changes: true });
    const { inputs } = await federatedUser.check(changing, state.inputs, program);
    await federatedUser.update(changing, state.id, state.outputs, inputs);
  });
  const updates = requests().filter((request) => !isPoll(request));
  expect(updates.length).toBeLessThanOrEqual(1.1 * scale.users + 5 * scale.projects);
  const destroying = run();
  await inParallel(states, (state) => federatedUser.delete(destroying, state.id, state.outputs));
  expect(requests().length).toBeLessThanOrEqual(1.1 * scale.users + 5 * scale.projects);
});

test("a preview with drift of many users costs at most three requests for each project, and ten", async () => {
  const scale = { users: 200, projects: 10 };
  const { requests, run } = await world(scale.projects);
  const states = await createAll(run(), scale);
  requests();
  const previewing = run();
  await inParallel(states, (state) => preview(federatedUser, previewing, state, state.inputs));
  expect(requests().length).toBeLessThanOrEqual(3 * scale.projects + 10);
});
