/** Classifies property values for display and comparison. */

import { isUnknown, UNKNOWN } from "../../../../schema/unknown.ts";
import type { PropertyMap, PropertyValue } from "../events.ts";

/** Pulumi marks special values with this key; its value says of which kind they are. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const RESOURCE_REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

type ObjectValue = { [key: string]: PropertyValue };

/** One value by its kind. A secret does not hold its value, so no output can print it. */
export type Kind =
  | { readonly is: "null" | "secret" | "unknown" }
  | { readonly is: "primitive"; readonly value: boolean | number | string }
  | { readonly is: "array"; readonly value: PropertyValue[] }
  | { readonly is: "object"; readonly value: ObjectValue };

export function kindOf(value: PropertyValue | undefined): Kind {
  if (value === null || value === undefined) return { is: "null" };
  if (isUnknown(value)) return { is: "unknown" };
  if (Array.isArray(value)) return { is: "array", value };
  if (typeof value !== "object") return { is: "primitive", value };
  switch (value[SIGNATURE]) {
    case undefined:
      return { is: "object", value };
    case SECRET:
      return { is: "secret" };
    case OUTPUT:
      if (value.secret === true) return { is: "secret" };
      return value.value === undefined ? { is: "unknown" } : kindOf(value.value);
    case RESOURCE_REFERENCE:
      return { is: "object", value: { URN: value.urn ?? null, ID: value.id ?? null } };
    default: {
      const { [SIGNATURE]: _, ...rest } = value;
      return { is: "object", value: rest };
    }
  }
}

/** Keys that are none of a user's business: `__provider` and its like. */
export function isHiddenKey(key: string): boolean {
  return key.startsWith("__");
}

/**
 * The equality of what is shown: a missing property equals null, and any two unknowns or secrets are equal. So a secret
 * that changed looks unchanged, as in the CLI: not even that much of it is told.
 */
export function sameValue(a: PropertyValue | undefined, b: PropertyValue | undefined): boolean {
  const left = kindOf(a);
  const right = kindOf(b);
  if (left.is !== right.is) return false;
  if (left.is === "array" && right.is === "array") {
    return left.value.length === right.value.length && left.value.every((item, i) => sameValue(item, right.value[i]));
  }
  if (left.is === "object" && right.is === "object") {
    const keys = new Set([...Object.keys(left.value), ...Object.keys(right.value)]);
    return [...keys].every((key) => sameValue(left.value[key], right.value[key]));
  }
  if (left.is === "primitive" && right.is === "primitive") return left.value === right.value;
  return true;
}

/**
 * The value for others to read: secrets as `[secret]`, hidden keys gone. An unknown stays the text that stands for it,
 * as in the CLI's JSON, unless a word is given.
 */
export function shownValue(value: PropertyValue | undefined, unknown: string = UNKNOWN): PropertyValue {
  const kind = kindOf(value);
  switch (kind.is) {
    case "null":
      return null;
    case "secret":
      return "[secret]";
    case "unknown":
      return unknown;
    case "primitive":
      return kind.value;
    case "array":
      return kind.value.map((item) => shownValue(item, unknown));
    case "object":
      return shownMap(kind.value, unknown);
  }
}

export function shownMap(map: PropertyMap, unknown: string = UNKNOWN): PropertyMap {
  const entries = Object.entries(map).filter(([key]) => !isHiddenKey(key));
  return Object.fromEntries(entries.map(([key, value]) => [key, shownValue(value, unknown)]));
}
