import { glob, stat } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import type { Manager } from "../access/engine-files.ts";
import { UsageError } from "./exit-codes.ts";
import { readText } from "./flags.ts";
import type { Io } from "./io.ts";

/**
 * Reads the objects of states: files, folders and globs.
 *
 * @throws UsageError for a named file that is not a state
 */
export async function statesManagers(given: readonly string[], io: Io): Promise<Manager[]> {
  const { managerOf, EngineFileError } = await import("../access/engine-files.ts");
  const managers: Manager[] = [];
  for (const { file, isNamed } of await stateFiles(given, io.cwd)) {
    const text = await readText(resolve(io.cwd, file));
    try {
      managers.push(managerOf(text, basename(file).replace(/\.(?:json|tfstate)$/, "")));
    } catch (error) {
      if (!(error instanceof EngineFileError)) throw error;
      if (isNamed) throw new UsageError(`${file} ${error.message}`, { cause: error });
      // A folder also holds files of other kinds.
      io.stderr.write(`Skipped ${file} ${error.message}\n`);
    }
  }
  return managers;
}

/** The stacks that hold each object. */
export function managersByObject(managers: readonly Manager[]): ReadonlyMap<string, ReadonlySet<string>> {
  const stacks = new Map<string, Set<string>>();
  for (const { stack, objects } of managers)
    for (const object of objects) stacks.set(object, (stacks.get(object) ?? new Set()).add(stack));
  return stacks;
}

/** Folders hold states with the endings .json and .tfstate. Pulumi keeps earlier ones in `backups` and `history`. */
async function stateFiles(given: readonly string[], cwd: string): Promise<{ file: string; isNamed: boolean }[]> {
  const found = await Promise.all(
    given.map(async (path) => {
      const about = await stat(resolve(cwd, path)).catch(() => undefined);
      if (about?.isFile()) return [{ file: path, isNamed: true }];
      const pattern = about?.isDirectory() ? join(path, "**/*.{json,tfstate}") : path;
      const files: string[] = [];
      for await (const file of glob(pattern, { cwd })) files.push(relative(cwd, resolve(cwd, file)));
      const current = files.filter((file) => !/(?:^|[\\/])(?:backups|history|node_modules)[\\/]/.test(file));
      if (current.length === 0) throw new UsageError(`--state ${path} names no file`);
      return current.sort().map((file) => ({ file, isNamed: about?.isDirectory() !== true }));
    }),
  );
  return [...new Map(found.flat().map((one) => [resolve(cwd, one.file), one])).values()];
}
