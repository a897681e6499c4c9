import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { WrittenFile } from "./language.ts";

/** The folder exists already, and holds something. */
export class FolderExistsError extends Error {
  override readonly name = "FolderExistsError";
}

/**
 * Writes a new folder: all of it, or nothing. The files appear under a temporary name beside it and are moved at the end.
 * Only the user can read them, because a program lists who has access.
 *
 * @throws FolderExistsError if the folder holds something
 */
export async function writeFolder(folder: string, files: readonly WrittenFile[], signal?: AbortSignal): Promise<void> {
  await refuseExisting(folder);
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  const temporary = await mkdtemp(join(parent, `.${basename(folder)}-`));
  try {
    for (const { path, text } of files) {
      signal?.throwIfAborted();
      await mkdir(dirname(join(temporary, path)), { recursive: true, mode: 0o700 });
      await writeFile(join(temporary, path), text, { flag: "wx", mode: 0o600 });
    }
    signal?.throwIfAborted();
    // Replaces an empty folder; a file, or a folder that has filled meanwhile, makes it fail.
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    const { code = "" } = error as NodeJS.ErrnoException;
    throw ["ENOTEMPTY", "EEXIST", "ENOTDIR"].includes(code) ? new FolderExistsError(folder) : error;
  }
}

/** Before anything is read: an import of minutes shall not end with this. */
export async function refuseExisting(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const entries = await readdir(folder).catch(() => ["not a folder"]);
  if (entries.length > 0) throw new FolderExistsError(folder);
}
