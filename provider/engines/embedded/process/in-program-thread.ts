/** The script of a program thread: see program-thread.ts. */

import "./on-demand.ts";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { workerData } from "node:worker_threads";
import { port, started } from "./in-thread.ts";
import type { Preloaded } from "./program-thread.ts";

const start = started();
const require = createRequire(import.meta.url);
const { sdk, packages } = workerData as Preloaded;
// The program meets the same error again, if it loads the same package.
for (const entry of [sdk, ...packages]) await import(pathToFileURL(entry).href).catch(() => {});

leaveFramesOfPackages(createRequire(sdk)("source-map-support"));

const { args } = await start;
port.unref();
require(args[0] ?? "");

interface SourceMapSupport {
  install(options: { retrieveSourceMap(file: string): { url: string; map: string } | null }): void;
}

/** The SDK maps every frame of every stack back to its source. Those of packages are of no use to the program. */
function leaveFramesOfPackages({ install }: SourceMapSupport): void {
  const own = [sdk, ...packages].map((entry) => dirname(entry));
  const unmapped = JSON.stringify({ version: 3, sources: [], mappings: "" });
  install({
    retrieveSourceMap: (file) =>
      file.includes("/node_modules/") || own.some((folder) => file.includes(folder))
        ? { url: file, map: unmapped }
        : null,
  });
}
