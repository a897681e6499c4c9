import { isUnknown } from "../../schema/unknown.ts";

/** A text that is there and known. */
export function known(value: unknown): string | undefined {
  return typeof value === "string" && !isUnknown(value) ? value : undefined;
}
