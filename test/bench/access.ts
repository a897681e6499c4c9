/**
 * `npm run bench`: requests, time and memory of an access report over ever more grants. Memory is the heap that the report holds
 * after a collection of garbage.
 */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { readAccess } from "../../provider/access/report.ts";
import { connect } from "../../provider/control-planes/connect.ts";
import { startEmulator } from "../../provider/emulator/index.ts";
import { ORG } from "../support/ids.ts";
import { show } from "./figures.ts";
import { organizationOf } from "./organization.ts";

const PROJECTS = 100;
const SIZES = [1_000, 10_000];
/** The heap per grant at the largest size, as a multiple of that at the smallest. */
const GROWTH_BUDGET = 1.5;
const REQUEST_BUDGET = 3 * PROJECTS + 10;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

async function measured(grants: number): Promise<{ requests: number; ms: number; bytes: number }> {
  const emulator = await startEmulator({ seed: organizationOf(PROJECTS, grants) });
  try {
    const plane = connect({ env: emulator.env, config: () => undefined });
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    const began = performance.now();
    const report = await readAccess(plane, { orgIds: [ORG], filters: {}, keyId: "bench", version: "0.0.0" });
    const ms = performance.now() - began;
    collectGarbage();
    const bytes = process.memoryUsage().heapUsed - before;
    if (report.rows.length !== grants || report.unread.length > 0)
      throw new Error(`${report.rows.length} grants were reported`);
    return { requests: emulator.requests().filter(({ credential }) => credential !== null).length, ms, bytes };
  } finally {
    await emulator.close();
  }
}

// The first report compiles the code.
await measured(PROJECTS);
const costs = [];
for (const grants of SIZES) {
  const cost = await measured(grants);
  costs.push({ ...cost, grants });
  show(
    `access report of ${PROJECTS} projects and ${grants} grants`,
    `${cost.requests} requests, ${cost.ms.toFixed(0)} ms, ${(cost.bytes / 2 ** 20).toFixed(1)} MiB`,
  );
}
const perGrant = costs.map(({ bytes, grants }) => bytes / grants);
const growth = (perGrant.at(-1) ?? 0) / (perGrant[0] ?? 1);
const requests = Math.max(...costs.map((cost) => cost.requests));
show(`requests of an access report of ${PROJECTS} projects`, String(requests), `at most ${REQUEST_BUDGET}`);
show("heap per grant of an access report, largest size by smallest", growth.toFixed(2), `at most ${GROWTH_BUDGET}`);
if (requests > REQUEST_BUDGET || growth > GROWTH_BUDGET) process.exitCode = 1;
