import { createHash } from "node:crypto";

/** Names for resources: made from names that others chose, unique, and the same in every import of the same objects. */

/** Longest part of a name that comes from one text. Longer texts are cut, and get a fingerprint. */
const PART_MAX = 48;

/** Letters and digits in lower case, joined by hyphens. Empty where the text holds none. */
export function slug(text: string): string {
  const words = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const joined = words
    .filter((word) => word !== "")
    .join("-")
    .slice(0, PART_MAX);
  return joined.endsWith("-") ? joined.slice(0, -1) : joined;
}

/** A text that must become part of a name, and the word that stands for it where it holds no letter or digit. */
export function slugOr(text: string, word: string): string {
  return slug(text) || word;
}

export interface Named {
  /** Tells the object from all others, for ever. */
  readonly id: string;
  /** Names from the shortest to the most exact. The first that no other object has is taken. */
  readonly names: readonly string[];
}

/**
 * Gives every object a name. Objects that would share a name all take their next, more exact one, and in the end a
 * fingerprint of their id, so that the order of the objects does not count.
 */
export function uniqueNames(objects: readonly Named[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  let open = objects.map((object) => ({ object, level: 0 }));
  while (open.length > 0) {
    const wanted = Map.groupBy(open, ({ object, level }) => nameAt(object, level));
    const next: typeof open = [];
    for (const [name, rivals] of wanted) {
      const [only] = rivals;
      if (only !== undefined && rivals.length === 1 && !taken.has(name)) {
        names.set(only.object.id, name);
        taken.add(name);
      } else next.push(...rivals.map(({ object, level }) => ({ object, level: level + 1 })));
    }
    // A name that was contested stays free, or the order of the objects would decide who gets it.
    for (const [name, rivals] of wanted) if (rivals.length > 1) taken.add(name);
    open = next;
  }
  return names;
}

function nameAt({ id, names }: Named, level: number): string {
  const base = names[Math.min(level, names.length - 1)] ?? "";
  const beyond = level - names.length + 1;
  const name = /^[a-z]/.test(base) ? base : `x-${base}`;
  return beyond <= 0 ? name : `${name}-${fingerprint(id).slice(0, 4 + 2 * beyond)}`;
}

function fingerprint(id: string): string {
  return createHash("sha256").update(id).digest("hex");
}
