/**
 * `npm run build:terraform`: the provider for Terraform and OpenTofu. The package carries its files, and the folder below is
 * a filesystem mirror. Each platform in it can be a development override. The provider needs Node.js only.
 *
 *     dist/terraform/HOST/NAMESPACE/NAME/VERSION/OS_ARCH/terraform-provider-NAME_vVERSION    starts Node.js
 *                                                       /provider.cjs                        answers Terraform
 *                                                       /handlers.cjs, …                     know what to answer
 */

import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BUILT, installTerraform, PLATFORMS, SOURCE } from "../provider/cli/commands/terraform.ts";
import { bundle, LAUNCHER, root, version } from "./bundle.ts";

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

/** Returns the folders of the platforms, each of which can be a development override. */
export async function buildProvider(of: ProviderBuild): Promise<string[]> {
  const versioned = join(of.folder, of.source, of.version);
  const folders = (of.platforms ?? PLATFORMS).map((platform) => join(versioned, platform));
  await rm(versioned, { recursive: true, force: true });
  const [first, ...others] = folders;
  if (first === undefined) return [];
  await buildFiles(of, first);
  for (const folder of others) await cp(first, folder, { recursive: true });
  return folders;
}

/** Builds the files of one platform. They are the same for all. */
async function buildFiles({ entry, source, version }: ProviderBuild, folder: string): Promise<void> {
  // No name may begin with `terraform-provider-`: of two files whose names do, Terraform starts the first.
  await bundle(entry, folder);
  await writeFile(join(folder, `terraform-provider-${source.split("/").at(-1)}_v${version}`), LAUNCHER, {
    mode: 0o755,
  });
}

if (import.meta.main) {
  const entry = join(root, "provider", "engines", "terraform", "main.ts");
  const files = join(root, BUILT);
  const folder = join(root, "dist", "terraform");
  await rm(files, { recursive: true, force: true });
  await buildFiles({ entry, source: SOURCE, version, folder }, files);
  if (!process.argv.includes("--files-only")) console.log(await installTerraform(folder));
}
