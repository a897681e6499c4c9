// Prepares a clone and runs a command in it: installs missing packages of the lock file, emits what changed to `dist`
// without a check of its types, and puts the clone's own Node first on PATH. Runs on any Node that npm itself runs on.
//
//   node .ci/prepare.mjs COMMAND [ARGUMENT ...]
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, "node_modules", ".bin");
const env = {
  ...process.env,
  PATH: `${bin}${delimiter}${process.env.PATH ?? ""}`,
  // Every run starts several processes that load the same packages: compiled once, they start in half the time.
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, "node_modules", ".cache", "node"),
};

if (!installed()) {
  console.log("Installing the packages of the lock file …");
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
}
run("tsc", ["-p", "tsconfig.json", "--noCheck"]);
run("node", [".ci/build-page.ts"]);
run("node", [".ci/commonjs-types.mjs"]);
run(...command());

/** npm leaves a copy of the lock file in node_modules; it is there and not older only after a complete install. */
function installed() {
  const marker = join(root, "node_modules", ".package-lock.json");
  const lock = join(root, "package-lock.json");
  if (!existsSync(marker) || !existsSync(join(root, "node_modules", "node", "bin"))) return false;
  return statSync(marker).mtimeMs >= statSync(lock).mtimeMs || sameVersions(marker, lock);
}

/** A checkout touches the lock file without changing it. */
function sameVersions(marker, lock) {
  const packages = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
  const there = packages(marker);
  return Object.entries(packages(lock)).every(
    ([path, entry]) =>
      path === "" || !path.startsWith("node_modules/") || entry.optional || there[path]?.version === entry.version,
  );
}

function command() {
  const [name, ...rest] = process.argv.slice(2);
  if (name === undefined) process.exit(0);
  return [name, rest];
}

/** Runs in the foreground; a failure ends everything with the same exit code. */
function run(name, args) {
  const windows = process.platform === "win32";
  const { status, signal, error } = spawnSync(name, args, { cwd: root, env, stdio: "inherit", shell: windows });
  if (error) throw error;
  if (status !== 0) process.exit(signal ? 130 : (status ?? 1));
}
