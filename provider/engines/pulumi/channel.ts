import { createHash, randomBytes } from "node:crypto";
import { appendFileSync, closeSync, fstatSync, openSync, readdirSync, readSync, renameSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { threadId } from "node:worker_threads";
import { privateFolder } from "../../private-folder.ts";
import type { OwnerEntry } from "../../resources/owners.ts";
import type { Kind } from "../../rules/index.ts";
import { currentRun, perRun } from "../../run-scope.ts";
import type { ProviderSettings } from "./provider-settings.ts";

/** The entries of the channel by their topic. Each is plain JSON. */
export interface ChannelEntries {
  /** The program declares these resources: one entry for each batch that the gate releases. */
  readonly program: ProgramEntry;
  /** A declaration holds an object. */
  readonly claim: ClaimEntry;
  /** The preview announces that a declaration gets another object, or a new one of the same name. */
  readonly replacement: ClaimEntry;
  /** A declaration has created or adopted an object. */
  readonly made: ObjectEntry;
  /** A deletion was skipped, because the program declares the object. */
  readonly kept: ObjectEntry;
  /** The owners of all objects: one entry for each batch, of which the last one counts. */
  readonly owners: OwnersEntry;
  /** A preview has judged the deletion of the object. */
  readonly deletion: ObjectEntry;
}

interface OwnersEntry {
  readonly owners: readonly OwnerEntry[];
  /** Why the state could not be read. */
  readonly trouble?: string;
}

interface ProgramEntry {
  readonly preview: boolean;
  /** How many calls the engine has in flight at most; not above 0 where it does not say. */
  readonly parallel: number;
  readonly declarations: readonly DeclaredEntry[];
}

export interface DeclaredEntry {
  readonly urn: string;
  readonly kind: Kind;
  readonly name: string;
  /** The URNs of earlier runs under which the state may hold the resource. */
  readonly aliases: readonly string[];
  /** The inputs that can name an object, as far as the program knows them by then. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly provider: ProviderSettings;
}

/** An object, named by a text that all provider processes form in the same way. */
interface ObjectEntry {
  readonly object: string;
}

export interface ClaimEntry extends ObjectEntry {
  readonly urn: string;
  readonly name: string;
}

/** The operations that both ends of a channel have. */
export type Entries = Pick<Channel, "tell" | "told">;

/**
 * The channel between the program and the provider processes of one run. Pulumi tells a provider process neither the
 * URN of a resource nor which resources the program declares. Resources that a run does not target get no call at all,
 * and each explicit `Provider` has a process of its own. All of them know the address of the engine, so they meet in a
 * folder that is named after it.
 *
 * Each writer appends lines to a file of its own. So no process waits, and the lines of an ended writer are still read.
 */
export class Channel {
  readonly #folder: string;
  readonly #own: Writer;
  readonly #seen = new Map<string, Seen>();

  private constructor(engineAddress: string, role: Role) {
    const runs = runsFolder();
    const name = createHash("sha256").update(engineAddress).digest("hex").slice(0, 16);
    const folder = runs === undefined ? undefined : privateFolder(() => runs, name);
    if (runs === undefined || folder === undefined)
      throw new Error("mongofed finds no folder that only this user can write to. Set TMPDIR to one.");
    this.#folder = folder;
    this.#own = { role, pid: process.pid, thread: threadId, token: randomBytes(6).toString("hex") };
    removeAbandoned(runs, name);
    // A run that was killed may have had the same address. The program of this one may end before its deletions.
    for (const writer of writersIn(folder)) {
      const isOld = writer.role === "program" ? role === "program" && !this.#isOurs(writer) : !isAlive(writer);
      if (isOld) remove(join(folder, fileOf(writer)));
    }
    appendFileSync(this.#file, "", { mode: 0o600 });
  }

  /** Opens the channel for the program, or for a provider process, and closes it at the end of the run. */
  static open(engineAddress: string, role: Role): Channel {
    const channel = new Channel(engineAddress, role);
    const { onStop } = currentRun();
    if (onStop !== undefined) onStop(async () => channel.#close({ withRun: true }));
    // Pulumi lets a program end when its run has ended, unless the program fails.
    else closeAtExit((code) => channel.#close({ withRun: role === "program" && code === 0 }));
    return channel;
  }

  /** Adds an entry. From now on every process of the run can read it. */
  tell<Topic extends keyof ChannelEntries>(topic: Topic, entry: ChannelEntries[Topic]): void {
    appendFileSync(this.#file, `${JSON.stringify([topic, entry])}\n`);
  }

  /** Returns the entries of all processes of the run, this one included. Those of one process are in their order. */
  told<Topic extends keyof ChannelEntries>(topic: Topic): ChannelEntries[Topic][] {
    while (!writersIn(this.#folder).every((writer) => this.#read(writer)));
    return [...this.#seen.values()].flatMap(({ byTopic }) => byTopic.get(topic) ?? []) as ChannelEntries[Topic][];
  }

  /** Reads the added lines. Returns false if the file is gone: its writer has just ended. */
  #read(writer: Writer): boolean {
    const seen = this.#seen.get(writer.token) ?? { byTopic: new Map(), length: 0 };
    this.#seen.set(writer.token, seen);
    const added = bytesFrom(join(this.#folder, fileOf(writer)), seen.length);
    // The last line may still be under way.
    const whole = added?.subarray(0, added.lastIndexOf("\n") + 1) ?? Buffer.alloc(0);
    seen.length += whole.length;
    for (const line of whole.toString("utf8").split("\n")) {
      if (line === "") continue;
      const [topic, entry] = JSON.parse(line) as [string, unknown];
      add(seen.byTopic, topic, entry);
    }
    return added !== undefined;
  }

  /**
   * Ends this writer. The last one removes the folder.
   *
   * @param withRun whether the run has ended too. After a program has failed, its engine finishes what is under way.
   */
  #close({ withRun }: { readonly withRun: boolean }): void {
    const isProgram = this.#own.role === "program";
    if (isProgram) renameIfThere(this.#file, join(this.#folder, fileOf({ ...this.#own, pid: ENDED })));
    else remove(this.#file);
    const others = writersIn(this.#folder).filter((other) => isAlive(other) && !(withRun && other.role === "program"));
    if (others.length === 0 && (withRun || !isProgram)) remove(this.#folder);
  }

  #isOurs({ pid, thread }: Writer): boolean {
    return pid === this.#own.pid && thread === this.#own.thread;
  }

  get #file(): string {
    return join(this.#folder, fileOf(this.#own));
  }
}

/** The channel of a provider process. Without an engine, the process is alone with its entries. */
export const providerChannel = perRun((): Entries => {
  const { engineAddress } = currentRun();
  if (engineAddress !== undefined) return Channel.open(engineAddress, "provider");
  const byTopic: ByTopic = new Map();
  return {
    tell: (topic, entry) => add(byTopic, topic, entry),
    told: <Topic extends keyof ChannelEntries>(topic: Topic) => (byTopic.get(topic) ?? []) as ChannelEntries[Topic][],
  };
});

const atExit = new Set<(code: number) => void>();

/** One listener for all: Node warns of many. */
function closeAtExit(close: (code: number) => void): void {
  if (atExit.size === 0)
    process.once("exit", (code) => {
      for (const end of atExit) end(code);
    });
  atExit.add(close);
}

type Role = "program" | "provider";

/** One process, or one of several in-process stand-ins for a process. */
interface Writer {
  readonly role: Role;
  readonly pid: number;
  readonly thread: number;
  readonly token: string;
}

type ByTopic = Map<string, unknown[]>;

function add(byTopic: ByTopic, topic: string, entry: unknown): void {
  const known = byTopic.get(topic);
  if (known === undefined) byTopic.set(topic, [entry]);
  else known.push(entry);
}

/** The entries of a writer that were read so far, and how many bytes that is. */
interface Seen {
  readonly byTopic: ByTopic;
  length: number;
}

/** Stands in place of the process id of a writer that has ended. */
const ENDED = 0;

/**
 * The folder of all runs of this user. The environment plays no part where that is possible: an inline program and the
 * engine that runs it may have different ones.
 */
function runsFolder(): string | undefined {
  const user = process.getuid?.();
  const shared = process.platform === "win32" ? tmpdir() : "/tmp";
  return (
    privateFolder(() => shared, user === undefined ? "mongofed-runs" : `mongofed-runs-${user}`) ??
    privateFolder(() => join(homedir(), ".cache"), "mongofed-runs")
  );
}

function fileOf({ role, pid, thread, token }: Writer): string {
  return `${role}-${pid}-${thread}-${token}`;
}

function writersIn(folder: string): Writer[] {
  return namesIn(folder).flatMap((name) => {
    const [role, pid, thread, token = ""] = name.split("-");
    const isWriter = role === "program" || role === "provider";
    return isWriter ? [{ role, pid: Number(pid), thread: Number(thread), token }] : [];
  });
}

/** Removes what runs that were killed have left. */
function removeAbandoned(runs: string, except: string): void {
  for (const name of namesIn(runs)) {
    const folder = join(runs, name);
    const writers = writersIn(folder);
    // An empty folder belongs to a run that is about to write.
    if (name !== except && writers.length > 0 && !writers.some(isAlive)) remove(folder);
  }
}

function isAlive({ pid }: Writer): boolean {
  if (pid === ENDED) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** `undefined` if the file is not there. */
function bytesFrom(file: string, start: number): Buffer | undefined {
  let opened: number;
  try {
    opened = openSync(file, "r");
  } catch {
    return undefined;
  }
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(opened).size - start));
    return bytes.subarray(0, readSync(opened, bytes, 0, bytes.length, start));
  } finally {
    closeSync(opened);
  }
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {}
}
