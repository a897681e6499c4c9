import { type GrantedRoleInput, parseRole, roleText } from "../../../schema/roles.ts";
import { UNKNOWN as UNKNOWN_INPUT } from "../../../schema/unknown.ts";
import type { Props } from "../../resources/definition.ts";
import { TOKEN_MATERIALS } from "../shared/sample-tokens.ts";
import type { Field, Shape } from "../shared/shape.ts";
import { type ObjectValue, UNKNOWN, UnknownValue, type Value } from "./protocol.ts";

/** Values of Terraform and those of the handlers: other names, `null` for what is absent, another unknown. */

/** Converts a value of Terraform for the handlers. Null becomes `undefined`. */
export function fromTerraform(value: Value | undefined, shape: Shape): unknown {
  if (value === null || value === undefined) return undefined;
  if (value instanceof UnknownValue) return UNKNOWN_INPUT;
  switch (shape.kind) {
    case "words":
      return typeof value === "string" ? (shape.words.get(value) ?? value) : value;
    case "set":
      return items(value).map((item) => fromTerraform(item, shape.item));
    case "map":
      return mapValues(value, (item) => fromTerraform(item, shape.item));
    case "object":
      return propsOf(value as ObjectValue, shape.fields);
    default:
      return value;
  }
}

/** The inputs that an object of Terraform stands for. */
export function propsOf(value: ObjectValue, fields: readonly Field[]): Record<string, unknown> {
  const entries = fields.map(({ key, name, shape }) => [key, fromTerraform(value[name], shape)] as const);
  return Object.fromEntries(entries.filter(([, prop]) => prop !== undefined));
}

/** Converts a value of the handlers for Terraform. Objects have every attribute, as the protocol requires. */
export function toTerraform(prop: unknown, shape: Shape): Value {
  if (prop === undefined || prop === null) return null;
  if (prop === UNKNOWN_INPUT) return UNKNOWN;
  switch (shape.kind) {
    case "string":
    case "words":
      return String(prop);
    case "role":
      return textOfRole(prop as GrantedRoleInput);
    case "set":
      return items(prop).map((item) => toTerraform(item, shape.item));
    case "map":
      return mapValues(prop, (item) => toTerraform(item, shape.item));
    case "object":
      return objectOf(prop as Props, shape.fields);
    default:
      return prop as Value;
  }
}

export function objectOf(props: Props, fields: readonly Field[]): ObjectValue {
  return Object.fromEntries(fields.map(({ key, name, shape }) => [name, toTerraform(props[key], shape)]));
}

/**
 * A role whose names the text form cannot tell apart (`a.b` as a database) is read back as another one: it can be
 * shown, but not be declared here.
 */
function textOfRole(given: GrantedRoleInput): string {
  const role = parseRole(given);
  return typeof given === "string" || role === undefined ? String(given) : roleText(role);
}

function items(value: unknown): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

function mapValues<T>(value: unknown, each: (item: Value) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(value as Record<string, Value>).map(([key, item]) => [key, each(item)]));
}

/** Whether an unknown stands at any depth. */
export function holdsUnknown(value: Value | undefined): boolean {
  if (value instanceof UnknownValue) return true;
  if (Array.isArray(value)) return value.some(holdsUnknown);
  return typeof value === "object" && value !== null && Object.values(value as ObjectValue).some(holdsUnknown);
}

/** Without what must reach neither plan nor state: Terraform wants null there. */
export function withoutSecrets(value: Value, shape: Shape): Value {
  if (value === null || typeof value !== "object" || value instanceof UnknownValue) return value;
  switch (shape.kind) {
    case "set":
      return items(value).map((item) => withoutSecrets(item, shape.item));
    case "map":
      return mapValues(value, (item) => withoutSecrets(item, shape.item));
    case "object": {
      const attributes = value as ObjectValue;
      const entries = shape.fields.map(({ key, name, shape: part }) => [
        name,
        TOKEN_MATERIALS.has(key) ? null : withoutSecrets(attributes[name] ?? null, part),
      ]);
      return Object.fromEntries(entries);
    }
    default:
      return value;
  }
}
