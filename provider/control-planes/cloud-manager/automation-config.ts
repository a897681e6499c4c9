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
/** Up to this, at random and growing, before merging anew: two who collided must not collide again. */
const JITTER_MS = 500;
/** Waits before each look after a write: a read may show for a moment what was before. */
const LOOKS_MS = [0, 250, 500, 1_000, 2_000, 4_000];

/** A change that somebody waits for. */
interface Pending {
  readonly change: Change;
  readonly resolve: (snapshot: Snapshot) => void;
  readonly reject: (error: unknown) => void;
}

/** Of the process, not of a plane: two planes with different keys may still write to the same project. */
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
  /** A change that travels with the next write, and is worth none of its own. */
  #alongside: Change | undefined;
  #queue: Pending[] = [];
  #draining = false;
  #listing: Promise<Snapshot> | undefined;
  #reading: Promise<Snapshot> | undefined;
  #lastVersion = 0;

  /** @param oneAtATime what keeps the writers of a process apart; a test that stands for two processes has two */
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

  /** The last version that this process knows to be saved: what Agents must have reached. */
  get lastVersion(): number {
    return this.#lastVersion;
  }

  /** The document, read once a run; after a write it is what the write has left. `fresh` reads it now. */
  read({ fresh = false }: { readonly fresh?: boolean } = {}): Promise<Snapshot> {
    if (fresh) return this.#readTogether();
    if (this.#listing !== undefined) return this.#listing;
    const listing = this.#readTogether();
    this.#listing = listing;
    // A failure is not remembered: the next one asks again.
    listing.catch(() => {
      if (this.#listing === listing) this.#listing = undefined;
    });
    return listing;
  }

  /**
   * Makes one change, together with those that others ask for at the same time. Answers with a document that shows it.
   *
   * @throws CloudManagerError with `sent` saying whether it may have taken effect; ConflictError where somebody else
   * wrote at the same time, an entry is there already, or is gone
   */
  change(change: Change): Promise<Snapshot> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ change, resolve, reject });
      this.#gathering.noteArrival();
      void this.#drain();
    });
  }

  /** Makes a change together with the next one that somebody waits for; none, where no other change is made. */
  alongside(change: Change): void {
    this.#alongside = change;
  }

  /**
   * Of all that was done in this run, what the document does not show any more: somebody who had read it before wrote
   * it back after we had looked. To be asked when the run ends.
   */
  async overwritten(): Promise<Change[]> {
    if (this.#done.size === 0) return [];
    const { text } = await this.#readCurrent({ look: true });
    return missing(text, [...this.#done.values()]);
  }

  /**
   * The same while the run goes on, and what is gone is merged anew, as right after a write. No write of ours is under
   * way meanwhile, or what is about to be changed again would count as lost.
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

  /** Read, merge, replace, look; again for what was lost. Settles every change of the batch, or throws for all. */
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

  /** Throws errors that neither a verification nor a retry can cure. */
  async #send(document: string): Promise<Outcome> {
    try {
      const version = await this.#server.replace(this.projectId, document);
      // From now on an older document is one that lags: merged into that one, our changes would undo what came between.
      this.#lastVersion = Math.max(this.#lastVersion, version ?? 0);
      return { version, trouble: undefined };
    } catch (error) {
      if (!isRefused(error) && !mayPass(error)) throw error;
      return { version: undefined, trouble: error };
    }
  }

  /** Looks what a write has done, and settles what shows. Answers with what does not. */
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
   * The server refuses a document as a whole and does not say for which entry. So each half of the changes is sent by
   * itself, until a refused one stands alone.
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

  /** A read that shows less than what this process has seen saved is behind; it is repeated. */
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

  /** The document once it shows the write, or once it cannot be expected to any more. */
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
      // At that version or a later one it shows what it will show: somebody else has written over ours.
      if (least !== undefined && (after.version ?? 0) >= least) break;
      // Not sent, for certain: there is nothing to wait for.
      if (isUnsent(trouble)) break;
    }
    return this.#saw(after);
  }

  #saw(snapshot: Snapshot): Snapshot {
    this.#lastVersion = Math.max(this.#lastVersion, snapshot.version ?? 0);
    this.#listing = Promise.resolve(snapshot);
    return snapshot;
  }

  /** All of these have what they asked for. Of other people's versions that were overwritten one of them must tell. */
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

  /** All who ask while one reads get what that one gets; if a write of ours overtakes it, it reads again. */
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
      phrase`${operationOf(change, this.projectId)}: somebody else saves this automation config at the same time, and ${entryOf(change)} was lost ${MERGES} times${besides(past)}\n  fix  Find out who else manages this project (another ${stack}, another tool, the console), then run again.`,
      { sent: "maybe" },
    );
  }

  /** One failure may be that of many changes: each is told it in its own name. */
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

/** The version that a document was saved as, if the server said so; or why it is not known whether it was. */
interface Outcome {
  readonly version: number | undefined;
  readonly trouble: unknown;
}

/** The read before the next write is one more look at the one before. */
function recall(past: Past, now: Snapshot, changes: readonly Change[]): void {
  if (past.unseen === undefined) return;
  const shown = missing(now.text, changes).length < changes.length;
  past.overwritten.push(...overwrittenBy(past.unseen, undefined, now.version, shown));
  past.unseen = undefined;
}

/** A version that somebody else saved between our read and our write; it may also have come just after. */
interface Overwritten {
  readonly version: number;
  readonly certain: boolean;
}

/**
 * @param before the document of the read
 * @param ours the one that our write was saved as, if the server said so
 * @param after the one that a look has shown, and whether it showed our write: if not, ours was an earlier one
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
  return `somebody else saved the automation config at the same moment, and ours ${took} the place of ${which}: what was changed there ${lost} lost`;
}

function besides({ overwritten }: Past): string {
  return overwritten.length === 0 ? "" : `\n  note besides, ${told(overwritten)}`;
}

/** The server has judged what was sent, and will not take it. */
function isRefused(error: unknown): error is CloudManagerError {
  return error instanceof CloudManagerError && [400, 409, 413, 422].includes(error.status ?? 0);
}

/** Whether to look, and to send again if it is not there: the answer was lost, or the server was busy. */
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
