/**
 * Bundles the script and the style of the access report to `dist/access-page`. mongofed puts both into each report, so
 * that the report is one file.
 */

import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { build } from "rolldown";
import { root } from "./bundle.ts";

const source = join(root, "provider", "formats", "page");
const target = join(root, "dist", "access-page");

await mkdir(target, { recursive: true });
await build({
  input: join(source, "main.ts"),
  platform: "browser",
  output: { file: join(target, "page.js"), format: "iife", minify: true },
  logLevel: "warn",
});
await copyFile(join(source, "page.css"), join(target, "page.css"));
