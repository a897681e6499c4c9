/** Where Terraform reaches the provider: a socket in a folder of our own, or where that cannot be a port of the loopback. */

import { lstatSync, mkdtempSync, readdirSync, rmdirSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Server, ServerCredentials } from "@grpc/grpc-js";

/** Followed by the id of the process, so that what a killed one leaves behind can be told from what is in use. */
const FOLDER = "terraform-provider-socket-";
const SOCKET = "s";
/** Names of sockets hold 104 bytes on macOS, 108 on Linux. Of a longer one Node silently takes the beginning. */
const MAX_PATH_BYTES = 103;
/** No client connects to an older socket, even if its process lives in another container, where its id is not visible. */
const ABANDONED_MS = 60 * 60 * 1000;

export interface Address {
  readonly network: "unix" | "tcp";
  readonly address: string;
}

export async function listen(server: Server, credentials: ServerCredentials): Promise<Address> {
  const folder = socketFolder();
  if (folder === undefined) {
    const port = await bind(server, "127.0.0.1:0", credentials);
    return { network: "tcp", address: `127.0.0.1:${port}` };
  }
  process.on("exit", () => remove(folder));
  const address = join(folder, SOCKET);
  await bind(server, `unix:${address}`, credentials);
  return { network: "unix", address };
}

function bind(server: Server, address: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => (error === null ? resolve(port) : reject(error)));
  });
}

/** Only its owner can enter it. */
function socketFolder(): string | undefined {
  const prefix = join(tmpdir(), `${FOLDER}${process.pid}-`);
  const path = join(`${prefix}XXXXXX`, SOCKET);
  if (process.platform === "win32" || Buffer.byteLength(path) > MAX_PATH_BYTES) return undefined;
  try {
    return mkdtempSync(prefix);
  } catch {
    return undefined; // A TMPDIR that is not there, or is not ours.
  }
}

/** Removes the folders of killed processes. Errors are ignored: they do not concern this run. */
export function sweep(): void {
  try {
    for (const name of readdirSync(tmpdir())) {
      const pid = name.startsWith(FOLDER) ? Number.parseInt(name.slice(FOLDER.length), 10) : Number.NaN;
      const folder = join(tmpdir(), name);
      if (!Number.isNaN(pid) && !alive(pid) && isOurs(folder)) remove(folder);
    }
  } catch {}
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** In a folder that all may write to, others can lay out names for us to find. */
function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.() && Date.now() - found.mtimeMs > ABANDONED_MS;
}

/** Removes the socket and the folder, but no file that another process may have put there. */
function remove(folder: string): void {
  try {
    unlinkSync(join(folder, SOCKET));
  } catch {} // Already closed, which removes it.
  try {
    rmdirSync(folder);
  } catch {}
}
