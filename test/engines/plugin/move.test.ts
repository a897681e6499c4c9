/** A stack moves from the classes to the plugin: each resource has an alias of its old type. */

import { expect, onTestFinished, test } from "vitest";
import type { Kind } from "../../../schema/resources.ts";
import { emulated } from "../../support/emulator.ts";
import { type Held, PulumiPluginClient, secret } from "../../support/pulumi-plugin-client.ts";
import { RECORDED_AT, recordedFixture, recordedSeed } from "../../support/recorded-state.ts";
import { writes } from "../../support/stack.ts";

const DYNAMIC = "pulumi-nodejs:dynamic/mongofed:";

interface Recorded {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** The resources as the engine holds them: it decrypts the one secret of the state. */
async function recorded(url: string): Promise<Held[]> {
  const text = (await recordedFixture("state-0.1.0.json")).replaceAll(RECORDED_AT, url);
  const { deployment } = JSON.parse(text, (_key, value) =>
    typeof value === "object" && value !== null && "ciphertext" in value ? secret("api://corp") : value,
  ) as { readonly deployment: { readonly resources: readonly Recorded[] } };
  return deployment.resources
    .filter(({ type }) => type.startsWith(DYNAMIC))
    .map(({ urn, type, id, inputs, outputs }) => ({
      kind: type.slice(DYNAMIC.length) as Kind,
      name: urn.split("::").at(-1)!,
      id,
      inputs,
      outputs,
    }));
}

test("every resource is updated in place without a write, and the next preview shows no changes", async () => {
  const emulator = await emulated(recordedSeed);
  const start = async () => {
    const plugin = await PulumiPluginClient.start({ ...process.env, ...emulator.env });
    onTestFinished(() => plugin[Symbol.asyncDispose]());
    return plugin;
  };
  const moving = await start();
  const moved: Held[] = [];
  for (const held of await recorded(emulator.url)) {
    const { __provider: _, ...given } = held.inputs;
    const { inputs, failures } = await moving.check(held.kind, held.name, given, held.inputs);
    expect(failures).toEqual([]);
    expect(await moving.diff(held, inputs)).toMatchObject({ changes: true, replaces: [] });
    moved.push(await moving.update(held, inputs));
  }
  expect(moved).toHaveLength(4);
  expect(JSON.stringify(moved)).not.toContain("__provider");
  expect(moved.find(({ name, kind }) => name === "staff" && kind === "IdentityProvider")?.outputs).toMatchObject({
    audience: secret("api://corp"),
    reference: { configurationName: "corp-entra" },
  });

  const next = await start();
  for (const held of moved) {
    const { inputs } = await next.check(held.kind, held.name, held.inputs, held.inputs);
    expect(await next.diff(held, inputs)).toMatchObject({ changes: false });
  }
  expect(writes(emulator)).toEqual([]);
});
