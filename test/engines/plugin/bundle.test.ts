import { execFile } from "node:child_process";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { archivePlugin } from "../../../.ci/build-plugin.ts";
import { packageSchema } from "../../../provider/engines/plugin/schema.ts";
import { version } from "../../../provider/engines/plugin/version.ts";
import { builtPlugin } from "../../support/built-plugin.ts";
import { testFolder } from "../../support/program.ts";
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
  // Pulumi runs `npm install` in the folder.
  expect(Object.keys(manifest).filter((key) => /dependencies/i.test(key))).toEqual([]);
  expect(await readFile(join(folder, "PulumiPlugin.yaml"), "utf8")).toMatch(/name: nodejs/);
});

test("the archive for pulumi plugin install holds the executable and its code, and serves the schema", async () => {
  const { folder } = await builtPlugin();
  const target = await testFolder();
  const archive = await archivePlugin(folder, target);
  expect(archive).toMatch(/pulumi-resource-mongofed-v\d+\.\d+\.\d+\.tar\.gz$/);
  await promisify(execFile)("tar", ["-xzf", archive, "-C", target]);
  const names = await readdir(target);
  expect(names).toContain("pulumi-resource-mongofed");
  // With these files, Pulumi would install packages for an installed plugin.
  expect(names).not.toEqual(expect.arrayContaining([expect.stringMatching(/PulumiPlugin\.yaml|package\.json/)]));
  await using plugin = await PulumiPluginClient.launch([join(target, "pulumi-resource-mongofed")], process.env);
  expect(JSON.parse(await plugin.schema())).toMatchObject({ name: "mongofed", version });
});

test("the bundle serves the schema and the version of the sources", async () => {
  const { command } = await builtPlugin();
  await using plugin = await PulumiPluginClient.launch([command], process.env);
  expect(JSON.parse(await plugin.schema())).toEqual(packageSchema(version));
  expect(await plugin.version()).toBe(version);
});
