/**
 * `npm run bench`: the time from the start of the plugin to its first answer, as a multiple of a bundle that only serves the
 * schema. Both arms take turns; the median counts.
 */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle, LAUNCHER, root } from "../../.ci/bundle.ts";
import { packageSchema } from "../../provider/engines/plugin/schema.ts";
import { builtPlugin } from "../support/built-plugin.ts";
import { PulumiPluginClient } from "../support/pulumi-plugin-client.ts";
import { show, spread } from "./figures.ts";

const TURNS = 25;
/** The first start compiles the code and keeps it for those that follow. */
const WARM_UP = 2;
const GOAL = 1.2;

const SCHEMA_ONLY = `
import * as grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
const server = new grpc.Server();
server.addService(services.ResourceProviderService, {
  handshake: (_, done) => done(null, new messages.ProviderHandshakeResponse()),
  getSchema(_, done) {
    const response = new messages.GetSchemaResponse();
    response.setSchema(SCHEMA);
    done(null, response);
  },
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (_, port) => console.log(port));
`;

async function schemaOnly(folder: string): Promise<string> {
  // Beside the sources, so that the bundler finds the packages.
  const source = join(root, "node_modules", ".cache", "schema-only");
  await mkdir(source, { recursive: true });
  const text = JSON.stringify(JSON.stringify(packageSchema("0.0.0")));
  await writeFile(join(source, "main.mjs"), SCHEMA_ONLY.replace("SCHEMA)", `${text})`));
  await bundle(join(source, "main.mjs"), folder);
  await rm(source, { recursive: true });
  const command = join(folder, "pulumi-resource-schema");
  await writeFile(command, LAUNCHER, { mode: 0o755 });
  return command;
}

const folder = await mkdtemp(join(tmpdir(), "mongofed-bench-"));
const commands = { plugin: (await builtPlugin()).command, schemaOnly: await schemaOnly(folder) };

async function firstAnswer(command: string): Promise<number> {
  const began = performance.now();
  await using plugin = await PulumiPluginClient.launch([command], process.env);
  await plugin.schema();
  return performance.now() - began;
}

const turns: Record<keyof typeof commands, number>[] = [];
for (let turn = -WARM_UP; turn < TURNS; turn++) {
  const ms = { plugin: await firstAnswer(commands.plugin), schemaOnly: await firstAnswer(commands.schemaOnly) };
  if (turn >= 0) turns.push(ms);
}
await rm(folder, { recursive: true });

show(
  "start of the plugin to its first answer / of a bundle that only serves the schema",
  spread(
    turns.map(({ plugin, schemaOnly }) => plugin / schemaOnly),
    2,
  ),
  `at most ${GOAL}`,
);
show(
  "milliseconds to the first answer of the plugin",
  spread(
    turns.map(({ plugin }) => plugin),
    0,
  ),
);
