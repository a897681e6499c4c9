/**
 * `npm run build:terraform`: the provider for Terraform and OpenTofu, as a folder that is a filesystem mirror whole and
 * a development override in part. All that it needs where it is used is Node.js.
 *
 *     dist/terraform/HOST/NAMESPACE/NAME/VERSION/OS_ARCH/terraform-provider-NAME_vVERSION    starts Node.js
 *                                                       /provider.cjs                        answers Terraform
 *                                                       /handlers.cjs, …                     know what to answer
 *
 * Not one file of code: Node.js compiles a whole file before it runs its first line, and the handshake waits
 * for that. By processor time, and with nothing compiled before, it came after 3.3 times a bare `node -e 0`, and out of
 * one file after 5.7 times.
 */

import { readFileSync } from "node:fs";
import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

const root = fileURLToPath(new URL("..", import.meta.url));
const { version, engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  version: string;
  engines: { node: string };
};
/** For example `22.19 or newer`. */
const needed = `${engines.node.replace(/^>=/, "")} or newer`;

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
  await bundle(of.entry, first);
  await writeFile(join(first, `terraform-provider-${of.source.split("/").at(-1)}_v${of.version}`), LAUNCHER, {
    mode: 0o755,
  });
  for (const folder of others) await cp(first, folder, { recursive: true });
  return folders;
}

/** No name may begin with `terraform-provider-`: of two files whose names do, Terraform starts the first. */
async function bundle(entry: string, folder: string): Promise<void> {
  await build({
    input: { provider: entry },
    platform: "node",
    // Only gRPC's own diagnostics would load the reader of .proto files.
    external: ["@grpc/proto-loader"],
    plugins: [ownVersion],
    output: {
      dir: folder,
      // Node.js loads CommonJS faster than modules. Not minified, so that traces in Terraform's log can be read.
      format: "cjs",
      entryFileNames: "[name].cjs",
      chunkFileNames: "[name].cjs",
      banner: (chunk) => (chunk.isEntry ? TOO_OLD : ""),
    },
    logLevel: "warn",
    // Programs load some of it late, which a bundle of all of it has no use for.
    checks: { ineffectiveDynamicImport: false },
  });
}

/** The package looks up its version in its package.json, which is not where the bundle will be. */
const ownVersion = {
  name: "own-version",
  transform(code: string): string | undefined {
    const lookUp = 'createRequire(import.meta.url)("mongofed/package.json")';
    return code.includes(lookUp) ? code.replace(lookUp, JSON.stringify({ version })) : undefined;
  },
};

/**
 * What goes wrong before the handshake is said on standard output: what Terraform reads there in place of a handshake
 * it shows to the user, and what is on standard error to nobody.
 */
export const LAUNCHER = `#!/bin/sh
if ! command -v node >/dev/null 2>&1; then
  echo "This provider needs Node.js ${needed}, and there is no node on PATH."
  exit 1
fi
# Terraform starts a provider several times in one command, so compiled code is kept. Not in this folder, of which
# Terraform keeps a checksum, and only where nobody else can write: whoever can runs code with the keys of the user.
if [ -z "\${NODE_COMPILE_CACHE-}" ] && [ -n "\${HOME-}" ]; then
  base="\${XDG_CACHE_HOME:-$HOME/.cache}"
  cache="$base/mongofed-node"
  (umask 077 && mkdir -p "$cache") 2>/dev/null
  us="$(id -u)"
  if [ -n "$(find "$cache" -prune -type d -user "$us" -perm 700 2>/dev/null)" ] &&
    [ -n "$(find -H "$base" -prune -type d -user "$us" ! -perm -020 ! -perm -002 2>/dev/null)" ]; then
    export NODE_COMPILE_CACHE="$cache"
  fi
fi
# In place of this shell: Terraform kills the process that it started, and no other.
exec node "\${0%/*}/provider.cjs"
`;

/** Written for a Node.js of any age. */
const [major, minor] = needed.split(".");
const TOO_OLD = `(function (version) {
  if (version[0] > ${major} || (version[0] === ${major} && version[1] >= ${Number.parseInt(minor ?? "0", 10)})) return;
  console.log("This provider needs Node.js ${needed}; the node on PATH is " + process.version + ".");
  process.exit(1);
})(process.versions.node.split(".").map(Number));`;

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
