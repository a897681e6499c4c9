/** The inside of a thread.ts: makes a worker thread look like a process to the program that runs in it. */

import childProcess from "node:child_process";
import fs from "node:fs";
import Module, { enableCompileCache, syncBuiltinESMExports } from "node:module";
import { resolve } from "node:path";
import { parentPort } from "node:worker_threads";
import { compileCacheFolder } from "../../../compile-cache.ts";
import type { ThreadOutput, ThreadStart } from "./thread.ts";

if (parentPort === null) throw new Error("This file runs in a worker thread only.");
export const port = parentPort;

/** Functions of `fs` and `fs.promises` whose first argument is a path, and those with a second one. */
const ONE_PATH =
  "access appendFile chmod chown createReadStream createWriteStream exists lchmod lchown lstat lutimes mkdir mkdtemp " +
  "open openAsBlob opendir readFile readdir readlink realpath rm rmdir stat statfs truncate unlink unwatchFile utimes " +
  "watch watchFile writeFile";
const TWO_PATHS = "copyFile cp link rename";

let folder = process.cwd();

const cache = process.env.NODE_COMPILE_CACHE ?? compileCacheFolder();
if (cache !== undefined) enableCompileCache(cache);
redirect("stdout");
redirect("stderr");
keepFolder();
withoutTracing();

/** Waits for the start, and takes over environment, arguments and working directory. */
export function started(): Promise<ThreadStart> {
  const { promise, resolve: begin } = Promise.withResolvers<ThreadStart>();
  port.once("message", (start: ThreadStart) => {
    for (const name of Object.keys(process.env)) if (!(name in start.env)) delete process.env[name];
    Object.assign(process.env, start.env);
    process.argv = [process.execPath, ...start.args];
    folder = start.workDir;
    begin(start);
  });
  return promise;
}

/** Posts output at once: what waits in a stream's buffer is lost when a thread exits. */
function redirect(stream: ThreadOutput["stream"]): void {
  const write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const encoding = typeof rest[0] === "string" ? (rest[0] as BufferEncoding) : "utf8";
    const bytes = typeof chunk === "string" ? Buffer.from(chunk, encoding) : Buffer.from(chunk);
    port.postMessage({ stream, text: bytes.toString() } satisfies ThreadOutput);
    const done = rest.at(-1);
    if (typeof done === "function") process.nextTick(done as () => void);
    return true;
  };
  process[stream].write = write as typeof process.stdout.write;
}

/** Threads share the working directory of their process. So relative paths are resolved here. */
function keepFolder(): void {
  process.cwd = () => folder;
  process.chdir = (to) => {
    folder = resolve(to);
  };
  const absolute = (path: unknown) => (typeof path === "string" && path !== "" ? resolve(path) : path);
  for (const holder of [fs, fs.promises] as unknown as Holder[]) {
    wrap(holder, ONE_PATH, ([path, ...rest]) => [absolute(path), ...rest]);
    wrap(holder, TWO_PATHS, ([from, to, ...rest]) => [absolute(from), absolute(to), ...rest]);
    wrap(holder, "symlink", ([target, path, ...rest]) => [target, absolute(path), ...rest]);
  }
  const inFolder = (options: unknown) => {
    const given = options as { cwd?: unknown } | undefined;
    return { ...given, cwd: absolute(given?.cwd ?? ".") };
  };
  wrap(childProcess.ChildProcess.prototype as unknown as Holder, "spawn", ([options]) => [inFolder(options)]);
  wrap(childProcess as unknown as Holder, "execSync execFileSync spawnSync", (args) => {
    const at = args.findIndex((arg, index) => index > 0 && typeof arg === "object" && !Array.isArray(arg));
    return at === -1 ? [...args, inFolder(undefined)] : args.with(at, inFolder(args[at]));
  });
  syncBuiltinESMExports();
}

/** Node refuses this module in a thread, and npm's package tree loads it without need. */
function withoutTracing(): void {
  const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
  const load = loader._load;
  const none = { createTracing: () => ({ enable() {}, disable() {}, enabled: false }), getEnabledCategories() {} };
  loader._load = (request, ...rest) =>
    /^(node:)?trace_events$/.test(request) ? none : load.call(loader, request, ...rest);
}

type Holder = Record<string, unknown>;

/** Replaces functions by ones that change their arguments first; each with its synchronous form, such as `statSync`. */
function wrap(holder: Holder, names: string, change: (args: unknown[]) => unknown[]): void {
  for (const name of names.split(" ").flatMap((word) => [word, `${word}Sync`])) {
    const original = holder[name];
    if (typeof original !== "function") continue;
    const changed = function (this: unknown, ...args: unknown[]): unknown {
      return original.apply(this, change(args)) as unknown;
    };
    holder[name] = Object.defineProperties(changed, Object.getOwnPropertyDescriptors(original));
  }
}
