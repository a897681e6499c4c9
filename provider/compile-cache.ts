/** The folder where Node.js keeps compiled code. Anybody who can write to it can run code with the user's keys. */

import { homedir } from "node:os";
import { join } from "node:path";
import { privateFolder } from "./private-folder.ts";

/**
 * A folder that only this user can change, or `undefined`: then code is compiled in each run.
 *
 * Node's own default lies in the temporary folder, where another user of the machine can create it first.
 */
export function compileCacheFolder(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return privateFolder(() => env.XDG_CACHE_HOME || join(homedir(), ".cache"), "mongofed-node");
}

/** The variable for a child process, unless the user has set it. */
export function compileCacheVariable(env: NodeJS.ProcessEnv = process.env): { NODE_COMPILE_CACHE?: string } {
  const folder = env.NODE_COMPILE_CACHE ?? compileCacheFolder(env);
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder };
}
