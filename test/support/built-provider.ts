/** Providers, built from the sources for the machine that runs the tests. */

import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildProvider } from "../../.ci/build-terraform.ts";
import { SOURCE } from "../../provider/cli/commands/terraform.ts";

const entry = fileURLToPath(new URL("../../provider/engines/terraform/main.ts", import.meta.url));

/** Where a provider was built, and what a configuration calls it. */
export interface BuiltProvider {
  readonly source: string;
  readonly version: string;
  /** Of the mirror. */
  readonly folder: string;
  /** Of this platform. */
  readonly override: string;
  /** The command that Terraform starts. */
  readonly command: string;
}

let mongofed: Promise<BuiltProvider> | undefined;

/** mongofed itself, built once for all tests of a file. */
export function builtProvider(): Promise<BuiltProvider> {
  mongofed ??= build(SOURCE, entry);
  return mongofed;
}

/** Any provider, for this platform only. Its folder goes with the process. */
export async function build(source: string, entry: string): Promise<BuiltProvider> {
  const folder = await mkdtemp(join(tmpdir(), "mongofed-provider-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const version = "0.1.0";
  const [override] = await buildProvider({ entry, source, version, folder, platforms: [platform()] });
  const command = join(override!, `terraform-provider-${source.split("/").at(-1)}_v${version}`);
  return { source, version, folder, override: override!, command };
}

function platform(): string {
  const os = process.platform;
  const arch = { x64: "amd64", ia32: "386" }[process.arch as string] ?? process.arch;
  return `${os}_${arch}`;
}
