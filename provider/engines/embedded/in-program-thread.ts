/** What runs in a program thread: see program-thread.ts. */

import "./on-demand.ts";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { workerData } from "node:worker_threads";
import { port, started } from "./in-thread.ts";
import type { Preloaded } from "./program-thread.ts";

const start = started();
const require = createRequire(import.meta.url);
const { sdk, packages } = workerData as Preloaded;
// The program meets the same error again, if it loads the same package.
for (const entry of [sdk, ...packages]) await import(pathToFileURL(entry).href).catch(() => {});

const { args } = await start;
port.unref();
require(args[0] ?? "");
