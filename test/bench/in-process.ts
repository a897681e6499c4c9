/**
 * `npm run bench`: what a preview of the quickstart costs in a test that has made one before, in the process of the
 * test and with processes of its own. Both arms run alternately; the median counts.
 */

import { setTimeout } from "node:timers/promises";
import { startEmulator } from "../../provider/emulator/index.ts";
import { previewProgram } from "../../provider/engines/embedded/testing/index.ts";
import { FEDERATION, ORG } from "../support/ids.ts";
import { median, show, spread } from "./figures.ts";

const folder = new URL("../../examples/quickstart/", import.meta.url);
const REPEATS = 9;
/** The pause of a test between runs: meanwhile, the thread of the next run loads the SDK. */
const PAUSE_MS = 400;

const config = {
  federationSettingsId: FEDERATION,
  orgId: ORG,
  tenantId: "3b2f5b0e-4f0a-4a44-9c1e-6b1f8f6d2a10",
  applicationId: "9f1d7a64-0a4e-4b0b-8d7c-2f1f6a3b5c20",
};
await using emulator = {
  instance: await startEmulator({
    seed: {
      organizations: [{ id: ORG, name: "Platform" }],
      federations: [{ id: FEDERATION, connectedOrgs: [{ orgId: ORG }] }],
    },
  }),
  [Symbol.asyncDispose]() {
    return this.instance.close();
  },
};

async function preview(processes: boolean): Promise<number> {
  const began = performance.now();
  const { ok, messages } = await previewProgram(folder, { config, emulator: emulator.instance, processes });
  if (!ok) throw new Error(`the preview failed: ${JSON.stringify(messages)}`);
  return performance.now() - began;
}

const arms: Record<"inProcess" | "backToBack" | "processes", number[]> = {
  inProcess: [],
  backToBack: [],
  processes: [],
};
for (const processes of [false, true]) await preview(processes);
for (let repeat = 0; repeat < REPEATS; repeat++) {
  await setTimeout(PAUSE_MS);
  arms.inProcess.push(await preview(false));
  arms.backToBack.push(await preview(false));
  arms.processes.push(await preview(true));
}

show("preview of the quickstart in a warm test, in ms", spread(arms.inProcess, 0));
show("the same right after another one", spread(arms.backToBack, 0));
show("the same with processes", spread(arms.processes, 0));
const shares = arms.inProcess.map((ms, index) => ms / (arms.processes[index] ?? Number.NaN));
show("share of the time with processes", median(shares).toFixed(2), "at most 0.20");
