/**
 * `npm run bench`: requests, time and memory of many users, by the handlers alone. An engine calls them in the same way.
 * The emulator runs in this process, so its share is part of every figure.
 */

import { atlasControlPlane } from "../../provider/control-planes/atlas/plane.ts";
import { startEmulator } from "../../provider/emulator/index.ts";
import { HttpClient } from "../../provider/http/index.ts";
import type { Context, Props } from "../../provider/resources/definition.ts";
import { federatedUser } from "../../provider/resources/federated-user.ts";
import { RunMemory } from "../../provider/resources/memory.ts";
import { programsSeed } from "../support/emulator.ts";
import { FEDERATION, IDP } from "../support/ids.ts";
import { median, show } from "./figures.ts";

const isQuick = process.env.BENCH_QUICK === "1";
const PARALLEL = 8;
const LATENCY_MS = 20;
const USERS_OF_PROJECT = 100;
const WRITTEN = 500;
/** Reads one by one are alike, so some of them tell the time of all. */
const SAMPLE = isQuick ? 400 : 2_000;

const NOTHING_BUT_A_ROLE = {
  roles: [{ role: "readWrite", database: "app" }],
  privileges: [],
  authenticationRestrictions: [],
  scopes: [],
  labels: [],
  description: undefined,
  deleteAfterDate: undefined,
};

const identityProvider = {
  federationSettingsId: FEDERATION,
  identityProviderId: IDP,
  configurationName: "apps",
  idpType: "WORKLOAD",
  authorizationType: "USER",
};

function projectId(index: number): string {
  return `5f1ed0c0ffee5f1ed${index.toString(16).padStart(7, "0")}`;
}

interface User {
  readonly program: Props;
  readonly id: string;
}

function usersOf(count: number): User[] {
  return Array.from({ length: count }, (_, index) => {
    const program = {
      projectId: projectId(Math.floor(index / USERS_OF_PROJECT)),
      identityProvider,
      principal: `program-${index}`,
      roles: ["readWrite@app"],
    };
    return { program, id: `${program.projectId}/${IDP}/${program.principal}` };
  });
}

/** The limits of the API, or none that so many requests could reach. */
async function emulatorWith(users: readonly User[], exist: boolean, isLimited = false) {
  const byProject = Map.groupBy(users, ({ program }) => String(program.projectId));
  const projects = [...byProject].map(([id, own]) => ({
    id,
    name: id,
    clusters: [{ name: "Cluster0" }],
    databaseUsers: exist
      ? own.map(({ program }) => ({
          username: `${IDP}/${String(program.principal)}`,
          oidcAuthType: "USER" as const,
          roles: [{ roleName: "readWrite", databaseName: "app" }],
        }))
      : [],
  }));
  const emulator = await startEmulator({
    seed: {
      ...programsSeed(projects),
      behaviour: { maxDatabaseUsers: users.length + 1 },
    },
  });
  const names = ["database-users", "projects", "clusters", "org-federation", "identity-providers"] as const;
  for (const name of isLimited ? [] : names)
    emulator.setRateLimit(name, { capacity: 1e6, refill: 1e6, perSeconds: 60 });
  const { publicKey: username, privateKey: password } = emulator.credentials;
  const http = new HttpClient({ baseUrl: emulator.url, authentication: { kind: "digest", username, password } });
  const newPlane = () => atlasControlPlane({ http, credentialsSource: "the bench" });
  return {
    emulator,
    newPlane,
    newRun(): Context {
      const plane = newPlane();
      return {
        plane: () => plane,
        offline: undefined,
        waitMs: 0,
        drift: "correct",
        memory: new RunMemory(),
        declared: {},
        report: () => {},
      };
    },
    /** The requests since the last call, without those that only fetched a nonce. */
    requests() {
      const count = emulator.requests().filter(({ status }) => status !== 401).length;
      emulator.clearRequests();
      return count;
    },
    async [Symbol.asyncDispose]() {
      await http.close();
      await emulator.close();
    },
  };
}

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at]!);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return results;
}

async function writes(): Promise<void> {
  const users = usersOf(WRITTEN);
  const projects = WRITTEN / USERS_OF_PROJECT;
  await using world = await emulatorWith(users, false);
  const of = `${WRITTEN} users in ${projects} projects`;
  const creating = world.newRun();
  const states = await inParallel(users, async ({ program }) => {
    const { inputs } = await federatedUser.check(creating, {}, program);
    return { inputs, ...(await federatedUser.create(creating, inputs)) };
  });
  show(`requests: create ${of}, without polls`, String(world.requests()), `at most ${WRITTEN + 5 * projects}`);
  const changing = world.newRun();
  await inParallel(states, async ({ id, inputs: before, outputs }) => {
    const { inputs } = await federatedUser.check(changing, before, { ...before, roles: ["read@app"] });
    await federatedUser.diff(changing, id, outputs, inputs);
    await federatedUser.update(changing, id, outputs, inputs);
  });
  show(`requests: update ${of}`, String(world.requests()), `at most ${1.1 * WRITTEN} + constant`);
  const deleting = world.newRun();
  await inParallel(states, ({ id, outputs }) => federatedUser.delete(deleting, id, outputs));
  show(`requests: delete ${of}`, String(world.requests()), `at most ${1.1 * WRITTEN} + constant`);
  const bytes = median(states.map(({ inputs, outputs }) => JSON.stringify({ inputs, outputs }).length));
  show("bytes of inputs and outputs of a user, as the handlers return them", String(bytes));
}

/** A preview with drift: the time of this process, and its memory with the emulator and the state. */
async function preview(count: number): Promise<{ ms: number; bytes: number; requests: number }> {
  const users = usersOf(count);
  await using world = await emulatorWith(users, true);
  const reading = world.newRun();
  const states = await inParallel(users, async ({ id }) => (await federatedUser.read(reading, id, {}))!);
  world.requests();
  const began = process.cpuUsage();
  const run = world.newRun();
  await inParallel([...users.keys()], async (index) => {
    const { inputs } = await federatedUser.check(run, states[index]!.inputs, users[index]!.program);
    await federatedUser.diff(run, users[index]!.id, states[index]!.outputs, inputs);
  });
  const { user, system } = process.cpuUsage(began);
  globalThis.gc?.();
  const bytes = process.memoryUsage().heapUsed;
  return { ms: (user + system) / 1_000, bytes, requests: world.requests() };
}

async function previews(): Promise<void> {
  await preview(200);
  const small = await preview(1_000);
  const large = await preview(10_000);
  show("requests: preview with drift, 10,000 users in 100 projects", String(large.requests), "at most 310");
  show(
    "processor time, preview of 10,000 / 1,000 users, handlers only",
    (large.ms / small.ms).toFixed(1),
    "at most 12",
  );
  show("memory, preview of 10,000 / 1,000 users, handlers only", (large.bytes / small.bytes).toFixed(1), "at most 8");
}

/**
 * Creates users at a latency and with a token bucket. Without a bucket that limits them, the optimum is one bare POST
 * for each user. With one, the optimum sends as many as allowed, and never waits otherwise.
 */
async function limited(
  count: number,
  of: string,
  bucket?: { capacity: number; refill: number; perSeconds: number },
): Promise<void> {
  // One project, because each has a bucket of its own.
  const users = usersOf(count).map(({ program }) => ({ ...program, projectId: projectId(0) }));
  const timed = async (work: (run: Context, program: Props) => Promise<unknown>) => {
    await using world = await emulatorWith(usersOf(count), false, true);
    if (bucket !== undefined) world.emulator.setRateLimit("database-users", bucket);
    world.emulator.inject({ match: {}, fault: { kind: "delay", ms: LATENCY_MS } });
    const run = world.newRun();
    const began = performance.now();
    await inParallel(users, (program) => work(run, program));
    return performance.now() - began;
  };
  const ours = () =>
    timed(async (run, program) => {
      const { inputs } = await federatedUser.check(run, {}, program);
      await federatedUser.create(run, inputs);
    });
  const bare = () =>
    timed(({ plane }, { principal, projectId }) =>
      plane().access.create(String(projectId), { prefix: IDP, by: "USER", who: String(principal) }, NOTHING_BUT_A_ROLE),
    );
  // The listing takes a token too.
  const rounds = bucket && Math.ceil((count + 1 - bucket.capacity) / bucket.refill);
  const pairs: (readonly [number, number])[] = [];
  for (let turn = 0; turn < (bucket === undefined ? 3 : 1); turn++) {
    pairs.push([rounds === undefined ? await bare() : rounds * bucket!.perSeconds * 1_000, await ours()]);
  }
  const ratios = pairs.map(([optimum, ms]) => ms / optimum);
  show(
    `create ${count} users at ${LATENCY_MS} ms latency and ${of} / optimum, handlers only`,
    `${median(ratios).toFixed(2)} (${pairs.map(([optimum, ms]) => `${(ms / 1_000).toFixed(1)} of ${(optimum / 1_000).toFixed(1)} s`).join(", ")})`,
    "at most 1.15",
  );
}

/** The same users as a program declares them that goes through the projects once for each user. */
function projectsInTurn(users: readonly User[]): User[] {
  const projects = Map.groupBy(users, ({ program }) => program.projectId);
  return Array.from({ length: USERS_OF_PROJECT }, (_, index) =>
    [...projects.values()].map((own) => own[index]!),
  ).flat();
}

async function refresh(): Promise<void> {
  const users = usersOf(10_000);
  await using world = await emulatorWith(users, true);
  // Warm connections and nonces, for all arms.
  await inParallel(users.slice(0, 50), ({ id }) => federatedUser.read(world.newRun(), id, {}));
  world.emulator.inject({ match: { method: "GET" }, fault: { kind: "delay", ms: LATENCY_MS } });
  const timed = async (work: () => Promise<unknown>) => {
    const began = performance.now();
    await work();
    return performance.now() - began;
  };
  const all = (inOrder: readonly User[]) => {
    const run = world.newRun();
    return timed(() => inParallel(inOrder, ({ id }) => federatedUser.read(run, id, {})));
  };
  const orders = { "one project after the other": users, "projects in turn": projectsInTurn(users) };
  const { access } = world.newPlane();
  const sample = await timed(() =>
    inParallel(users.slice(0, SAMPLE), ({ program }) =>
      access.get(String(program.projectId), { prefix: IDP, by: "USER", who: String(program.principal) }),
    ),
  );
  const each = (sample * users.length) / SAMPLE;
  for (const [order, inOrder] of Object.entries(orders)) {
    const ours = await all(inOrder);
    show(
      `refresh of 10,000 users at ${LATENCY_MS} ms latency, ${order}, one GET each / mongofed`,
      `${(each / ours).toFixed(0)} (${(each / 1_000).toFixed(0)} s, of ${SAMPLE} reads; ${(ours / 1_000).toFixed(1)} s)`,
      "at least 60",
    );
  }
}

await writes();
await previews();
if (!isQuick) await limited(WRITTEN, "the limits of the API");
if (!isQuick) await limited(200, "limits that refill each second", { capacity: 60, refill: 30, perSeconds: 1 });
await refresh();
