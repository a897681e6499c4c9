/** The lock of a state file: one run at a time changes a stack. */

import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { link, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";

export class StateFileError extends Error {
  override name = "StateFileError";
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

export async function unlessMissing<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

interface LockHolder {
  /** Of this lock alone: a process may hold several, one after the other. */
  readonly id: string;
  readonly pid: number;
  /** When the process began, by the clock of the kernel: another process may get the same pid. Only on Linux. */
  readonly begun: string;
  /** Machine and PID namespace: elsewhere a pid names another process. */
  readonly place: string;
  readonly host: string;
  readonly since: string;
}

/** Older versions could leave an empty lock on a full disk. A file system without links can show one for a moment. */
const UNREADABLE_IS_STALE_MS = 60_000;

/** Takes the lock, or takes it over from a process that has ended. The result releases it. */
export async function takeLock(file: string): Promise<() => Promise<void>> {
  const mine: LockHolder = {
    id: randomUUID(),
    pid: process.pid,
    begun: begunAt(process.pid),
    place: PLACE,
    host: hostname(),
    since: new Date().toISOString(),
  };
  while (!(await create(file, mine))) {
    const found = await holderOf(file);
    if (found === undefined) continue;
    if (!isStale(found)) throw heldBy(found, file);
    await takeOver(file, found, mine);
    if ((await holderOf(file))?.holder.id === mine.id) break;
  }
  return async () => {
    // A user may have removed the lock by hand, and another run may hold its own lock now.
    if ((await holderOf(file))?.holder.id === mine.id) await rm(file, { force: true });
  };
}

/** Creates the lock with all of its content at once, so that a full disk leaves no lock without a holder. */
async function create(file: string, holder: LockHolder): Promise<boolean> {
  const text = JSON.stringify(holder);
  const draft = `${file}.${holder.id}.new`;
  try {
    await writeFile(draft, text, { flag: "wx", mode: 0o600 });
    await link(draft, file);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].some((code) => hasCode(error, code))) throw error;
    return await createWithoutLinks(file, text);
  } finally {
    await rm(draft, { force: true });
  }
}

async function createWithoutLinks(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, "", { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
  try {
    await writeFile(file, text);
    return true;
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

/**
 * Replaces the lock of an ended process. Of several runs that find it, only the holder of a second lock may replace it.
 * The second lock may be stale too, if its run was killed here.
 */
async function takeOver(file: string, { holder, text }: Found, mine: LockHolder): Promise<void> {
  const release = await takeLock(`${file}.${holder.id}`);
  try {
    // Another run may have replaced it before this one got here.
    if ((await unlessMissing(readFile(file, "utf8"))) !== text) return;
    const draft = `${file}.${mine.id}.new`;
    try {
      await writeFile(draft, JSON.stringify(mine), { flag: "wx", mode: 0o600 });
      await rename(draft, file);
    } finally {
      await rm(draft, { force: true });
    }
  } finally {
    await release();
  }
}

interface Found {
  readonly holder: Partial<LockHolder> & { readonly id: string };
  readonly text: string;
  readonly ageMs: number;
}

async function holderOf(file: string): Promise<Found | undefined> {
  const text = await unlessMissing(readFile(file, "utf8"));
  const stats = text === undefined ? undefined : await unlessMissing(stat(file));
  if (text === undefined || stats === undefined) return undefined;
  const ageMs = Date.now() - stats.mtimeMs;
  try {
    const holder = JSON.parse(text) as Partial<LockHolder>;
    // It becomes part of a file name.
    const id = typeof holder.id === "string" && /^[\w-]{1,64}$/.test(holder.id) ? holder.id : "unknown";
    return { holder: { ...holder, id }, text, ageMs };
  } catch {
    return { holder: { id: "unknown" }, text, ageMs };
  }
}

/** Only a process of this machine and PID namespace is known to have ended. */
function isStale({ holder: { pid, begun, place }, ageMs }: Found): boolean {
  if (typeof pid !== "number") return ageMs > UNREADABLE_IS_STALE_MS;
  if (place !== PLACE) return false;
  return !isRunning(pid) || (begun !== undefined && begunAt(pid) !== "" && begunAt(pid) !== begun);
}

function heldBy({ holder: { pid, host, since } }: Found, file: string): StateFileError {
  return new StateFileError(
    `Another run is at work on this stack (process ${pid ?? "unknown"} on ${host ?? "this machine"}, since ${since ?? "just now"}). ` +
      `One run at a time can change a stack. If that run no longer exists, remove ${file}.`,
  );
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, "ESRCH");
  }
}

/** The 22nd field of the process's status; the second one, its name, may hold anything. */
function begunAt(pid: number): string {
  const status = read(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  return status.slice(status.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

function read(source: () => string): string {
  try {
    return source().trim();
  } catch {
    return "";
  }
}

const PLACE = [
  hostname(),
  read(() => readFileSync("/etc/machine-id", "utf8")),
  read(() => readlinkSync("/proc/self/ns/pid")),
].join(" ");
