/** Which test files run programs, and which of them notice a mutation first. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Mutation } from "./mutations.ts";

/** Helpers that run programs or processes. */
const RUNS_PROGRAMS =
  /^test\/(support\/(engines|program|stack|terraform|embedded|built-provider|plugin-client)|engines\/embedded\/)/;
/** Starts processes without the helpers, as the tests of the package and of the CLI do. */
const RUNS_CODE = /node:child_process|from "mongofed|embedded\/testing\.ts/;

export function runsPrograms(root: string, test: string): boolean {
  const reached = new Set<string>();
  const follow = (path: string) => {
    if (reached.has(path)) return;
    reached.add(path);
    // Programs in the text of a test import files that the test writes.
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+\.ts)"/g)) {
      follow(resolve(dirname(path), specifier as string));
    }
  };
  follow(join(root, test));
  const paths = [...reached].map((path) => relative(root, path).replaceAll("\\", "/"));
  return paths.some((path) => RUNS_PROGRAMS.test(path)) || RUNS_CODE.test(readFileSync(join(root, test), "utf8"));
}

/** Those beside the source first, then the fastest. */
export function inNoticingOrder(
  files: readonly string[],
  { edits }: Mutation,
  lasts: (file: string) => number,
): string[] {
  const folders = edits.map(({ file }) =>
    file
      .replace(/^provider\//, "test/")
      .split("/")
      .slice(0, 2)
      .join("/"),
  );
  const near = (file: string) => folders.some((folder) => file.startsWith(`${folder}/`));
  return files.toSorted((a, b) => Number(near(b)) - Number(near(a)) || lasts(a) - lasts(b));
}
