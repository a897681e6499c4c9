import { join } from "node:path";
import { expect, test } from "vitest";
import type { Command } from "../../../provider/engines/embedded/events.ts";
import { describeEngines } from "../../support/engines.ts";
import { writeProgram } from "../../support/program.ts";

/** Declares the things with these sizes, and prints the state as the engine's own function returns it. */
const program = (sizes: Readonly<Record<string, number>>, stackName = '"organization/written/dev"') => `
import * as pulumi from "@pulumi/pulumi";
try {
  const read = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName: ${stackName} });
  console.log("READ " + JSON.stringify(read));
} catch (error) {
  console.log("FAILED " + error.message);
}
const __provider = \`exports.handler = () => ({
  create: async (inputs) => ({ id: "id-" + inputs.size, outs: inputs }),
  diff: async (id, olds, news) => ({ changes: olds.size !== news.size, replaces: olds.size !== news.size ? ["size"] : [] }),
  delete: async (id) => { throw new Error("cannot delete " + id); },
});\`;
for (const [name, size] of Object.entries(${JSON.stringify(sizes)})) {
  new pulumi.CustomResource("pulumi-nodejs:dynamic/probe:Thing", name, { size, hidden: pulumi.secret([size]), __provider });
}`;

interface Read {
  readonly name: string;
  readonly outputs: Record<string, { type: string; outputs: Record<string, unknown> }>;
}

describeEngines("readStackResourceOutputs", (engine) => {
  async function stack() {
    const written = await writeProgram("");
    return async (command: Command, text: string) => {
      await written.write(text);
      const outcome = await engine.run({
        command,
        cwd: written.folder,
        stack: "dev",
        stateDir: join(written.folder, "..", "state"),
        env: { PULUMI_CONFIG_PASSPHRASE: "test" },
        flags: { skipPreview: true },
      });
      const line = /(?:READ|FAILED) .*/.exec(outcome.stdout + outcome.stderr)?.[0] ?? JSON.stringify(outcome);
      return { ...outcome, line, read: line.startsWith("READ ") ? (JSON.parse(line.slice(5)) as Read) : undefined };
    };
  }
  const things = (read: Read | undefined) =>
    Object.entries(read?.outputs ?? {})
      .filter(([, { type }]) => type === "pulumi-nodejs:dynamic/probe:Thing")
      .map(([urn, { outputs }]) => [urn.split("::").at(-1), outputs.size, outputs.hidden]);

  test("returns the outputs of the state before the run, in a preview too", async () => {
    const run = await stack();
    const first = await run("up", program({ a: 1, b: 2 }));
    expect(first.exitCode, first.stdout).toBe(0);
    expect(first.read?.name).toBe("organization/written/dev");
    expect(things(first.read)).toEqual([]);

    const preview = await run("preview", program({ a: 3 }));
    // The function's own default provider and the stack are part of the state.
    expect(
      Object.keys(preview.read?.outputs ?? {}).map((urn) => urn.slice("urn:pulumi:dev::written::".length)),
    ).toEqual(
      expect.arrayContaining([
        "pulumi:pulumi:Stack::written-dev",
        "pulumi:providers:pulumi::default",
        "pulumi:providers:pulumi-nodejs::default",
      ]),
    );
    expect(things(preview.read)).toEqual([
      ["a", 1, [1]],
      ["b", 2, [2]],
    ]);
    const types = preview.deployment.deployment.resources?.map(({ type }) => type) ?? [];
    expect(types.filter((type) => type === "pulumi:providers:pulumi")).toEqual(["pulumi:providers:pulumi"]);
  });

  test("leaves out what only waits for its deletion", async () => {
    const run = await stack();
    await run("up", program({ a: 1 }));
    const replaced = await run("up", program({ a: 2 }));
    expect(replaced.exitCode).not.toBe(0);
    expect(replaced.deployment.deployment.resources?.filter(({ delete: pending }) => pending)).toHaveLength(1);
    expect(things((await run("preview", program({ a: 2 }))).read)).toEqual([["a", 2, [2]]]);
  });
});
