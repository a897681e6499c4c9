import type { z } from "zod";
import { AtlasError, badRequest } from "./errors.ts";

/** A guess: MongoDB's own documents nest 100 levels at most. */
const MAX_DEPTH = 200;

function isDeeperThan(limit: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return limit === 0 || Object.values(value).some((item) => isDeeperThan(limit - 1, item));
}

/** Parses a request's JSON: an object, or a refusal. */
export function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badRequest("MALFORMED_JSON", "Received JSON is malformed.");
  }
  if (isDeeperThan(MAX_DEPTH, value)) throw badRequest("MALFORMED_JSON", "Received JSON nests too deep.");
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw badRequest("INVALID_JSON", "Received JSON is not an object.");
  }
  return value as Record<string, unknown>;
}

/**
 * Checks a body against a schema. The codes are the API's own; which of them it gives for what is partly a guess:
 * an unknown attribute, a missing one, a wrong type or a wrong value is refused one at a time, the first first.
 */
export function validBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const attribute = issue.path.join(".");
  // Seen of a role in a list: the attribute's own name, without where it is missing.
  if (valueAt(body, issue.path) === undefined) throw missingAttribute(String(issue.path.at(-1)));
  switch (issue.code) {
    case "unrecognized_keys":
      throw badRequest("INVALID_ATTRIBUTE", `Invalid attribute ${issue.keys[0]} specified.`, issue.keys[0]);
    case "invalid_value":
      throw badRequest(
        "INVALID_ENUM_VALUE",
        `An invalid enumeration value ${JSON.stringify(valueAt(body, issue.path))} was specified.`,
        attribute,
      );
    case "too_big":
    case "too_small":
    case "invalid_format":
      throw validationError(attribute, issue.message);
  }
  throw badRequest("INVALID_ATTRIBUTE", `Invalid attribute ${attribute} specified.`, attribute);
}

/** Refuses what only the server sets. A guess: the real API may ignore what it does not take back. */
export function refuseReadOnly(body: unknown, attributes: readonly string[]): void {
  const readOnly = attributes.find((attribute) => attribute in (body as object));
  if (readOnly === undefined) return;
  const detail = `The attribute ${readOnly} is read-only and cannot be changed by the user.`;
  throw badRequest("ATTRIBUTE_READ_ONLY", detail, readOnly);
}

export function validationError(field: string, description: string): AtlasError {
  return new AtlasError(400, "VALIDATION_ERROR", `${field}: ${description}`, { fields: [{ field, description }] });
}

export function missingAttribute(attribute: string): AtlasError {
  return badRequest("MISSING_ATTRIBUTE", `The required attribute ${attribute} was not specified.`, attribute);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
}
