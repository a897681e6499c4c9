/** The folder where Node.js keeps compiled code. Whoever can write to it runs code with the keys of the user. */

import { lstatSync, mkdirSync, realpathSync, type Stats } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

const FOLDER = "mongofed-node";

/**
 * A folder that only this user can change, or `undefined`: then code is compiled in each run.
 *
 * Node's own default lies in the temporary folder, where another user of the machine can create it first.
 */
export function compileCacheFolder(env: NodeJS.ProcessEnv = process.env): string | undefined {
  try {
    const base = env.XDG_CACHE_HOME || join(homedir(), ".cache");
    mkdirSync(base, { recursive: true, mode: 0o700 });
    const folder = join(realpathSync(base), FOLDER);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return isPrivate(lstatSync(folder)) && isKept(dirname(folder)) ? folder : undefined;
  } catch {
    // No home folder, a full disk, or a file in the way.
    return undefined;
  }
}

/** The variable for a child process, unless the user has set it. */
export function compileCacheVariable(env: NodeJS.ProcessEnv = process.env): { NODE_COMPILE_CACHE?: string } {
  const folder = env.NODE_COMPILE_CACHE ?? compileCacheFolder(env);
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder };
}

function isPrivate(found: Stats): boolean {
  return found.isDirectory() && isOurs(found) && (!process.getuid || (found.mode & 0o077) === 0);
}

/** Nobody else can put another folder in its place: the rule that SSH has for its files. */
function isKept(folder: string): boolean {
  const found = lstatSync(folder);
  const sticky = (found.mode & 0o1000) !== 0;
  const writable = process.getuid !== undefined && (found.mode & 0o022) !== 0 && !sticky;
  if (writable || !(isOurs(found) || found.uid === 0)) return false;
  return dirname(folder) === folder || isKept(dirname(folder));
}

/** Windows has no such owner; there the folders of a user belong to the user's profile. */
function isOurs({ uid }: Stats): boolean {
  return process.getuid === undefined || uid === process.getuid();
}
