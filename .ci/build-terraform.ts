/**
 * `npm run build:terraform`: the provider for Terraform and OpenTofu, as a folder that is a filesystem mirror whole and
 * a development override in part. All that it needs where it is used is Node.js.
 *
 *     dist/terraform/HOST/NAMESPACE/NAME/VERSION/OS_ARCH/terraform-provider-NAME_vVERSION    starts Node.js
 *                                                       /provider.cjs                        answers Terraform
 *                                                       /handlers.cjs, …                     know what to answer
 */

import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundle, LAUNCHER, root, version } from "./bundle.ts";

/**
 * Its address in `required_providers`. Nobody can own a host in `.internal`: where the folder is not found, nothing else
 * is ever downloaded in its place.
 */
export const SOURCE = "mongofed.internal/mongofed/mongofed";

/** Where a shell script is a program. On Windows Terraform starts `.exe` files only. */
const PLATFORMS = ["darwin_amd64", "darwin_arm64", "freebsd_amd64", "linux_amd64", "linux_arm", "linux_arm64"];

export interface ProviderBuild {
  /** Calls `serve`. */
  readonly entry: string;
  /** `HOST/NAMESPACE/NAME`. */
  readonly source: string;
  readonly version: string;
  /** The mirror; what else is in it stays. */
  readonly folder: string;
  readonly platforms?: readonly string[];
}

/** @returns the folders of the platforms, each of which can be a development override. */
export async function buildProvider(of: ProviderBuild): Promise<string[]> {
  const versioned = join(of.folder, of.source, of.version);
  const folders = (of.platforms ?? PLATFORMS).map((platform) => join(versioned, platform));
  await rm(versioned, { recursive: true, force: true });
  const [first, ...others] = folders;
  if (first === undefined) return [];
  // No name may begin with `terraform-provider-`: of two files whose names do, Terraform starts the first.
  await bundle(of.entry, first);
  await writeFile(join(first, `terraform-provider-${of.source.split("/").at(-1)}_v${of.version}`), LAUNCHER, {
    mode: 0o755,
  });
  for (const folder of others) await cp(first, folder, { recursive: true });
  return folders;
}

if (import.meta.main) {
  const folder = join(root, "dist", "terraform");
  const entry = join(root, "provider", "engines", "terraform", "main.ts");
  await rm(folder, { recursive: true, force: true });
  await buildProvider({ entry, source: SOURCE, version, folder });
  console.log(`The provider is built. Name its folder in ~/.terraformrc (OpenTofu: ~/.tofurc):

  provider_installation {
    filesystem_mirror {
      path    = ${JSON.stringify(folder)}
      include = [${JSON.stringify(SOURCE)}]
    }
    direct {
      exclude = [${JSON.stringify(SOURCE)}]
    }
  }

and require it in a configuration:

  terraform {
    required_providers {
      mongofed = {
        source  = ${JSON.stringify(SOURCE)}
        version = ${JSON.stringify(version)}
      }
    }
  }

It needs Node.js on PATH, and runs on Linux, macOS and FreeBSD; on Windows, use it in WSL.`);
}
