/**
 * `npm run build:plugin`: the provider plugin for Pulumi, and an archive of it for `pulumi plugin install --file`.
 *
 *     plugin/pulumi-resource-mongofed    starts Node.js: Pulumi runs it in every command
 *           /provider.cjs                answers Pulumi, and loads the other files late
 *           /PulumiPlugin.yaml           `pulumi package add` asks for it and for package.json
 *           /package.json                without dependencies, because Pulumi runs `npm install` in the folder
 */

import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Plugin } from "rolldown";
import { packageSchema } from "../provider/engines/plugin/schema.ts";
import { bundle, engines, LAUNCHER, root, version } from "./bundle.ts";

const entry = join(root, "provider", "engines", "plugin", "main.ts");
export const EXECUTABLE = "pulumi-resource-mongofed";

/** Files that only `pulumi package add` needs. In an installed plugin they would make Pulumi install packages. */
const PACKAGE_FILES = {
  "PulumiPlugin.yaml": "runtime:\n  name: nodejs\n  options:\n    typescript: false\n",
  "package.json": `${JSON.stringify({ name: "mongofed-plugin", version, private: true, main: "./provider.cjs", engines }, undefined, 2)}\n`,
};

/** Builds the plugin into a folder. Removes everything else from it. */
export async function buildPlugin(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await bundle(entry, folder, [ownSchema]);
  await writeFile(join(folder, EXECUTABLE), LAUNCHER, { mode: 0o755 });
  for (const [name, text] of Object.entries(PACKAGE_FILES)) await writeFile(join(folder, name), text);
}

/** The schema is known at build time, so that the process that serves it loads no field table. */
const ownSchema: Plugin = {
  name: "own-schema",
  load: {
    filter: { id: /engines\/plugin\/schema-text\.ts$/ },
    handler: () => `export const schemaText = async () => ${JSON.stringify(JSON.stringify(packageSchema(version)))};`,
  },
};

/** @returns the path of the archive */
export async function archivePlugin(folder: string, target: string): Promise<string> {
  const archive = join(target, `${EXECUTABLE}-v${version}.tar.gz`);
  const copy = await mkdtemp(join(tmpdir(), "mongofed-plugin-"));
  await cp(folder, copy, { recursive: true });
  for (const name of Object.keys(PACKAGE_FILES)) await rm(join(copy, name));
  await promisify(execFile)("tar", ["-czf", archive, "-C", copy, ...(await readdir(copy))]);
  await rm(copy, { recursive: true });
  return archive;
}

if (import.meta.main) {
  const folder = join(root, "plugin");
  await buildPlugin(folder);
  const archive = await archivePlugin(folder, join(root, "dist"));
  console.log(`The plugin is built. In a YAML program, name its folder:

  packages:
    mongofed: ${folder}

For Python, Go, C#, Java or TypeScript, run in the folder of the program:

  pulumi package add ${folder}

To install the plugin for all programs of this machine:

  pulumi plugin install resource mongofed ${version} --file ${archive}

It needs Node.js on PATH, and runs on Linux, macOS and FreeBSD; on Windows, use it in WSL.`);
}
