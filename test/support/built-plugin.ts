/** The plugin, built from the sources. */

import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPlugin, EXECUTABLE } from "../../.ci/build-plugin.ts";

export interface BuiltPlugin {
  readonly folder: string;
  /** The program that Pulumi starts. */
  readonly command: string;
}

let built: Promise<BuiltPlugin> | undefined;

/** Built once for all tests of a file. Its folder goes with the process. */
export function builtPlugin(): Promise<BuiltPlugin> {
  built ??= build();
  return built;
}

async function build(): Promise<BuiltPlugin> {
  const above = await mkdtemp(join(tmpdir(), "mongofed-plugin-"));
  process.on("exit", () => rmSync(above, { recursive: true, force: true }));
  const folder = join(above, "plugin");
  await buildPlugin(folder);
  return { folder, command: join(folder, EXECUTABLE) };
}
