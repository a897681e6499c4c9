import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { describeEngines } from "../../support/engines.ts";
import { PROJECT } from "../../support/ids.ts";
import { emulatorWithProject, good, newStack } from "../../support/stack.ts";

/** Reads the channel in a provider process of its own text, as mongofed's handlers read it in theirs. */
const PROBE = `
const { providerChannel } = require(${JSON.stringify(fileURLToPath(new URL("../../../dist/provider/engines/pulumi/channel.js", import.meta.url)))});
const seen = () => providerChannel().told("program").flatMap(({ declarations }) => declarations.map(({ urn }) => urn));
exports.probe = () => ({
  check: async (_olds, news) => ({ inputs: { ...news, seen: seen() } }),
  create: async (inputs) => ({ id: "probe", outs: { seen: inputs.seen } }),
});
`;

const program = (probe: string) => `
import * as pulumi from "@pulumi/pulumi";
class Probe extends pulumi.CustomResource {
  constructor(name, options) {
    super("pulumi-nodejs:dynamic/probe:Probe", name, { seen: undefined, __provider: 'exports.handler=()=>require(${JSON.stringify(probe)}).probe();' }, options);
  }
}
class Group extends pulumi.ComponentResource {
  constructor(name) {
    super("test:index:Group", name);
  }
}
const explicit = new Provider("other", { plane: "atlas", credentials: "env:OTHER" });
const parent = new Group("group");
const role = (roleName) => ({ projectId: "${PROJECT}", roleName, roles: ["read@app"] });
const dependsOn = [new DatabaseRole("a", role("a")), new DatabaseRole("b", role("b"), { parent })];
export const seen = [new Probe("default", { dependsOn }), new Probe("explicit", { dependsOn, provider: explicit })].map((probe) => probe.seen);
`;

const urns = ["", "test:index:Group$"].map(
  (parent, index) => `urn:pulumi:dev::written::${parent}pulumi-nodejs:dynamic/mongofed:DatabaseRole::${"ab"[index]}`,
);

describeEngines("the channel", (engine) => {
  test.each([false, true])(
    "tells each provider process what the program declares (processes: %s)",
    async (processes) => {
      const emulator = await emulatorWithProject();
      const stack = await newStack(engine);
      const probe = join(stack.folder, "probe.cjs");
      await writeFile(probe, PROBE);
      await stack.write(program(probe));
      const settings = { env: { ...emulator.env, OTHER_PUBLIC_API_KEY: "unused" }, processes };
      const { deployment } = good(await stack.run("up", settings));
      const outputs = deployment.deployment.resources?.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs;
      expect(outputs?.seen).toEqual([urns, urns]);
    },
  );
});
