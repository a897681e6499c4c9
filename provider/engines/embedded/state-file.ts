/**
 * The file that holds a stack's deployment: read at the start of a run, locked while it lasts, and rewritten after every
 * step in such a way that a killed process leaves either the old or the new text, never half of one.
 */

import { constants } from "node:fs";
import { copyFile, mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { DEPLOYMENT_VERSION, type Deployment } from "./deployment.ts";

export class StateFileError extends Error {
  override name = "StateFileError";
}

interface LockHolder {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

async function unlessMissing<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (hasCode(error, "ENOENT")) {
      return undefined;
    }
    throw error;
  }
}

/** The deployment in the file, or `undefined` if there is none yet. */
export async function loadDeployment(file: string): Promise<Deployment | undefined> {
  const text = await unlessMissing(readFile(file, "utf8"));
  if (text === undefined) {
    return undefined;
  }
  let parsed: Partial<Deployment>;
  try {
    parsed = JSON.parse(text) as Partial<Deployment>;
  } catch (error) {
    throw new StateFileError(`The state file ${file} is not JSON: ${(error as Error).message}`);
  }
  if (parsed.version !== DEPLOYMENT_VERSION || parsed.deployment === undefined) {
    throw new StateFileError(
      `The state file ${file} is not a Pulumi deployment of version ${DEPLOYMENT_VERSION} (it says ${JSON.stringify(parsed.version)}): use the Pulumi CLI with it.`,
    );
  }
  return parsed as Deployment;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, "ESRCH");
  }
}

/** Takes the lock of a state file; the answer releases it. A lock whose process has died is taken over. */
export async function lockState(file: string): Promise<() => Promise<void>> {
  const lockFile = `${file}.lock`;
  const me: LockHolder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  await mkdir(dirname(file), { recursive: true });
  for (;;) {
    try {
      await writeFile(lockFile, JSON.stringify(me), { flag: "wx" });
      return () => rm(lockFile, { force: true });
    } catch (error) {
      if (!hasCode(error, "EEXIST")) {
        throw error;
      }
    }
    await removeStaleLock(file, lockFile);
  }
}

async function removeStaleLock(file: string, lockFile: string): Promise<void> {
  const text = await unlessMissing(readFile(lockFile, "utf8"));
  if (text === undefined) {
    return;
  }
  let holder: Partial<LockHolder> = {};
  try {
    holder = JSON.parse(text) as Partial<LockHolder>;
  } catch {
    // Its owner is between creating and filling it: it counts as held.
  }
  const { pid, host, since } = holder;
  if (pid !== undefined && host === hostname() && !isRunning(pid)) {
    // Moving it aside first makes sure that of two runs that find the same dead lock only one removes it.
    const aside = `${lockFile}.${process.pid}.${performance.now()}`;
    if ((await unlessMissing(rename(lockFile, aside).then(() => true))) === true) {
      await rm(aside, { force: true });
    }
    return;
  }
  throw new StateFileError(
    `Another run is at work on this stack (process ${pid ?? "unknown"} on ${host ?? "this machine"}, since ${since ?? "just now"}); ` +
      `the state ${file} can be changed by one run at a time. If that run no longer exists, remove ${lockFile}.`,
  );
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } catch {
    // Some file systems cannot sync a folder; the rename is atomic there all the same.
  } finally {
    await handle.close();
  }
}

async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  const handle = await open(temporary, "w", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  await syncFolder(dirname(file));
}

/** Writes the deployment again and again. Requests that arrive during a write share the next one. */
export class StateWriter {
  readonly #file: string;
  readonly #render: () => Deployment;
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #backedUp = false;

  constructor(file: string, render: () => Deployment) {
    this.#file = file;
    this.#render = render;
  }

  /** Resolves when a text that was rendered after this call is on the disk. */
  save(): Promise<void> {
    this.#next ??= this.#afterCurrent();
    return this.#next;
  }

  async #afterCurrent(): Promise<void> {
    // A failed write has been reported to whoever waited for it; this one tries for itself.
    await this.#current.catch(() => undefined);
    this.#next = undefined;
    this.#current = this.#write();
    return this.#current;
  }

  async #write(): Promise<void> {
    if (!this.#backedUp) {
      this.#backedUp = true;
      await unlessMissing(copyFile(this.#file, `${this.#file}.bak`));
    }
    await replaceFile(this.#file, `${JSON.stringify(this.#render(), null, 4)}\n`);
  }
}
