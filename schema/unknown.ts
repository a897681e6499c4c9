import type { z } from "zod";

/**
 * Represents a value that is unknown until apply. Pulumi's engine sends this text to a dynamic provider instead of an
 * unknown output (`UnknownStringValue` of the Pulumi SDKs).
 */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function isUnknown(value: unknown): boolean {
  return value === UNKNOWN;
}

/** Whether an unknown stands at any depth of `value`. */
export function containsUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  if (Array.isArray(value)) return value.some(containsUnknown);
  return typeof value === "object" && value !== null && Object.values(value).some(containsUnknown);
}

/**
 * The issues that a schema finds in a value of which parts may be unknown: what an unknown part causes is no issue,
 * it is checked again once it is known.
 */
export function knownIssues(schema: z.ZodType, value: unknown): z.core.$ZodIssue[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  return result.error.issues.filter(
    (issue) => issue.code === "unrecognized_keys" || !reachesUnknown(value, issue.path),
  );
}

function reachesUnknown(value: unknown, path: readonly PropertyKey[]): boolean {
  let at = value;
  for (const key of path) {
    if (isUnknown(at)) return true;
    at = typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined;
  }
  return containsUnknown(at);
}
