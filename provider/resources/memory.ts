import { DECLARED_AS } from "../../schema/hidden.ts";
import { fingerprint } from "./compare.ts";
import type { Props } from "./definition.ts";

/**
 * What the handlers of one run tell each other: a provider process never sees the state, so what `diff` has learnt of
 * it (these objects belong to the stack, that one is on its way out) is all that `check` can know.
 */
export class RunMemory {
  readonly #owned = new Set<string>();
  readonly #leaving = new Set<string>();
  readonly #told = new Set<string>();
  readonly #names = new Map<string, string>();

  /** `diff` was asked for this object, so it is in the state of this stack. */
  own(id: string): void {
    this.#owned.add(id);
  }

  owns(id: string): boolean {
    return this.#owned.has(id);
  }

  /** `diff` has decided that this object is replaced, or this membership swapped for another. */
  leave(id: string): void {
    this.#leaving.add(id);
  }

  leaves(id: string): boolean {
    return this.#leaving.has(id);
  }

  /** Whether this is the first time: a run asks `diff` several times for one resource, and a user reads it once. */
  firstTime(topic: string): boolean {
    if (this.#told.has(topic)) return false;
    this.#told.add(topic);
    return true;
  }

  /**
   * The name that a program gave a resource comes to `check` only, as a hidden input which must not reach the state.
   * The calls that follow bring the very inputs that `check` answered, so they are what it is found by.
   */
  name(kind: string, inputs: Props, name: string): void {
    this.#names.set(`${kind} ${fingerprint(visible(inputs))}`, name);
  }

  nameOf(kind: string, inputs: Props): string | undefined {
    return this.#names.get(`${kind} ${fingerprint(visible(inputs))}`);
  }
}

/**
 * Without what is hidden: keys that begin with `__` are between mongofed's parts, or between Pulumi's, and no input.
 */
export function visible(props: Props): Record<string, unknown> {
  const entries = Object.entries(props).filter(
    ([key, value]) => !key.startsWith("__") && value !== undefined && value !== null,
  );
  return Object.fromEntries(entries);
}

/** The name of the resource in the program, if the program side sent it along. */
export function hiddenName(props: Props): string | undefined {
  const name = props[DECLARED_AS];
  return typeof name === "string" ? name : undefined;
}
