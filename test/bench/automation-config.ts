/**
 * What a thousand users cost in one automation config: together, as sixteen at a time arrive and travel, and each by
 * itself, as tools do that read, edit and put back for every change. Numbers of one run, on one emulator; both arms end
 * at the same document.
 */

import { CloudManagerApi } from "../../provider/control-planes/cloud-manager/api.ts";
import { AutomationConfig } from "../../provider/control-planes/cloud-manager/automation-config.ts";
import type { Change } from "../../provider/control-planes/cloud-manager/change.ts";
import { merge } from "../../provider/control-planes/cloud-manager/merge.ts";
import { startEmulator } from "../../provider/emulator/index.ts";
import { HttpClient, systemClock } from "../../provider/http/index.ts";

const COUNT = Number(process.env.COUNT ?? 1000);
const PARALLELISM = 16;
const PROJECTS = { together: "65f0c0ffee00000000000001", each: "65f0c0ffee00000000000002" };

const emulator = await startEmulator({
  seed: {
    organizations: [
      {
        name: "Bench",
        projects: Object.entries(PROJECTS).map(([name, id]) => ({ id, name, automationConfig: "example" as const })),
      },
    ],
  },
});
const { publicKey: username, privateKey: password } = emulator.credentials;
const http = new HttpClient({ baseUrl: emulator.url, authentication: { kind: "digest", username, password } });
const api = new CloudManagerApi(http, { product: "Cloud Manager", credentialsSource: "the bench" }, systemClock);

interface Cost {
  gets: number;
  puts: number;
  bytes: number;
  ms: number;
}

/** Does the work with a server that counts what goes over the wire, without headers. */
async function measured(work: (server: CloudManagerApi) => Promise<void>): Promise<Cost> {
  const cost: Cost = { gets: 0, puts: 0, bytes: 0, ms: 0 };
  const counting: CloudManagerApi = Object.create(api, {
    clock: { value: api.clock },
    aborted: { value: false },
    pause: { value: (ms: number) => api.pause(ms) },
    read: {
      value: async (...given: Parameters<CloudManagerApi["read"]>) => {
        const snapshot = await api.read(...given);
        cost.gets++;
        cost.bytes += Buffer.byteLength(snapshot.text);
        return snapshot;
      },
    },
    replace: {
      value: async (projectId: string, text: string) => {
        cost.puts++;
        // The answer is the document again.
        cost.bytes += 2 * Buffer.byteLength(text);
        return await api.replace(projectId, text);
      },
    },
  });
  const began = performance.now();
  await work(counting);
  cost.ms = performance.now() - began;
  return cost;
}

const users: Change[] = Array.from({ length: COUNT }, (_, index) => ({
  list: "usersWanted",
  name: `corp/user-${index}@$external`,
  intent: "create",
  keys: {
    user: `corp/user-${index}`,
    db: "$external",
    roles: [{ role: "readWrite", db: "app" }],
    authenticationRestrictions: [],
    mechanisms: [],
    scramSha256Creds: null,
    scramSha1Creds: null,
  },
}));

const together = await measured(async (server) => {
  const config = new AutomationConfig(server, PROJECTS.together);
  let next = 0;
  const worker = async () => {
    while (next < users.length) await config.change(users[next++]!);
  };
  await Promise.all(Array.from({ length: PARALLELISM }, worker));
});

const each = await measured(async (server) => {
  for (const user of users) {
    const before = await server.read(PROJECTS.each);
    await server.replace(PROJECTS.each, merge(before.text, [user]).document);
  }
});

const names = (projectId: string) => {
  const { automationConfig } = emulator.world().cloudManager.deployments.find((one) => one.projectId === projectId)!;
  return JSON.parse(automationConfig)
    .auth.usersWanted.map(({ user }: { user: string }) => user)
    .toSorted()
    .join();
};
if (names(PROJECTS.together) !== names(PROJECTS.each)) throw new Error("the two arms do not end at the same users");

const show = (what: string, one: number, other: number, unit = "") =>
  console.log(
    `${what.padEnd(28)} ${`${Math.round(one)}${unit}`.padStart(12)} ${`${Math.round(other)}${unit}`.padStart(12)} ${`${(other / one).toFixed(1)}×`.padStart(8)}`,
  );
console.log(`${`${COUNT} users`.padEnd(28)} ${`${PARALLELISM} at once`.padStart(12)} ${"one PUT each".padStart(12)}`);
show("PUTs", together.puts, each.puts);
show("GETs", together.gets, each.gets);
show("bytes of documents", together.bytes / 1e6, each.bytes / 1e6, " MB");
show("time", together.ms, each.ms, " ms");
await http.close();
await emulator.close();
