import { isUnknown } from "../../../schema/unknown.ts";
import type { Props } from "../../resources/definition.ts";

type Path = readonly (string | number)[];

/** One changed property, in the words of Pulumi's `PropertyDiff.Kind`. */
export interface PropertyChange {
  readonly path: Path;
  readonly kind: "ADD" | "UPDATE" | "DELETE";
}

/** Returns the properties in which the inputs differ from those of the last run. */
export function changesBetween(olds: Props, news: Props): PropertyChange[] {
  return changesIn(olds, news, []);
}

function changesIn(old: unknown, now: unknown, path: Path): PropertyChange[] {
  if (isUnknown(now)) return [{ path, kind: "UPDATE" }];
  if (Array.isArray(old) && Array.isArray(now)) {
    const length = Math.max(old.length, now.length);
    return Array.from({ length }, (_, index) => changeAt(old[index], now[index], [...path, index])).flat();
  }
  if (isObject(old) && isObject(now)) {
    const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((key) => !key.startsWith("__"));
    return keys.flatMap((key) => changeAt(old[key], now[key], [...path, key]));
  }
  return old === now ? [] : [{ path, kind: "UPDATE" }];
}

function changeAt(old: unknown, now: unknown, path: Path): PropertyChange[] {
  if ((old ?? undefined) === undefined) return (now ?? undefined) === undefined ? [] : [{ path, kind: "ADD" }];
  return (now ?? undefined) === undefined ? [{ path, kind: "DELETE" }] : changesIn(old, now, path);
}

function isObject(value: unknown): value is Props {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A path as Pulumi writes it: `tokens["a DBA"].expect.roles[0]`. */
export function pathText(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      if (/^[A-Za-z_]\w*$/.test(part)) return index === 0 ? part : `.${part}`;
      return `[${JSON.stringify(part)}]`;
    })
    .join("");
}
