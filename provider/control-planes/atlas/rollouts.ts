import type { Rollout } from "../control-plane.ts";
import { isPassing } from "../plane-error.ts";
import { PollPace } from "../poll-pace.ts";
import type { AtlasApi } from "./api.ts";

/** From the start of one round of questions to the next, by how many rounds whoever joined last has seen. */
const ROUNDS_MS = [250, 500, 1_000, 2_000, 4_000];
/** How soon somebody who joins during a longer wait is noticed. */
const SLICE_MS = 250;

interface Waiter {
  readonly since: number;
  readonly pending: Set<string>;
  rounds: number;
  readonly onProgress: ((rollout: Rollout) => void) | undefined;
  /** Ends the wait; with nothing more to say it answers with what is pending. */
  readonly end: (error?: unknown) => void;
}

/**
 * Those who wait for the clusters of one project. They share the questions: however many they are, each round asks each
 * cluster once, and only a round that began after somebody had joined tells him anything.
 */
export class Rollouts {
  readonly #api: AtlasApi;
  readonly #isApplied: (cluster: string) => Promise<boolean>;
  readonly #waiters = new Set<Waiter>();
  readonly #pace: PollPace;
  #running = false;
  #began = Number.NEGATIVE_INFINITY;

  /** @param isApplied asks a cluster; true as well for one that is no more */
  constructor(api: AtlasApi, isApplied: (cluster: string) => Promise<boolean>) {
    this.#api = api;
    this.#pace = new PollPace(api.clock);
    this.#isApplied = isApplied;
  }

  wait(
    clusters: readonly string[],
    { limitMs, onProgress }: { limitMs: number; onProgress?: (rollout: Rollout) => void },
  ): Promise<Rollout> {
    const { clock } = this.#api;
    const { promise, resolve, reject } = Promise.withResolvers<Rollout>();
    const waiter: Waiter = {
      since: clock.now(),
      pending: new Set(clusters),
      rounds: 0,
      onProgress,
      end: (error) => {
        if (!this.#waiters.delete(waiter)) return;
        cancelLimit();
        if (error === undefined) resolve(this.#rolloutOf(waiter));
        else reject(error);
      },
    };
    const cancelLimit = clock.limit(limitMs, waiter.end);
    this.#waiters.add(waiter);
    if (clusters.length === 0) waiter.end();
    else if (!this.#running) void this.#run();
    return promise;
  }

  #rolloutOf({ pending, since }: Waiter): Rollout {
    return { pending: [...pending].sort(), elapsedMs: this.#api.clock.now() - since };
  }

  /** Never rejects: what goes wrong goes to those who wait. */
  async #run(): Promise<void> {
    this.#running = true;
    // Waiters that join in the same tick take part in the first round.
    await Promise.resolve();
    while (this.#waiters.size > 0) {
      if (this.#api.aborted) {
        for (const waiter of [...this.#waiters]) waiter.end();
        break;
      }
      const rounds = Math.min(...[...this.#waiters].map((waiter) => waiter.rounds), ROUNDS_MS.length - 1);
      const left = Math.max(this.#began + ROUNDS_MS[rounds]! - this.#api.clock.now(), this.#pace.left);
      if (left > 0) await this.#api.pause(Math.min(left, SLICE_MS));
      else await this.#round([...this.#waiters]);
    }
    this.#running = false;
  }

  async #round(waiters: readonly Waiter[]): Promise<void> {
    this.#began = this.#api.clock.now();
    const clusters = new Set(waiters.flatMap(({ pending }) => [...pending]));
    try {
      await Promise.all([...clusters].map((cluster) => this.#ask(cluster, waiters)));
      if (waiters.some(({ pending }) => pending.size > 0)) this.#pace.notePending();
      for (const waiter of waiters) {
        waiter.rounds++;
        if (waiter.pending.size === 0) waiter.end();
        else if (this.#waiters.has(waiter)) waiter.onProgress?.(this.#rolloutOf(waiter));
      }
    } catch (error) {
      for (const waiter of waiters) waiter.end(error);
    }
  }

  async #ask(cluster: string, waiters: readonly Waiter[]): Promise<void> {
    try {
      if (!(await this.#isApplied(cluster))) return;
      for (const { pending } of waiters) pending.delete(cluster);
    } catch (error) {
      // The write is done, so a server in trouble is no news, and the next round asks again.
      if (!isPassing(error)) throw error;
    }
  }
}
