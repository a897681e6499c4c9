/**
 * `npm run bench`: prints a Markdown table of goals and figures. `--quick` runs the parts that take at most one minute
 * together. A figure without a unit is a ratio within one run, because machines differ and are shared.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** In this order. The quick ones come first. */
const QUICK = ["scale", "load", "tokens", "automation-config"];
const FULL = [
  "users",
  "preview",
  "in-process",
  "gathering",
  "terraform",
  "incumbent",
  "plugin",
  "import",
  "access",
  "access-report",
];

const isQuick = process.argv.includes("--quick");
console.log("| what | goal | measured |\n| --- | --- | --- |");
for (const part of isQuick ? QUICK : [...QUICK, ...FULL]) {
  const file = fileURLToPath(new URL(`${part}.ts`, import.meta.url));
  const child = spawn(process.execPath, ["--expose-gc", file], {
    stdio: "inherit",
    env: { ...process.env, ...(isQuick ? { BENCH_QUICK: "1" } : {}) },
  });
  const [code] = await once(child, "close");
  if (code !== 0) process.exitCode = 1;
}
