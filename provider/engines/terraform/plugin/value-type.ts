/** The types of values, as a schema implies them. */

import type { Attribute, AttributePath, Attributes, AttributeType, Block } from "../protocol.ts";

export type ValueType =
  | "string"
  | "number"
  | "bool"
  | { readonly kind: "list" | "set" | "map"; readonly of: ValueType }
  /** Terraform sends it and refuses to get it back. */
  | { readonly kind: "writeOnly"; readonly of: ValueType }
  | ObjectType;

export interface ObjectType {
  readonly kind: "object";
  readonly attributes: Readonly<Record<string, ValueType>>;
}

/** Of a whole resource, data source or provider configuration. */
export function typeOfBlock({ attributes }: Block): ObjectType {
  return objectOf(attributes);
}

function objectOf(attributes: Attributes): ObjectType {
  const types = Object.entries(attributes).map(([name, attribute]): [string, ValueType] => {
    const of = typeOfAttribute(name, attribute);
    return [name, attribute.writeOnly ? { kind: "writeOnly", of } : of];
  });
  return { kind: "object", attributes: Object.fromEntries(types) };
}

function typeOfAttribute(name: string, { type, nested }: Attribute): ValueType {
  if (type !== undefined) return typeOf(type);
  if (nested === undefined) throw new Error(`the attribute "${name}" of the schema has no type`);
  const object = objectOf(nested.attributes);
  return nested.nesting === "single" ? object : { kind: nested.nesting, of: object };
}

function typeOf(type: AttributeType): ValueType {
  if (typeof type === "string") return type;
  const [kind, of] = type;
  if (kind !== "object") return { kind, of: typeOf(of) };
  return {
    kind,
    attributes: Object.fromEntries(Object.entries(of).map(([name, each]) => [name, typeOf(each)])),
  };
}

type PathStep = { attributeName: string } | { elementKeyString: string } | { elementKeyInt: number };

/**
 * The path in the words of the protocol, which tells attributes from keys of maps. It ends where it leaves the schema
 * and at a set, into which no path can point: Terraform then marks the part that remains.
 */
export function pathSteps(type: ValueType, path: AttributePath): PathStep[] {
  const [first, ...rest] = path;
  if (first === undefined || typeof type === "string" || type.kind === "set") return [];
  if (type.kind === "writeOnly") return pathSteps(type.of, path);
  if (type.kind === "object") {
    const of = Object.hasOwn(type.attributes, first) ? type.attributes[first] : undefined;
    return of === undefined ? [] : [{ attributeName: String(first) }, ...pathSteps(of, rest)];
  }
  if (type.kind === "map") return [{ elementKeyString: String(first) }, ...pathSteps(type.of, rest)];
  return Number.isInteger(Number(first)) ? [{ elementKeyInt: Number(first) }, ...pathSteps(type.of, rest)] : [];
}
