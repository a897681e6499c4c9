#!/usr/bin/env node
/** The `mongofed` command. */

import { enableCompileCache } from "node:module";
import { compileCacheFolder } from "../compile-cache.ts";
import { EXIT } from "./exit-codes.ts";

// Most of the time of a short run goes into loading packages. Before the first of them, so they are imported below.
const cache = process.env.NODE_COMPILE_CACHE ?? compileCacheFolder();
if (cache !== undefined) enableCompileCache(cache);
const { runCli } = await import("./program.ts");

const interrupt = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // The second one means it: what is in flight is left as it is.
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    interrupt.abort();
  });
}

for (const stream of [process.stdout, process.stderr]) {
  // The reader of a pipe may end early (mongofed explain | head). The run goes on: it may be changing something.
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

process.exitCode = await runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: interrupt.signal,
});
