/** Which test files could notice a change of a source file, the cheapest first. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** Helpers that run programs or processes, which load the built package, so that every change can reach them. */
const RUNS_PROGRAMS =
  /^test\/(support\/(engines|program|stack|terraform|embedded|built-provider|plugin-client)|engines\/embedded\/)/;

export interface TestFile {
  readonly file: string;
  /** Source and support files that it imports, directly or not. */
  readonly reaches: ReadonlySet<string>;
  /** It runs programs or processes. */
  readonly whole: boolean;
}

export function testFiles(root: string, files: readonly string[]): TestFile[] {
  const known = new Map<string, readonly string[]>();
  return files.map((file) => {
    const reaches = new Set<string>();
    const follow = (path: string) => {
      if (reaches.has(path)) return;
      reaches.add(path);
      for (const next of importsOf(path, known)) follow(next);
    };
    follow(join(root, file));
    const paths = [...reaches].map((path) => relative(root, path).replaceAll("\\", "/"));
    return {
      file,
      reaches: new Set(paths),
      whole: paths.some((path) => RUNS_PROGRAMS.test(path)) || runsCode(root, file),
    };
  });
}

/** Starts processes without the helpers, as the tests of the package and of the CLI do. */
function runsCode(root: string, file: string): boolean {
  return /node:child_process|from "mongofed|embedded\/testing\.ts/.test(readFileSync(join(root, file), "utf8"));
}

function importsOf(path: string, known: Map<string, readonly string[]>): readonly string[] {
  const before = known.get(path);
  if (before !== undefined) return before;
  // Programs in the text of a test import files that the test writes.
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+\.ts)"/g)].map(([, specifier]) =>
    resolve(dirname(path), specifier as string),
  );
  known.set(path, found);
  return found;
}

/**
 * Divides the tests that could notice into batches: those beside the source, the other tests of units, and those that
 * run programs.
 */
export function batchesFor(sources: readonly string[], tests: readonly TestFile[]): [string[], string[], string[]] {
  const folders = new Set(
    sources.map((source) =>
      source
        .replace(/^provider\//, "test/")
        .split("/")
        .slice(0, 2)
        .join("/"),
    ),
  );
  const able = tests.filter(({ reaches, whole }) => whole || sources.some((source) => reaches.has(source)));
  const names = (list: readonly TestFile[]) => list.map(({ file }) => file);
  const near = able.filter(({ file, whole }) => !whole && [...folders].some((folder) => file.startsWith(`${folder}/`)));
  const far = able.filter((test) => !test.whole && !near.includes(test));
  return [names(near), names(far), names(able.filter(({ whole }) => whole))];
}
