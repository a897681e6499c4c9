import { createHash } from "node:crypto";
import {
  appendFileSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  rmSync,
  statSync,
} from "node:fs";
import { homedir, hostname } from "node:os";
import { join } from "node:path";
import { parentProcess } from "../../parent-process.ts";
import { privateFolder } from "../../private-folder.ts";

/** An entry of another process of the same run. */
export interface OtherEntry<Entry> {
  readonly entry: Entry;
  /** Whether its process still runs. */
  readonly isRunning: boolean;
}

/**
 * The entries of all provider processes of one Terraform command. Each provider alias is a process of its own, and so is
 * each walk (validate, plan, apply). They have the parent in common, so they meet in a folder that is named after it. Each
 * process appends lines to a file of its own, so no process waits, and the lines of an ended process are still read.
 */
export class RunEntries<Entry extends { readonly topic: string }> {
  readonly #folder: string | undefined;
  readonly #own = `process-${process.pid}`;
  readonly #read = new Map<string, Read<Entry>>();

  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  add(entry: Entry): void {
    if (this.#folder === undefined) return;
    try {
      appendFileSync(join(this.#folder, this.#own), `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    } catch {
      // A full disk: the process still knows its own entries.
    }
  }

  /** Those of the other processes about a topic, so far. */
  others(topic: string): OtherEntry<Entry>[] {
    const folder = this.#folder;
    if (folder === undefined) return [];
    return namesIn(folder)
      .filter((name) => name !== this.#own)
      .flatMap((name) => {
        const entries = this.#update(join(folder, name)).get(topic) ?? [];
        const isRunning = entries.length > 0 && isAlive(Number(name.slice(name.indexOf("-") + 1)));
        return entries.map((entry) => ({ entry, isRunning }));
      });
  }

  #update(file: string): Read<Entry>["byTopic"] {
    const seen = this.#read.get(file) ?? { byTopic: new Map<string, Entry[]>(), bytes: 0 };
    this.#read.set(file, seen);
    const added = bytesFrom(file, seen.bytes);
    // The last line may still be under way.
    const whole = added.subarray(0, added.lastIndexOf("\n") + 1);
    seen.bytes += whole.length;
    for (const line of whole.toString("utf8").split("\n").filter(Boolean)) {
      const entry = JSON.parse(line) as Entry;
      const known = seen.byTopic.get(entry.topic);
      if (known === undefined) seen.byTopic.set(entry.topic, [entry]);
      else known.push(entry);
    }
    return seen.byTopic;
  }
}

/** The lines of a file that were read so far, and how many bytes that is. */
interface Read<Entry> {
  readonly byTopic: Map<string, Entry[]>;
  bytes: number;
}

const PREFIX = "terraform";
const NAMESPACE = digest(namespace());
/** Containers may share the folder. Their processes are not to be seen here. */
const ABANDONED_MS = 24 * 60 * 60 * 1000;

/** The folder of this run, private to the user. `undefined` where there is none, or the parent is unknown. */
export function runFolder(): string | undefined {
  const begun = parentProcess()?.begun;
  const runs = begun === undefined ? undefined : runsFolder();
  if (runs === undefined || begun === undefined) return undefined;
  const name = nameOf(process.ppid, begun);
  sweep(runs, name);
  return privateFolder(() => runs, name);
}

/** The environment plays no part where that is possible, since aliases share no more than the user. */
function runsFolder(): string | undefined {
  const user = process.getuid?.();
  if (user === undefined) return undefined;
  return (
    privateFolder(() => "/tmp", `mongofed-runs-${user}`) ??
    privateFolder(() => join(homedir(), ".cache"), "mongofed-runs")
  );
}

function nameOf(pid: number, begun: string): string {
  return [PREFIX, NAMESPACE, pid, digest(begun)].join("-");
}

/** Elsewhere a process id names another process. */
function namespace(): string {
  try {
    return `${hostname()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}

/** Removes the folders of runs that have ended. */
function sweep(runs: string, except: string): void {
  for (const name of namesIn(runs)) {
    const [prefix, place, pid = ""] = name.split("-");
    if (prefix !== PREFIX || name === except) continue;
    const ended = place === NAMESPACE && nameOf(Number(pid), parentProcess(Number(pid))?.begun ?? "") !== name;
    if (ended || isOld(join(runs, name))) remove(join(runs, name));
  }
}

function isOld(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > ABANDONED_MS;
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {}
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function namesIn(folder: string): string[] {
  try {
    return existsSync(folder) ? readdirSync(folder) : [];
  } catch {
    return [];
  }
}

function bytesFrom(file: string, start: number): Buffer {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= start) return Buffer.alloc(0);
  const opened = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(size - start);
    return bytes.subarray(0, readSync(opened, bytes, 0, bytes.length, start));
  } finally {
    closeSync(opened);
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
