import { phrase, stack } from "../../../schema/phrase.ts";
import { HttpError } from "../../http/index.ts";
import { KeyedMutex } from "../atlas/mutex.ts";
import type { ComingCalls } from "../coming-calls.ts";
import { messageOf } from "../plane-error.ts";
import type { AutomationConfigServer, Snapshot } from "./api.ts";
import { type Change, combined, entryOf, keyOf, rankOf } from "./change.ts";
import { CloudManagerError, ConflictError, operationOf } from "./errors.ts";
import { Gathering } from "./gathering.ts";
import { merge, missing, type RefusedChange } from "./merge.ts";

/** How often changes are merged and sent when they were lost. */
const MERGES = 5;
/** The longest random delay before another merge, so that two writers that collided do not collide again. It grows. */
const JITTER_MS = 500;
/** Delays before each read after a write: a read may return the earlier document for a moment. */
const LOOKS_MS = [0, 250, 500, 1_000, 2_000, 4_000];

/** A change with a waiting caller. */
interface Pending {
  readonly change: Change;
  readonly resolve: (snapshot: Snapshot) => void;
  readonly reject: (error: unknown) => void;
}

/** Shared by the process, because two planes with different keys may write to one project. */
const mutex = new KeyedMutex();

/**
 * The automation config of one project: a single document with all settings of the project, ours and foreign ones.
 * mongofed reads, merges and replaces it whole. The API has no conditional write, so our write overwrites a foreign one
 * between our read and our write. That window is one round trip. After a foreign write over ours, mongofed merges our
 * part again. A foreign version that we overwrote shows in the version numbers and ends in a `ConflictError`. This
 * covers lost responses and lagging reads. If both occur together, the version of our write can be mistaken.
 *
 * Concurrent changes share one read, one write and one verification.
 */
export class AutomationConfig {
  readonly #server: AutomationConfigServer;
  readonly projectId: string;
  readonly #oneAtATime: KeyedMutex;
  readonly #gathering: Gathering;
  /** The changes that this run made and verified, one of each entry. */
  readonly #done = new Map<string, Change>();
  /** A change that is sent with the next write, and causes none by itself. */
  #alongside: Change | undefined;
  #queue: Pending[] = [];
  #draining = false;
  #listing: Promise<Snapshot> | undefined;
  #reading: Promise<Snapshot> | undefined;
  #lastVersion = 0;

  /** @param oneAtATime runs the writers of a process one by one. A test of two processes has two */
  constructor(
    server: AutomationConfigServer,
    projectId: string,
    {
      oneAtATime = mutex,
      coming,
    }: { readonly oneAtATime?: KeyedMutex; readonly coming?: ComingCalls | undefined } = {},
  ) {
    this.#server = server;
    this.projectId = projectId;
    this.#oneAtATime = oneAtATime;
    this.#gathering = new Gathering(server, () => coming?.mayCome(projectId));
  }

  /** The last version that this process knows to be saved. Agents must reach it. */
  get lastVersion(): number {
    return this.#lastVersion;
  }

  /** The document, read once a run and updated by each write. `fresh` reads it again. */
  read({ fresh = false }: { readonly fresh?: boolean } = {}): Promise<Snapshot> {
    if (fresh) return this.#readTogether();
    if (this.#listing !== undefined) return this.#listing;
    const listing = this.#readTogether();
    this.#listing = listing;
    // A failure is not cached, so the next caller reads again.
    listing.catch(() => {
      if (this.#listing === listing) this.#listing = undefined;
    });
    return listing;
  }

  /**
   * Makes one change, together with concurrent ones. Returns a document that contains it.
   *
   * @throws CloudManagerError whose `sent` tells whether the change may have taken effect. ConflictError if another client
   * wrote at the same time, or if an entry exists already or is gone
   */
  change(change: Change): Promise<Snapshot> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ change, resolve, reject });
      this.#gathering.noteArrival();
      void this.#drain();
    });
  }

  /** Makes a change together with the next waited one. Sends nothing if no other change is made. */
  alongside(change: Change): void {
    this.#alongside = change;
  }

  /**
   * Returns the changes of this run that the document no longer contains: another client read it before our write, and
   * wrote it back after our verification. Call it at the end of a run.
   */
  async overwritten(): Promise<Change[]> {
    if (this.#done.size === 0) return [];
    const { text } = await this.#readCurrent({ look: true });
    return missing(text, [...this.#done.values()]);
  }

  /**
   * Does the same during the run, and merges lost changes again, as after a write. No write of ours runs meanwhile, because
   * an entry that is about to change again would count as lost.
   */
  mend(): Promise<void> {
    return this.#oneAtATime.run(this.projectId, async () => {
      const lost = (await this.overwritten()).sort((a, b) => rankOf(a) - rankOf(b));
      const pending = lost.map((change) => ({ change, ...Promise.withResolvers<Snapshot>() }));
      const settled = Promise.all(pending.map(({ promise }) => promise));
      if (pending.length > 0) await Promise.all([settled, this.#writeOrReject(pending)]);
    });
  }

  async #drain(): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    try {
      while (this.#queue.length > 0) {
        await this.#gathering.wait(() => this.#queue.length);
        const batch = this.#take();
        await this.#oneAtATime.run(this.projectId, () => this.#writeOrReject(batch));
        this.#gathering.noteEnd(this.#queue.length);
      }
    } finally {
      this.#draining = false;
    }
  }

  /** All that wait, but for second changes of the same entry, which go the next time. */
  #take(): Pending[] {
    const batch = new Map<string, Pending>();
    const later: Pending[] = [];
    for (const pending of this.#queue) {
      const key = keyOf(pending.change);
      if (batch.has(key)) later.push(pending);
      else batch.set(key, pending);
    }
    this.#queue = later;
    return [...batch.values()].sort((a, b) => rankOf(a.change) - rankOf(b.change));
  }

  async #writeOrReject(batch: readonly Pending[], past: Past = { landed: new Set(), overwritten: [] }): Promise<void> {
    try {
      await this.#write(batch, past);
    } catch (error) {
      this.#listing = undefined;
      for (const { change, reject } of batch) reject(this.#inTermsOf(change, error, past));
    }
  }

  /** Reads, merges, replaces and verifies, and repeats for lost changes. Settles every change of the batch, or throws for all. */
  async #write(batch: readonly Pending[], past: Past): Promise<void> {
    let left = [...batch];
    let trouble: unknown;
    for (let attempt = 1; attempt <= MERGES; attempt++) {
      if (attempt > 1) await this.#server.pause(Math.random() * JITTER_MS * attempt);
      const before = await this.#readCurrent();
      recall(past, before, changesOf(left));
      const { document, refused } = merge(before.text, changesOf(left), past.landed);
      for (const { change, reject } of left) {
        const refusal = refused.get(change);
        if (refusal !== undefined) reject(this.#refused(change, refusal, past));
      }
      left = left.filter(({ change }) => !refused.has(change));
      if (document === before.text) return this.#settle(left, before, past);

      const also = this.#alongside === undefined ? [] : [this.#alongside];
      const outcome = await this.#send(merge(document, also).document);
      if (isRefused(outcome.trouble)) return await this.#halve(left, past, outcome.trouble);
      trouble = outcome.trouble;
      left = await this.#settleShown(left, before, outcome, past);
      if (left.length === 0) return;
      if (this.#server.aborted) break;
    }
    if (past.unseen !== undefined)
      past.overwritten.push(...overwrittenBy(past.unseen, undefined, this.#lastVersion, false));
    if (trouble !== undefined) throw trouble;
    for (const { change, reject } of left) reject(this.#lost(change, past));
  }

  /** Throws errors that neither a verification nor a retry can resolve. */
  async #send(document: string): Promise<Outcome> {
    try {
      const version = await this.#server.replace(this.projectId, document);
      // An older document is a lagging read from now on. Merging into it would undo newer changes.
      this.#lastVersion = Math.max(this.#lastVersion, version ?? 0);
      return { version, trouble: undefined };
    } catch (error) {
      if (!isRefused(error) && !mayPass(error)) throw error;
      return { version: undefined, trouble: error };
    }
  }

  /** Verifies a write, and settles the changes that the document contains. Returns the others. */
  async #settleShown(left: Pending[], before: Snapshot, outcome: Outcome, past: Past): Promise<Pending[]> {
    const sent = !isUnsent(outcome.trouble);
    if (sent) for (const { change } of left) past.landed.add(change);
    const after = await this.#look(left, before, outcome);
    const lost = new Set(missing(after.text, changesOf(left)));
    const kept = left.filter(({ change }) => !lost.has(change));
    const shown = kept.length > 0;
    if (sent && outcome.trouble !== undefined && !shown) past.unseen = before;
    else if (sent) past.overwritten.push(...overwrittenBy(before, outcome.version, after.version, shown));
    this.#settle(kept, after, past);
    return left.filter(({ change }) => lost.has(change));
  }

  /**
   * The server refuses a document as a whole, without naming the entry. So this sends each half of the changes by itself,
   * until a refused change is alone.
   */
  async #halve(batch: readonly Pending[], past: Past, error: CloudManagerError): Promise<void> {
    if (batch.length === 1) {
      const note =
        "note it does not say what it refuses; this change was sent alone, so it is this one or what was there before";
      throw new CloudManagerError(phrase`${error.text}\n  ${note}`, { ...detailsOf(error), cause: error });
    }
    const middle = Math.ceil(batch.length / 2);
    await this.#writeOrReject(batch.slice(0, middle), past);
    await this.#writeOrReject(batch.slice(middle), past);
  }

  /** Repeats a read that returns an older version than this process has seen saved. */
  async #readCurrent(options: { readonly look?: boolean } = {}): Promise<Snapshot> {
    for (const wait of LOOKS_MS) {
      await this.#server.pause(wait);
      const snapshot = await this.#server.read(this.projectId, options);
      if ((snapshot.version ?? Number.POSITIVE_INFINITY) >= this.#lastVersion) return this.#saw(snapshot);
    }
    throw new CloudManagerError(
      `read the automation config of project ${this.projectId}: it is older than what was saved before\n` +
        "  fix  Run again in a minute. Nothing was changed: what is not in an old document may be there all the same.",
    );
  }

  /** Returns the document once it contains the write, or once waiting is useless. */
  async #look(pending: readonly Pending[], before: Snapshot, { version, trouble }: Outcome): Promise<Snapshot> {
    const sent = trouble === undefined ? "yes" : "maybe";
    const least = version ?? (trouble === undefined && before.version !== undefined ? before.version + 1 : undefined);
    let after = before;
    for (const wait of this.#server.aborted ? LOOKS_MS.slice(0, 1) : LOOKS_MS) {
      await this.#server.pause(wait);
      after = await this.#server.read(this.projectId, { look: true }).catch((error: unknown) => {
        throw new CloudManagerError(
          `sent, but whether it took effect could not be verified\n  note ${messageOf(error)}`,
          { sent, cause: error },
        );
      });
      if (missing(after.text, changesOf(pending)).length === 0) break;
      // From that version on the write would be visible, so another client has overwritten it.
      if (least !== undefined && (after.version ?? 0) >= least) break;
      // The request was certainly not sent, so there is nothing to wait for.
      if (isUnsent(trouble)) break;
    }
    return this.#saw(after);
  }

  #saw(snapshot: Snapshot): Snapshot {
    this.#lastVersion = Math.max(this.#lastVersion, snapshot.version ?? 0);
    this.#listing = Promise.resolve(snapshot);
    return snapshot;
  }

  /** All of these changes are made. One of them must report the foreign versions that were overwritten. */
  #settle(pending: readonly Pending[], snapshot: Snapshot, { overwritten }: Past): void {
    for (const { change } of pending) {
      const key = keyOf(change);
      this.#done.set(key, combined(this.#done.get(key), change));
    }
    const [first, ...rest] = pending;
    if (first === undefined) return;
    if (overwritten.length === 0) first.resolve(snapshot);
    else first.reject(this.#overwrote(first.change, overwritten.splice(0)));
    for (const { resolve } of rest) resolve(snapshot);
  }

  /** Concurrent callers share one read. It is repeated if a write of ours overtakes it. */
  #readTogether(): Promise<Snapshot> {
    this.#reading ??= this.#readCurrent().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  #overwrote(change: Change, overwritten: readonly Overwritten[]): ConflictError {
    return new ConflictError(
      phrase`${operationOf(change, this.projectId)}: it is done, but ${told(overwritten)}\n  fix  Find out who else manages this project (another ${stack}, another tool, the console). Then repeat the lost change.`,
      { sent: "yes" },
    );
  }

  #refused(change: Change, { message, fix, conflict }: RefusedChange, past: Past): CloudManagerError {
    return new (conflict ? ConflictError : CloudManagerError)(
      phrase`${operationOf(change, this.projectId)}: ${message}\n  fix  ${fix}${besides(past)}`,
      { sent: past.landed.has(change) ? "maybe" : "no" },
    );
  }

  #lost(change: Change, past: Past): ConflictError {
    return new ConflictError(
      phrase`${operationOf(change, this.projectId)}: another client saves this automation config at the same time, and ${entryOf(change)} was lost ${MERGES} times${besides(past)}\n  fix  Find out who else manages this project (another ${stack}, another tool, the console), then run again.`,
      { sent: "maybe" },
    );
  }

  /** One failure may concern many changes. Each gets an error in its own name. */
  #inTermsOf(change: Change, error: unknown, past: Past): unknown {
    if (!(error instanceof CloudManagerError)) return error;
    const text = phrase`${operationOf(change, this.projectId)}: ${error.text}${besides(past)}`;
    // The failed request may be a read after a write that the server may have executed.
    const sent = error.sent === "no" && past.landed.has(change) ? "maybe" : error.sent;
    return new CloudManagerError(text, { ...detailsOf(error), sent, cause: error });
  }
}

function changesOf(pending: readonly Pending[]): Change[] {
  return pending.map(({ change }) => change);
}

/** The effects of earlier writes of a batch, or of the batch that it was split from. */
interface Past {
  /** Changes that the server may have executed. */
  readonly landed: Set<Change>;
  /** Foreign versions that they overwrote and that are not yet reported. */
  readonly overwritten: Overwritten[];
  /** The read before a write whose effect neither its response nor a verification has shown yet. */
  unseen?: Snapshot | undefined;
}

/** The version that a document was saved as, if the server returned it. Otherwise why the outcome is unknown. */
interface Outcome {
  readonly version: number | undefined;
  readonly trouble: unknown;
}

/** The read before the next write also verifies the previous one. */
function recall(past: Past, now: Snapshot, changes: readonly Change[]): void {
  if (past.unseen === undefined) return;
  const shown = missing(now.text, changes).length < changes.length;
  past.overwritten.push(...overwrittenBy(past.unseen, undefined, now.version, shown));
  past.unseen = undefined;
}

/** A version that another client saved between our read and our write, or just after. */
interface Overwritten {
  readonly version: number;
  readonly certain: boolean;
}

/**
 * @param before the document of the read
 * @param ours the version of our write, if the server returned it
 * @param after the version of the verification, and whether it contained our write. If not, ours was an earlier one
 */
function overwrittenBy(
  { version }: Snapshot,
  ours: number | undefined,
  after: number | undefined,
  shown: boolean,
): Overwritten[] {
  if (version === undefined || after === undefined) return [];
  const last = ours ?? (shown ? after : after - 1);
  const count = Math.max(0, last - version - 1);
  return Array.from({ length: count }, (_, index) => ({ version: version + 1 + index, certain: ours !== undefined }));
}

function told(overwritten: readonly Overwritten[]): string {
  const versions = overwritten.map(({ version }) => version);
  const which = `${versions.length === 1 ? "version" : "versions"} ${versions.join(", ")}`;
  const [took, lost] = overwritten.every(({ certain }) => certain) ? ["took", "is"] : ["may have taken", "may be"];
  return `another client saved the automation config at the same moment, and ours ${took} the place of ${which}: what was changed there ${lost} lost`;
}

function besides({ overwritten }: Past): string {
  return overwritten.length === 0 ? "" : `\n  note besides, ${told(overwritten)}`;
}

/** The server has rejected the document. */
function isRefused(error: unknown): error is CloudManagerError {
  return error instanceof CloudManagerError && [400, 409, 413, 422].includes(error.status ?? 0);
}

/** Whether to verify and to send again: the response was lost, or the server was busy. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof CloudManagerError)) return false;
  if (error.sent !== "no" || error.status === 429) return true;
  return error.cause instanceof HttpError && ["http-connection", "http-timeout"].includes(error.cause.code);
}

function isUnsent(trouble: unknown): boolean {
  return trouble instanceof CloudManagerError && trouble.sent === "no";
}

function detailsOf({ status, errorCode, sent }: CloudManagerError) {
  return { status, errorCode, sent };
}
