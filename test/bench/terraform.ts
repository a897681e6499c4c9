/**
 * `npm run bench`: what it costs that the provider for Terraform runs in Node.js, as ratios within one run. Terraform
 * starts a provider two to four times a command. Both arms take turns; the median counts, and the middle half is told.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { selfSignedIdentity } from "../../provider/engines/terraform/plugin/certificate.ts";
import { builtProvider } from "../support/built-provider.ts";
import { firstLine, PluginClient, spawnPlugin } from "../support/plugin-client.ts";
import { show, spread } from "./figures.ts";

const TURNS = 25;
/** The first start compiles the code and keeps it for those that follow. */
const WARM_UP = 2;
/** From the start to the handshake, as a multiple of a bare `node -e 0`. */
const GOAL = 3;

const { command } = await builtProvider();
const { certificate } = selfSignedIdentity();

const arms = {
  async bare() {
    const began = performance.now();
    await once(spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }), "close");
    return performance.now() - began;
  },
  async handshake() {
    const began = performance.now();
    const child = spawnPlugin([command], certificate);
    await firstLine(child);
    const ms = performance.now() - began;
    // Not killed: what was compiled is written at the end.
    child.kill("SIGTERM");
    await once(child, "close");
    return ms;
  },
  async schema() {
    const began = performance.now();
    const client = await PluginClient.start([command]);
    await client.call("GetProviderSchema", {});
    await client.shutdown();
    return performance.now() - began;
  },
};

const turns: Record<keyof typeof arms, number>[] = [];
for (let turn = -WARM_UP; turn < TURNS; turn++) {
  const ms = { bare: await arms.bare(), handshake: await arms.handshake(), schema: await arms.schema() };
  if (turn >= 0) turns.push(ms);
}

const ratios = (arm: "handshake" | "schema") =>
  spread(
    turns.map((ms) => ms[arm] / ms.bare),
    2,
  );
show(`start of the Terraform provider to its handshake / node -e 0 (goal: at most ${GOAL})`, ratios("handshake"));
show("start, schema and end of the Terraform provider / node -e 0", ratios("schema"));
show(
  "milliseconds of node -e 0",
  spread(
    turns.map(({ bare }) => bare),
    0,
  ),
);
