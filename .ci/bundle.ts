/**
 * Bundles of engines that start mongofed as a plugin: all that a plugin needs where it is used is Node.js.
 *
 * Not one file of code: Node.js compiles a whole file before it runs its first line, and the handshake waits for that.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "rolldown";

export const root = fileURLToPath(new URL("..", import.meta.url));
export const { version, engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  version: string;
  engines: { node: string };
};
/** For example `22.19 or newer`. */
const needed = `${engines.node.replace(/^>=/, "")} or newer`;

/** Writes `provider.cjs`, which runs the entry, and the chunks that it loads. */
export async function bundle(entry: string, folder: string, plugins: readonly Plugin[] = []): Promise<void> {
  await build({
    input: { provider: entry },
    platform: "node",
    // Only gRPC's own diagnostics would load the reader of .proto files.
    external: ["@grpc/proto-loader"],
    plugins: [ownVersion, ...plugins],
    output: {
      dir: folder,
      // Node.js loads CommonJS faster than modules. Not minified, so that traces in the engine's log can be read.
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
 * The program that an engine starts. Problems before the handshake go to standard output: an engine shows the user text
 * that it finds there in place of a handshake, and shows standard error to nobody.
 */
export const LAUNCHER = `#!/bin/sh
if ! command -v node >/dev/null 2>&1; then
  echo "This provider needs Node.js ${needed}, and there is no node on PATH."
  exit 1
fi
# Engines start a provider several times in one command, so compiled code is kept. Not in this folder, of which
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
# In place of this shell: an engine kills the process that it started, and no other.
exec node "\${0%/*}/provider.cjs" "$@"
`;

/** Written for a Node.js of any age. */
const [major, minor] = needed.split(".");
const TOO_OLD = `(function (version) {
  if (version[0] > ${major} || (version[0] === ${major} && version[1] >= ${Number.parseInt(minor ?? "0", 10)})) return;
  console.log("This provider needs Node.js ${needed}; the node on PATH is " + process.version + ".");
  process.exit(1);
})(process.versions.node.split(".").map(Number));`;
