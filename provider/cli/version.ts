import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";

/** The version of this package; its package.json lies above the sources and above the build alike. */
export function packageVersion(): string {
  const path = findPackageJSON(import.meta.url);
  if (path === undefined) throw new Error("mongofed is not installed properly: its package.json is missing");
  return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
}
