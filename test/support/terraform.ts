/**
 * The real Terraform or OpenTofu, for tests. `describeTerraform` is `describe` for what needs one; where there is none
 * its tests are skipped, and the closing lines of the run say why. A test writes its configuration into a folder of its
 * own and runs the CLI there, on a provider that was built from the sources:
 *
 *     await using folder = await terraformFolder({ "main.tf": "…" }, await builtProvider());
 *     expect(await folder.run("plan")).toMatchObject({ code: 0 });
 */

import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe } from "vitest";
import type { BuiltProvider } from "./built-provider.ts";
import { type Cli, findTerraform, plainEnv } from "./find-terraform.ts";

const found = await findTerraform();

/** `describe`, with the CLI that is there. */
export function describeTerraform(name: string, body: (cli: () => Cli) => void): void {
  describe(name, () => {
    if (found.cli === undefined) beforeEach(({ skip }) => skip(found.how));
    body(() => {
      if (found.cli === undefined) throw new Error(found.how);
      return found.cli;
    });
  });
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TerraformFolder extends AsyncDisposable {
  readonly path: string;
  /** Adds files, or writes others in their place. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** A command of the CLI, without color and without questions. */
  run(...args: readonly string[]): Promise<Outcome>;
  /** The same, where the CLI is a program of another name. */
  runAs(name: string, ...args: readonly string[]): Promise<Outcome>;
  /** The same, of which one does not wait for the end. */
  start(...args: readonly string[]): ChildProcess;
}

export interface FolderOptions {
  /** How the CLI comes to the provider: `override` needs no `init` and warns in every command. */
  readonly by?: "override" | "mirror";
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export async function terraformFolder(
  files: Readonly<Record<string, string>>,
  provider: BuiltProvider,
  { by = "override", env = {} }: FolderOptions = {},
): Promise<TerraformFolder> {
  if (found.cli === undefined) throw new Error(found.how);
  const { command } = found.cli;
  const path = await temporaryFolder();
  const config = join(path, "cli.tfrc");
  const merged = { ...plainEnv, TF_CLI_CONFIG_FILE: config, ...env };
  const options: SpawnOptions = { cwd: path, env: merged, stdio: ["ignore", "pipe", "pipe"] };
  const folder: TerraformFolder = {
    path,
    async write(files) {
      await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(path, name), text)));
    },
    start: (...args) => spawn(command, withFlags(args), options),
    run: (...args) => outcomeOf(folder.start(...args)),
    async runAs(name, ...args) {
      const link = join(path, name);
      await rm(link, { force: true });
      await symlink(command, link);
      return await outcomeOf(spawn(link, withFlags(args), options));
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
  await folder.write({ "cli.tfrc": installation(provider, by), ...files });
  return folder;
}

/** `direct` for what comes with the CLI itself; nothing is ever downloaded for this provider. */
function installation({ source, folder, override }: BuiltProvider, by: "override" | "mirror"): string {
  const [name, path] = [JSON.stringify(source), JSON.stringify(by === "mirror" ? folder : override)];
  return by === "mirror"
    ? `provider_installation {\n  filesystem_mirror {\n    path = ${path}\n    include = [${name}]\n  }\n}\n`
    : `provider_installation {\n  dev_overrides {\n    ${name} = ${path}\n  }\n  direct {}\n}\n`;
}

/** Commands that print something, and those among them that may ask. */
const PRINTING: ReadonlySet<string> = new Set(["show", "validate", "output"]);
const ASKING: ReadonlySet<string> = new Set(["apply", "destroy", "import", "init", "plan", "refresh"]);

function withFlags([command = "", ...rest]: readonly string[]): string[] {
  if (ASKING.has(command)) return [command, "-no-color", "-input=false", ...rest];
  return PRINTING.has(command) ? [command, "-no-color", ...rest] : [command, ...rest];
}

async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]!.setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
    });
  }
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  if (code === null) throw new Error(`the CLI was ended by ${signal}`);
  return { code, ...texts };
}

function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "mongofed-terraform-"));
}
