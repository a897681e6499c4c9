import type { VirtualClock } from "./clock.ts";
import type { State } from "./state.ts";

/** How many past states are kept for stale reads. They share what did not change, so they cost little. */
const KEPT_STATES = 1000;

/** The state, what it was before, and the one way to change it. */
export class StateStore {
  readonly #clock: VirtualClock;
  readonly #persist: (state: State) => void;
  #current: State;
  /** Past states, oldest first, each with the moment at which it was replaced. */
  #past: { until: number; state: State }[] = [];

  /** Calls `persist` with every new state before a client can read it. */
  constructor(initial: State, clock: VirtualClock, persist: (state: State) => void) {
    this.#current = initial;
    this.#clock = clock;
    this.#persist = persist;
  }

  get current(): State {
    return this.#current;
  }

  commit(change: (state: State) => State): void {
    const next = change(this.#current);
    if (next === this.#current) return;
    this.#persist(next);
    this.#past.push({ until: this.#clock.now(), state: this.#current });
    if (this.#past.length > KEPT_STATES) this.#past.shift();
    this.#current = next;
  }

  /** Replaces everything and forgets the past. */
  replace(state: State): void {
    this.#persist(state);
    this.#past = [];
    this.#current = state;
  }

  /** The state before the last change. */
  beforeLastChange(): State {
    return this.#past.at(-1)?.state ?? this.#current;
  }

  /** The state as it was at a moment of the emulator's clock. */
  asOf(moment: number): State {
    return this.#past.find(({ until }) => until > moment)?.state ?? this.#current;
  }
}
