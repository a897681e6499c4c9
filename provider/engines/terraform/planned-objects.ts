import type { Finding } from "../../../schema/finding.ts";
import { finding } from "../../rules/index.ts";
import type { RunEntries } from "./run-entries.ts";
import { HAND_OVER } from "./terms.ts";

/** The part of an object in a plan: at one address it may be held, created or destroyed. */
export interface PlannedUse {
  /** Its kind, and the id of its resource. */
  readonly topic: string;
  /** `takes-over`: a creation of an object that is in the state: Terraform replaces it, or forgets it elsewhere. */
  readonly use: "holds" | "creates" | "takes-over" | "destroys";
  /** Tells one address from another. */
  readonly address: string;
}

/** An object is destroyed, so that another address can create it. */
interface Gone {
  readonly topic: string;
  readonly use: "gone";
}

export type ObjectEntry = PlannedUse | Gone;

/**
 * The objects that a run plans to hold, create and destroy. Terraform asks for each address by itself, in any order, and
 * never names it. So whichever of two addresses comes second finds the other one here.
 */
export class PlannedObjects {
  readonly #entries: RunEntries<ObjectEntry>;
  readonly #own = new Map<string, ObjectEntry[]>();
  readonly #refused = new Set<string>();
  readonly #isOneWalk: boolean;
  #addresses = 0;

  /** @param isOneWalk whether all processes of the run serve the same walk, so that one that has ended counts too */
  constructor(entries: RunEntries<ObjectEntry>, isOneWalk: boolean) {
    this.#entries = entries;
    this.#isOneWalk = isOneWalk;
  }

  newAddress(): string {
    this.#addresses += 1;
    return `${process.pid}-${this.#addresses}`;
  }

  /** The object is refused already: one finding is enough, whichever address comes first. */
  refuse(topic: string): void {
    this.#refused.add(topic);
  }

  /** @returns FED221 if another address uses the object in a way that excludes this one */
  add(planned: PlannedUse, label: string): Finding[] {
    this.#enter(planned);
    if (this.#refused.has(planned.topic)) return [];
    const uses = this.#others(planned.topic).filter(
      (other) => other.address !== planned.address && excludes(planned, other),
    );
    if (uses.length === 0) return [];
    this.refuse(planned.topic);
    return [
      conflict(
        label,
        [planned, ...uses].some(({ use }) => use === "destroys"),
      ),
    ];
  }

  /** FED221 for a creation in an apply: names have become known that the plan did not know. */
  findingsOfCreation(topic: string, label: string): Finding[] {
    const isHeld = this.#others(topic).some(({ use }) => use === "holds");
    return isHeld ? [conflict(label, false)] : [];
  }

  /** FED221 for a deletion in an apply: names have become known that the plan did not know. */
  findingsOfDeletion(topic: string, label: string): Finding[] {
    const isDeclared = this.#others(topic).some(({ use }) => use !== "destroys");
    return isDeclared ? [conflict(label, true)] : [];
  }

  /** Whether the plan of this run has found a creation to take over an object of the state. */
  takesOver(topic: string): boolean {
    return this.#others(topic).some(({ use }) => use === "takes-over");
  }

  markGone(topic: string): void {
    this.#enter({ topic, use: "gone" });
  }

  #enter(entry: ObjectEntry): void {
    this.#own.set(entry.topic, [...(this.#own.get(entry.topic) ?? []), entry]);
    this.#entries.add(entry);
  }

  #others(topic: string): OtherUse[] {
    const own = (this.#own.get(topic) ?? []).map((entry) => ({ entry, isRunning: true }));
    const found = [...own, ...this.#entries.others(topic)];
    const isGone = found.some(({ entry }) => entry.use === "gone");
    return found.flatMap(({ entry, isRunning }) => {
      if (entry.use === "gone" || (entry.use === "destroys" && isGone)) return [];
      return [{ ...entry, isOfThisWalk: isRunning || this.#isOneWalk }];
    });
  }
}

interface OtherUse extends PlannedUse {
  readonly isOfThisWalk: boolean;
}

/**
 * An apply plans again what its plan has planned in a process that has ended, so that two declarations of it are one.
 * Of two creations in one process, other rules report the second.
 */
function excludes(planned: PlannedUse, other: OtherUse): boolean {
  const destroying = [planned, other].filter(({ use }) => use === "destroys").length;
  if (destroying > 0) return destroying === 1;
  if (!other.isOfThisWalk) return false;
  return (planned.use === "holds") !== (other.use === "holds") || !isOfThisProcess(other);
}

function isOfThisProcess({ address }: PlannedUse): boolean {
  return address.startsWith(`${process.pid}-`);
}

function conflict(label: string, destroys: boolean): Finding {
  return finding("FED221", {
    message: destroys
      ? `${label}: one address of this configuration would delete it, and another one declares it`
      : `${label}: two addresses of this configuration declare it`,
    why: "Terraform gives a provider no addresses and plans each one by itself. Apply could delete an object that the configuration declares.",
    fix: HAND_OVER,
  });
}
