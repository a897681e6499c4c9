import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageSchema } from "../../../provider/engines/plugin/schema.ts";
import { version } from "../../../provider/engines/plugin/version.ts";
import { builtPlugin } from "../../support/built-plugin.ts";
import { PulumiPluginClient } from "../../support/pulumi-plugin-client.ts";

const MAX_BYTES = 5 * 1024 * 1024;

test("the folder holds all that Pulumi asks for, in at most 5 MB and without dependencies", async () => {
  const { folder } = await builtPlugin();
  const names = await readdir(folder);
  expect(names).toEqual(
    expect.arrayContaining(["PulumiPlugin.yaml", "package.json", "provider.cjs", "pulumi-resource-mongofed"]),
  );
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_BYTES);
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  expect(manifest).not.toHaveProperty("dependencies");
});

test("the bundle serves the schema and the version of the sources", async () => {
  const { command } = await builtPlugin();
  await using plugin = await PulumiPluginClient.launch([command], process.env);
  expect(JSON.parse(await plugin.schema())).toEqual(packageSchema(version));
  expect(await plugin.version()).toBe(version);
});
