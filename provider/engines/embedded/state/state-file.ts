/**
 * The file that holds a stack's deployment: read at the start of a run, locked while it lasts, and rewritten after every
 * step in such a way that a killed process leaves either the old or the new text, never half of one.
 */

import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DEPLOYMENT_VERSION, type Deployment } from "./deployment.ts";
import { StateFileError, takeLock, unlessMissing } from "./state-lock.ts";

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

/** Locks the state file and returns its release. Removes the partial file of a killed run. */
export async function lockState(file: string): Promise<() => Promise<void>> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const release = await takeLock(`${file}.lock`);
  const left = (await readdir(folder)).filter(
    (name) => name.startsWith(`${basename(file)}.`) && name.endsWith(TEMPORARY),
  );
  for (const name of left) await rm(join(folder, name), { force: true });
  return release;
}

/** The end of the name of a file that is not complete yet. */
const TEMPORARY = ".tmp";

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
  const temporary = `${file}.${randomUUID()}${TEMPORARY}`;
  try {
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
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
    // The caller of a failed write has its error already. This write tries again.
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
