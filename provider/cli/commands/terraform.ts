/** `mongofed terraform`: the provider for Terraform and OpenTofu, from the files that this package carries. */

import { cp, rm, stat } from "node:fs/promises";
import { findPackageJSON } from "node:module";
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { EXIT, type Report, UsageError } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { packageVersion } from "../version.ts";

/**
 * The address in `required_providers`. Nobody can own a host in `.internal`: if Terraform does not find the folder, it
 * downloads nothing else in its place.
 */
export const SOURCE = "mongofed.internal/mongofed/mongofed";

/** The platforms on which a shell script is a program. On Windows, Terraform starts `.exe` files only. */
export const PLATFORMS = ["darwin_amd64", "darwin_arm64", "freebsd_amd64", "linux_amd64", "linux_arm", "linux_arm64"];

/** The folder in the package that holds the built provider. */
export const BUILT = join("dist", "terraform-provider");

const HELP_AFTER = `
The folder becomes a filesystem mirror with the provider of this version. Other providers in it stay. The command prints the
configuration of the Terraform CLI. The provider needs Node.js on PATH, and runs on Linux, macOS, FreeBSD and WSL.
Example:
  mongofed terraform ~/.terraform-providers`;

export function registerTerraform(program: Command, io: Io, report: Report): void {
  program
    .command("terraform")
    .description("install the provider for Terraform and OpenTofu into a folder")
    .argument("<folder>", "a filesystem mirror, which need not exist")
    .addHelpText("after", HELP_AFTER)
    .action(async (folder: string) => {
      io.stdout.write(await installTerraform(resolve(io.cwd, folder)));
      report(EXIT.ok);
    });
}

/** Copies the built provider into a mirror. Returns the instructions for its use. */
export async function installTerraform(folder: string): Promise<string> {
  const version = packageVersion();
  const built = join(dirname(findPackageJSON(import.meta.url) ?? ""), BUILT);
  if (!(await stat(built).catch(() => undefined)))
    throw new UsageError(`${built} is missing: in a clone of mongofed, npm run build:terraform builds it`);
  const target = join(folder, SOURCE, version);
  await rm(target, { recursive: true, force: true });
  for (const platform of PLATFORMS) await cp(built, join(target, platform), { recursive: true });
  return `The provider is in ${folder}. Name the folder in ~/.terraformrc (OpenTofu: ~/.tofurc):

  provider_installation {
    filesystem_mirror {
      path    = ${JSON.stringify(folder)}
      include = [${JSON.stringify(SOURCE)}]
    }
    direct {
      exclude = [${JSON.stringify(SOURCE)}]
    }
  }

Then require the provider in a configuration:

  terraform {
    required_providers {
      mongofed = {
        source  = ${JSON.stringify(SOURCE)}
        version = ${JSON.stringify(version)}
      }
    }
  }
`;
}
