/**
 * Which Terraform or OpenTofu the tests run: one that is there, or else an OpenTofu that is built once.
 */

import { execFile } from "node:child_process";
import { access, constants, mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { delimiter, dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** A module that names OpenTofu as its tool, with the versions of all that it is made of. */
const module = fileURLToPath(new URL("opentofu", import.meta.url));
const cache = fileURLToPath(new URL("../../node_modules/.cache/opentofu", import.meta.url));

/** Without what the user set for a Terraform of their own. The provider is to run on the Node.js that the tests run on. */
export const plainEnv: NodeJS.ProcessEnv = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("TF_"))),
  PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
  TF_CLI_CONFIG_FILE: "/dev/null",
  // No look for newer versions.
  CHECKPOINT_DISABLE: "true",
  TF_IN_AUTOMATION: "true",
};

export interface Cli {
  readonly command: string;
  readonly name: "Terraform" | "OpenTofu";
  /** For example `1.11.4`. */
  readonly version: string;
}

export interface Search {
  readonly cli?: Cli;
  /** Where it was found, or why there is none. */
  readonly how: string;
}

/**
 * `TERRAFORM_COMMAND`, then `terraform`, then `tofu` on PATH. Where none is and Go is, OpenTofu is built from its
 * published module, once: that takes minutes.
 *
 * @throws Error if `TERRAFORM_COMMAND` names something else.
 */
export async function findTerraform(): Promise<Search> {
  const named = process.env.TERRAFORM_COMMAND;
  if (named) {
    const cli = await cliOf(/[\\/]/.test(named) ? resolve(named) : await onPath(named));
    if (cli === undefined) throw new Error(`TERRAFORM_COMMAND names ${named}, which is no Terraform or OpenTofu.`);
    return { cli, how: "named by TERRAFORM_COMMAND" };
  }
  for (const command of ["terraform", "tofu"]) {
    const cli = await cliOf(await onPath(command));
    if (cli !== undefined) return { cli, how: "found on PATH" };
  }
  return buildOpenTofu();
}

/** Absolute, so that a test may take PATH away. */
async function onPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const file = resolve(folder, name);
    if (
      await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  return undefined;
}

async function cliOf(command: string | undefined): Promise<Cli | undefined> {
  if (command === undefined) return undefined;
  try {
    const { stdout } = await promisify(execFile)(command, ["version", "-json"], { env: plainEnv });
    const { terraform_version: version } = JSON.parse(stdout) as { terraform_version: string };
    const { stdout: text } = await promisify(execFile)(command, ["version"], { env: plainEnv });
    return { command, version, name: text.startsWith("OpenTofu") ? "OpenTofu" : "Terraform" };
  } catch {
    return undefined;
  }
}

async function buildOpenTofu(): Promise<Search> {
  const none = "no terraform and no tofu on PATH";
  const required = /github.com\/opentofu\/opentofu v(\S+)/.exec(await readFile(join(module, "go.mod"), "utf8"))?.[1];
  const file = join(cache, `tofu-${required}`);
  const there = await cliOf(file);
  if (there !== undefined) return { cli: there, how: "built before" };
  const go = await promisify(execFile)("go", ["version"]).catch(() => undefined);
  if (go === undefined) return { how: `${none}, and no Go to build OpenTofu with` };
  try {
    await oneAtATime(file, async () => {
      console.error(
        `${none[0]?.toUpperCase()}${none.slice(1)}: OpenTofu ${required} is being built, once, which takes minutes.`,
      );
      const built = join(cache, `building-${process.pid}`);
      await promisify(execFile)("go", ["build", "-o", built, "github.com/opentofu/opentofu/cmd/tofu"], {
        cwd: module,
        maxBuffer: 1 << 26,
      });
      await rename(built, file);
    });
  } catch (error) {
    return { how: `${none}, and OpenTofu could not be built: ${lastLine((error as Error).message)}` };
  }
  const cli = await cliOf(file);
  return cli === undefined ? { how: `${none}, and the OpenTofu built does not run` } : { cli, how: "built just now" };
}

/** Test files run in processes of their own, and all of them want to build at the same time. */
async function oneAtATime(file: string, make: () => Promise<void>): Promise<void> {
  await mkdir(cache, { recursive: true });
  const lock = join(cache, "lock");
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch {
      await sleep(1_000);
      const held = await stat(lock).catch(() => undefined);
      // One that was killed left it behind.
      if (held !== undefined && Date.now() - held.mtimeMs > BUILD_MS) await rm(lock, { recursive: true, force: true });
    }
  }
  try {
    if ((await stat(file).catch(() => undefined)) === undefined) await make();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

/** Five minutes on two idle cores. */
const BUILD_MS = 30 * 60 * 1000;

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
