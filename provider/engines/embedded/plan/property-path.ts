/** Paths into properties, as `ignoreChanges` has them: `a.b[0]["c d"].*`. */

import type { PropertyMap, PropertyValue } from "../events.ts";
import { isSecret, makeSecret, secretValue } from "../state/values.ts";

const WILDCARD = "*";
const SEGMENT = /\.?([^.[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\[(\*)\]/gy;

type Segment = string | number;

function parsePath(path: string): Segment[] | undefined {
  const segments: Segment[] = [];
  let end = 0;
  for (const match of path.matchAll(SEGMENT)) {
    const [text, name, index, quoted, wildcard] = match;
    end = match.index + text.length;
    segments.push(index !== undefined ? Number(index) : (name ?? wildcard ?? quoted?.replaceAll(/\\(.)/g, "$1") ?? ""));
  }
  return end === path.length && segments.length > 0 ? segments : undefined;
}

interface Opened {
  readonly value: PropertyValue | undefined;
  readonly secret: boolean;
}

function opened(value: PropertyValue | undefined, secret: boolean): Opened {
  return isSecret(value) ? opened(secretValue(value), true) : { value, secret };
}

function asObject(value: PropertyValue | undefined): PropertyMap | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
}

function asArray(value: PropertyValue | undefined): PropertyValue[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** Puts what the old side has at a path into the new side; false when the path cannot be followed. Changes `news`. */
function reset(path: readonly Segment[], olds: Opened, news: Opened): boolean {
  const [segment, ...rest] = path;
  if (segment === undefined) {
    return false;
  }
  const old = opened(olds.value, olds.secret);
  const target = opened(news.value, news.secret);
  const carried = (value: PropertyValue): PropertyValue => (old.secret && !target.secret ? makeSecret(value) : value);
  const descend = (a: PropertyValue | undefined, b: PropertyValue | undefined): boolean =>
    reset(rest, { value: a, secret: old.secret }, { value: b, secret: target.secret });
  if (typeof segment === "number") {
    return resetIndex(segment, rest.length === 0, asArray(old.value), asArray(target.value), carried, descend);
  }
  if (segment === WILDCARD) {
    return resetAll(rest.length === 0, old.value, target.value, carried, descend);
  }
  return resetKey(segment, rest.length === 0, asObject(old.value), asObject(target.value), carried, descend);
}

type Carry = (value: PropertyValue) => PropertyValue;
type Descend = (old: PropertyValue | undefined, target: PropertyValue | undefined) => boolean;

function resetIndex(
  index: number,
  isLeaf: boolean,
  old: PropertyValue[] | undefined,
  target: PropertyValue[] | undefined,
  carried: Carry,
  descend: Descend,
): boolean {
  if (old === undefined || target === undefined) {
    return old === target;
  }
  const value = old[index];
  if (value === undefined || index >= target.length) {
    // An array's length is never changed: in neither of them is the same as equal.
    return isLeaf && value === undefined && index >= target.length;
  }
  if (!isLeaf) {
    return descend(value, target[index]);
  }
  target[index] = carried(value);
  return true;
}

function resetKey(
  key: string,
  isLeaf: boolean,
  old: PropertyMap | undefined,
  target: PropertyMap | undefined,
  carried: Carry,
  descend: Descend,
): boolean {
  const value = old?.[key];
  if (isLeaf) {
    if (value === undefined) {
      delete target?.[key];
      return true;
    }
    if (target === undefined) {
      return false;
    }
    target[key] = carried(value);
    return true;
  }
  if (old === undefined || target === undefined) {
    return old === target;
  }
  const inner = target[key];
  if (inner === undefined) {
    return value === undefined;
  }
  return descend(value, inner);
}

function resetAll(
  isLeaf: boolean,
  old: PropertyValue | undefined,
  target: PropertyValue | undefined,
  carried: Carry,
  descend: Descend,
): boolean {
  const oldObject = asObject(old);
  const targetObject = asObject(target);
  const oldArray = asArray(old);
  const targetArray = asArray(target);
  if (targetObject !== undefined && (oldObject !== undefined || isLeaf)) {
    const keys = new Set([...Object.keys(oldObject ?? targetObject), ...(isLeaf ? Object.keys(targetObject) : [])]);
    return [...keys].every(
      (key) => oldObject === undefined || resetKeyOrDescend(key, isLeaf, oldObject, targetObject, carried, descend),
    );
  }
  if (targetArray !== undefined && (oldArray !== undefined || isLeaf)) {
    const both = Math.min(oldArray?.length ?? 0, targetArray.length);
    for (let index = 0; index < both; index++) {
      if (!resetIndex(index, isLeaf, oldArray, targetArray, carried, descend)) {
        return false;
      }
    }
    return oldArray === undefined || oldArray.length === targetArray.length;
  }
  return false;
}

function resetKeyOrDescend(
  key: string,
  isLeaf: boolean,
  old: PropertyMap,
  target: PropertyMap,
  carried: Carry,
  descend: Descend,
): boolean {
  if (!isLeaf && (old[key] === undefined || target[key] === undefined)) {
    return false;
  }
  return resetKey(key, isLeaf, old, target, carried, descend);
}

/** The inputs with every ignored property put back to what it was, and the paths that could not be followed. */
export function ignoreChanges(
  inputs: PropertyMap,
  oldInputs: PropertyMap,
  paths: readonly string[],
): { inputs: PropertyMap; invalid: string[] } {
  if (paths.length === 0) {
    return { inputs, invalid: [] };
  }
  const changed = structuredClone(inputs);
  const invalid = paths.filter((text) => {
    const path = parsePath(text);
    return (
      path !== undefined &&
      !reset(path, { value: structuredClone(oldInputs), secret: false }, { value: changed, secret: false })
    );
  });
  return { inputs: changed, invalid };
}
