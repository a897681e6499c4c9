import type { RunEntries } from "./run-entries.ts";

interface Told {
  readonly topic: string;
  readonly told: true;
}

export type ToldEntry = Told;

/**
 * The warnings of one run. Terraform validates a configuration, plans it and applies it in processes of their own, and
 * prints what each of them reports. Values of variables are known from the plan on.
 */
export class ToldWarnings {
  readonly #entries: RunEntries<ToldEntry>;
  readonly #own = new Map<string, number>();

  constructor(entries: RunEntries<ToldEntry>) {
    this.#entries = entries;
  }

  /** Whether no earlier process of the run has reported this warning as often as this one would by now. */
  isNew(text: string): boolean {
    const count = (this.#own.get(text) ?? 0) + 1;
    this.#own.set(text, count);
    if (count <= this.#entries.others(text).length) return false;
    this.#entries.add({ topic: text, told: true });
    return true;
  }
}
