/**
 * `npm run bench`: requests, time and memory of importing an organization with ever more grants. Memory is the heap that
 * contents, declarations and files of one import hold after a collection of garbage.
 */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { connect } from "../../provider/control-planes/connect.ts";
import { startEmulator } from "../../provider/emulator/index.ts";
import { importModel } from "../../provider/import/model.ts";
import { typescript } from "../../provider/import/typescript.ts";
import { readOrganization } from "../../provider/lookups/organization.ts";
import { ORG } from "../support/ids.ts";
import { show } from "./figures.ts";
import { organizationOf } from "./organization.ts";

const PROJECTS = 50;
const REQUEST_BUDGET = 3 * PROJECTS + 10;
/** The heap per grant at the largest size, as a multiple of that at the smallest. */
const GROWTH_BUDGET = 1.5;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

interface Cost {
  readonly requests: number;
  readonly ms: number;
  readonly bytes: number;
}

async function measured(grants: number): Promise<Cost> {
  const emulator = await startEmulator({ seed: organizationOf(PROJECTS, grants) });
  try {
    const plane = connect({ env: emulator.env, config: () => undefined });
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    const began = performance.now();
    const contents = await readOrganization(plane, { orgIds: [ORG] });
    const model = await importModel(plane, contents);
    const files = typescript.write(model, { project: "bench", stack: "prod", adopt: false, version: "0.0.0" });
    const ms = performance.now() - began;
    collectGarbage();
    const bytes = process.memoryUsage().heapUsed - before;
    const imported = model.resources.length;
    if (imported !== grants + PROJECTS + 2 || files.length === 0)
      throw new Error(`${imported} resources were imported`);
    const requests = emulator.requests().filter(({ credential }) => credential !== null).length;
    return { requests, ms, bytes };
  } finally {
    await emulator.close();
  }
}

const SIZES = [500, 1000, 2000, 4000];
// The first import compiles the code.
await measured(PROJECTS);
const costs: Cost[] = [];
for (const grants of SIZES) {
  const cost = await measured(grants);
  costs.push(cost);
  show(
    `import of ${PROJECTS} projects and ${grants} grants`,
    `${cost.requests} requests, ${cost.ms.toFixed(0)} ms, ${(cost.bytes / 2 ** 20).toFixed(1)} MiB`,
  );
}
const perGrant = costs.map(({ bytes }, index) => bytes / (SIZES[index] ?? 1));
const growth = (perGrant.at(-1) ?? 0) / (perGrant[0] ?? 1);
const requests = Math.max(...costs.map((cost) => cost.requests));
show(`requests at most (${REQUEST_BUDGET} allowed)`, String(requests));
show(`heap per grant, largest size by smallest (${GROWTH_BUDGET} allowed)`, growth.toFixed(2));
if (requests > REQUEST_BUDGET || growth > GROWTH_BUDGET) process.exitCode = 1;
