import type { Kind } from "../rules/index.ts";
import { fingerprint } from "./state/compare.ts";

/** A hidden output of resources that a program reads by id, and does not manage. */
export const ONLY_READ = "__read";

/** A fingerprint, because parts of an id may be secret. */
export function objectKey(kind: Kind, id: string): string {
  return fingerprint(`${kind} ${id}`);
}
