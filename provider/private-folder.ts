import { lstatSync, mkdirSync, realpathSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";

/** Makes a folder that only this user can read and change; `undefined` where that is not possible. */
export function privateFolder(baseOf: () => string, name: string): string | undefined {
  try {
    const base = baseOf();
    mkdirSync(base, { recursive: true, mode: 0o700 });
    const folder = join(realpathSync(base), name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return isPrivate(lstatSync(folder)) && isKept(dirname(folder)) ? folder : undefined;
  } catch {
    // No home folder, a full disk, or a file in the way.
    return undefined;
  }
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
