import { basename, join } from "node:path";

/**
 * The last look of a run. An automation config has no conditional writes: what a provider process has written and seen
 * there, somebody who had read the document before may write over at any time after. So when all is registered the
 * program asks those that wrote what is not there any more; only a program can still end the run as failed then.
 *
 * They meet in a folder that the program names, in a hidden input, and that the first one who writes makes: a program of
 * which nothing is written over a project finds none, and nobody is asked. A file there for each provider process says
 * that it listens.
 */
export function addressOf(folder: string, name: string): string {
  return process.platform === "win32" ? `\\\\.\\pipe\\${basename(folder)}-${name}` : join(folder, `${name}${SOCKET}`);
}

const SOCKET = ".sock";

/** Who listens, of what lies in the folder. */
export function listeners(files: readonly string[]): string[] {
  return files.filter((file) => !file.endsWith(SOCKET));
}

/** What a provider process says: what is not there any more, in words, or why it could not look. */
export type LastAnswer = { readonly overwritten: readonly string[] } | { readonly trouble: string };
