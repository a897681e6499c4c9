/** Computes the printed differences between two sets of properties. */

import type { PropertyMap, PropertyValue } from "../events.ts";
import { isHiddenKey, kindOf, sameValue } from "./values.ts";

export interface ValueDiff {
  readonly old: PropertyValue;
  readonly new: PropertyValue;
  /** Set when both are lists: by index. */
  readonly array?: Diff<number>;
  /** Set when both are objects: by key. */
  readonly object?: Diff<string>;
}

export interface Diff<Key> {
  readonly adds: Map<Key, PropertyValue>;
  readonly deletes: Map<Key, PropertyValue>;
  readonly updates: Map<Key, ValueDiff>;
  readonly sames: Map<Key, PropertyValue>;
}

/** All keys, sorted, those of unchanged properties too. */
export function keysOf(diff: Diff<string>): string[] {
  return [...diff.adds.keys(), ...diff.deletes.keys(), ...diff.updates.keys(), ...diff.sames.keys()].sort();
}

/** Undefined if nothing differs. Hidden keys are never compared; a property that is null counts as missing. */
export function diffMaps(old: PropertyMap, now: PropertyMap): Diff<string> | undefined {
  const diff: Diff<string> = { adds: new Map(), deletes: new Map(), updates: new Map(), sames: new Map() };
  for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
    if (isHiddenKey(key)) continue;
    const before = old[key] ?? null;
    const after = now[key] ?? null;
    const change = diffValues(before, after);
    if (change === undefined) diff.sames.set(key, before);
    else if (before === null) diff.adds.set(key, after);
    else if (after === null) diff.deletes.set(key, before);
    else diff.updates.set(key, change);
  }
  return changes(diff) ? diff : undefined;
}

export function diffValues(old: PropertyValue, now: PropertyValue): ValueDiff | undefined {
  const before = kindOf(old);
  const after = kindOf(now);
  if (before.is === "array" && after.is === "array") {
    const array = diffArrays(before.value, after.value);
    return array && { old, new: now, array };
  }
  if (before.is === "object" && after.is === "object") {
    const object = diffMaps(before.value, after.value);
    return object && { old, new: now, object };
  }
  return sameValue(old, now) ? undefined : { old, new: now };
}

/** By position, as Pulumi does it: an item put in front shows every later item as changed. */
function diffArrays(old: PropertyValue[], now: PropertyValue[]): Diff<number> | undefined {
  const diff: Diff<number> = { adds: new Map(), deletes: new Map(), updates: new Map(), sames: new Map() };
  for (let i = 0; i < Math.max(old.length, now.length); i++) {
    const before = old[i];
    const after = now[i];
    if (before === undefined) diff.adds.set(i, after ?? null);
    else if (after === undefined) diff.deletes.set(i, before);
    else {
      const change = diffValues(before, after);
      if (change === undefined) diff.sames.set(i, before);
      else diff.updates.set(i, change);
    }
  }
  return changes(diff) ? diff : undefined;
}

function changes<Key>(diff: Diff<Key>): boolean {
  return diff.adds.size + diff.deletes.size + diff.updates.size > 0;
}
