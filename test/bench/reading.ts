/** Requests, time and memory of reading an organization with ever more grants. Memory is the heap that the result holds. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { connect } from "../../provider/control-planes/connect.ts";
import { startEmulator } from "../../provider/emulator/index.ts";
import { show } from "./figures.ts";
import { organizationOf } from "./organization.ts";

/** The heap per grant at the largest size, as a multiple of that at the smallest. */
const GROWTH_BUDGET = 1.5;

interface Reading<Result> {
  /** In the printed lines: "import". */
  readonly name: string;
  readonly projects: number;
  /** Numbers of grants, the smallest first. */
  readonly sizes: readonly number[];
  read(plane: ReturnType<typeof connect>): Promise<Result>;
  /** @throws Error if the result is not complete */
  check(result: Result, grants: number): void;
}

interface Cost {
  readonly requests: number;
  readonly ms: number;
  readonly bytes: number;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Prints the figures, and fails the process if a budget is exceeded. */
export async function benchReading<Result>(reading: Reading<Result>): Promise<void> {
  const { name, projects, sizes } = reading;
  // The first run compiles the code.
  await measured(reading, projects);
  const costs: (Cost & { readonly grants: number })[] = [];
  for (const grants of sizes) {
    const cost = await measured(reading, grants);
    costs.push({ ...cost, grants });
    const figures = `${cost.requests} requests, ${cost.ms.toFixed(0)} ms, ${(cost.bytes / 2 ** 20).toFixed(1)} MiB`;
    show(`${name} of ${projects} projects and ${grants} grants`, figures);
  }
  const perGrant = costs.map(({ bytes, grants }) => bytes / grants);
  const growth = (perGrant.at(-1) ?? 0) / (perGrant[0] ?? 1);
  const requests = Math.max(...costs.map((cost) => cost.requests));
  const allowed = 3 * projects + 10;
  show(`requests of ${name} of ${projects} projects`, String(requests), `at most ${allowed}`);
  show(`heap per grant of ${name}, largest size by smallest`, growth.toFixed(2), `at most ${GROWTH_BUDGET}`);
  if (requests > allowed || growth > GROWTH_BUDGET) process.exitCode = 1;
}

async function measured<Result>({ projects, read, check }: Reading<Result>, grants: number): Promise<Cost> {
  const emulator = await startEmulator({ seed: organizationOf(projects, grants) });
  try {
    const plane = connect({ env: emulator.env, config: () => undefined });
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    const began = performance.now();
    const result = await read(plane);
    const ms = performance.now() - began;
    collectGarbage();
    const bytes = process.memoryUsage().heapUsed - before;
    check(result, grants);
    return { requests: emulator.requests().filter(({ credential }) => credential !== null).length, ms, bytes };
  } finally {
    await emulator.close();
  }
}
