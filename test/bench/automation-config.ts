/**
 * Compares the cost of a thousand users in one automation config: gathered, sixteen at a time, and one by one, as tools
 * do that read, edit and write back every change. Both arms run on one emulator in one run and end with the same
 * document.
 */

import { CloudManagerApi } from "../../provider/control-planes/cloud-manager/api.ts";
import { AutomationConfig } from "../../provider/control-planes/cloud-manager/automation-config.ts";
import type { Change } from "../../provider/control-planes/cloud-manager/change.ts";
import { merge } from "../../provider/control-planes/cloud-manager/merge.ts";
import { startEmulator } from "../../provider/emulator/index.ts";
import { HttpClient, systemClock } from "../../provider/http/index.ts";
import { OTHER_PROJECT, PROJECT } from "../support/ids.ts";
import { median, show } from "./figures.ts";

const COUNT = Number(process.env.COUNT ?? 1000);
const PARALLELISM = 16;
const TURNS = 5;
const PROJECTS = { together: PROJECT, each: OTHER_PROJECT };

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
const api = new CloudManagerApi(
  http,
  { product: "Cloud Manager", api: "the API of Cloud Manager", credentialsSource: "the bench" },
  systemClock,
);

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

/** Both arms in turns, so that whatever else the machine does meets both. */
const turns: { readonly together: Cost; readonly each: Cost }[] = [];
for (let turn = 0; turn < TURNS; turn++) {
  const mine = users.slice((turn * COUNT) / TURNS, ((turn + 1) * COUNT) / TURNS);
  const together = await measured(async (server) => {
    const config = new AutomationConfig(server, PROJECTS.together);
    let next = 0;
    const worker = async () => {
      while (next < mine.length) await config.change(mine[next++]!);
    };
    await Promise.all(Array.from({ length: PARALLELISM }, worker));
  });
  const each = await measured(async (server) => {
    for (const user of mine) {
      const before = await server.read(PROJECTS.each);
      await server.replace(PROJECTS.each, merge(before.text, [user]).document);
    }
  });
  turns.push({ together, each });
}

const names = (projectId: string) => {
  const { automationConfig } = emulator.world().cloudManager.deployments.find((one) => one.projectId === projectId)!;
  return JSON.parse(automationConfig)
    .auth.usersWanted.map(({ user }: { user: string }) => user)
    .toSorted()
    .join();
};
if (names(PROJECTS.together) !== names(PROJECTS.each)) throw new Error("the two arms do not end at the same users");

const sum = (arm: "together" | "each", what: keyof Cost) => turns.reduce((total, turn) => total + turn[arm][what], 0);
const times = (ratio: number) => `${ratio.toFixed(1)}×`;

const puts = sum("together", "puts");
const most = Math.ceil((COUNT / PARALLELISM) * 1.04);
show(
  `PUTs of ${COUNT} users, ${PARALLELISM} at a time`,
  `${puts} (one each: ${sum("each", "puts")}, ${times(sum("each", "puts") / puts)}; GETs ${sum("together", "gets")})`,
  `at most ${most}`,
);
const bytes = sum("together", "bytes");
show(
  "bytes of documents, one PUT each / together",
  `${times(sum("each", "bytes") / bytes)} (${(bytes / 1e6).toFixed(0)} MB of ${(sum("each", "bytes") / 1e6).toFixed(0)} MB)`,
  "at least 8×",
);
const ratios = turns.map(({ together, each }) => each.ms / together.ms);
show(
  "time on this machine, one PUT each / together",
  `${times(median(ratios))} (${times(Math.min(...ratios))} to ${times(Math.max(...ratios))})`,
  "at least 2×",
);
await http.close();
await emulator.close();
