import type { AutomationConfigServer } from "./api.ts";

/**
 * Where nobody knows of further changes, a batch leaves when none has come for the first time, and after the second at the
 * latest. An engine with sixteen operations at once sends them within a few milliseconds, and the next sixteen only when
 * those have ended.
 */
const QUIET_MS = 50;
const GATHER_MS = 1_000;
/**
 * Where more changes are known to come, a batch waits a multiple of the time that they took so far: an engine writes its
 * state between two calls.
 */
const PATIENCE = 4;
const PATIENT_MS = { least: 200, most: 1_000, whole: 10_000 } as const;
const SLICE_MS = 10;
/** A longer silence was no write of the engine's state. */
const PAUSE_MS = 2_000;

type Server = Pick<AutomationConfigServer, "clock" | "aborted" | "pause">;

/** Gathers changes of one project, so that they travel together. */
export class Gathering {
  readonly #server: Server;
  readonly #mayCome: () => boolean | undefined;
  /** The time between two changes, the longer ones of late. */
  #gapMs = 0;
  #gaveUp = false;
  /** How many batches in a row have waited in vain. */
  #vain = 0;
  #latest: number | undefined;

  /** @param mayCome whether another change may come; `undefined` where that is not known */
  constructor(server: Server, mayCome: () => boolean | undefined) {
    this.#server = server;
    this.#mayCome = mayCome;
  }

  /** A change has come. */
  noteArrival(): void {
    const now = this.#server.clock.now();
    const gap = this.#latest === undefined ? 0 : now - this.#latest;
    if (gap < PAUSE_MS) this.#gapMs = Math.max(gap, this.#gapMs * 0.9);
    this.#latest = now;
  }

  /**
   * A batch has ended, so its callers may ask for the next changes.
   *
   * @param waiting how many changes have come meanwhile
   */
  noteEnd(waiting: number): void {
    // Those that were expected in vain depend on the batch that has just ended.
    this.#vain = this.#gaveUp && waiting === 0 ? this.#vain + 1 : 0;
    this.#latest = this.#server.clock.now();
  }

  /** Waits until the batch is worth a write. */
  async wait(count: () => number): Promise<void> {
    const knows = this.#mayCome() !== undefined;
    const quietMs = knows ? this.#quietMs : QUIET_MS;
    const sliceMs = knows ? SLICE_MS : QUIET_MS;
    const most = knows ? PATIENT_MS.whole : GATHER_MS;
    let quiet = 0;
    this.#gaveUp = false;
    for (let waited = 0; this.#mayCome() !== false; waited += sliceMs) {
      this.#gaveUp = quiet >= quietMs || waited >= most || this.#server.aborted;
      if (this.#gaveUp) return;
      const before = count();
      await this.#server.pause(sliceMs);
      quiet = count() > before ? 0 : quiet + sliceMs;
    }
  }

  /** A batch that follows one that has waited in vain waits for half the time. */
  get #quietMs(): number {
    const patient = Math.min(Math.max(PATIENCE * this.#gapMs, PATIENT_MS.least), PATIENT_MS.most);
    return Math.max(patient / 2 ** this.#vain, QUIET_MS);
  }
}
