import { basename, join } from "node:path";

/**
 * The overwrite check of a run. An automation config has no conditional writes: a client that read the document before a
 * provider process wrote to it may overwrite the change at any time after. So when every declaration is registered, the
 * program asks each provider process that wrote whether its changes are still there. Only the program can still end the
 * run as failed then.
 *
 * The program names a folder in a hidden input. The first provider process that writes creates it: without the folder
 * there is nothing to check. A file in it for each provider process says that the process listens.
 */

/** Returns the socket on which a provider process answers. */
export function addressOf(folder: string, name: string): string {
  return process.platform === "win32" ? `\\\\.\\pipe\\${basename(folder)}-${name}` : join(folder, `${name}${SOCKET}`);
}

const SOCKET = ".sock";

/** Returns the names of the listening provider processes from the files of the folder. */
export function listeners(files: readonly string[]): string[] {
  return files.filter((file) => !file.endsWith(SOCKET));
}

/** The answer of a provider process: its overwritten changes in words, or why it could not check. */
export type OverwriteAnswer = { readonly overwritten: readonly string[] } | { readonly trouble: string };
