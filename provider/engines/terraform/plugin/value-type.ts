/** The types of values, as a schema implies them. */

import type { AttributePath, Attributes, AttributeType, Block, Nesting } from "../protocol.ts";

export type ValueType =
  | "string"
  | "number"
  | "bool"
  | { readonly kind: "list" | "set" | "map"; readonly of: ValueType; readonly neverNull?: true }
  | ObjectType;

export interface ObjectType {
  readonly kind: "object";
  readonly attributes: Readonly<Record<string, ValueType>>;
}

/** Of a whole resource, data source or provider configuration. */
export function typeOfBlock({ attributes, blocks = {} }: Block): ObjectType {
  const nested = Object.entries(blocks).map(([name, { block, nesting }]): [string, ValueType] => [
    name,
    // A block that nobody wrote is an empty collection: Terraform refuses a null there.
    nest(typeOfBlock(block), nesting, { neverNull: true }),
  ]);
  return { kind: "object", attributes: { ...typesOf(attributes), ...Object.fromEntries(nested) } };
}

function typesOf(attributes: Attributes): Record<string, ValueType> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { type, nested }]): [string, ValueType] => {
      if (type !== undefined) return [name, typeOf(type)];
      if (nested === undefined) throw new Error(`the attribute "${name}" of the schema has no type`);
      return [name, nest({ kind: "object", attributes: typesOf(nested.attributes) }, nested.nesting)];
    }),
  );
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

function nest(type: ObjectType, nesting: Nesting, flags: { neverNull?: true } = {}): ValueType {
  return nesting === "single" ? type : { kind: nesting, of: type, ...flags };
}

type PathStep = { attributeName: string } | { elementKeyString: string } | { elementKeyInt: number };

/**
 * The path in the words of the protocol, which tells attributes from keys of maps. It ends where it leaves the schema
 * and at a set, into which no path can point: Terraform then marks the part that remains.
 */
export function pathSteps(type: ValueType, path: AttributePath): PathStep[] {
  const [first, ...rest] = path;
  if (first === undefined || typeof type === "string" || type.kind === "set") return [];
  if (type.kind === "object") {
    const of = Object.hasOwn(type.attributes, first) ? type.attributes[first] : undefined;
    return of === undefined ? [] : [{ attributeName: String(first) }, ...pathSteps(of, rest)];
  }
  if (type.kind === "map") return [{ elementKeyString: String(first) }, ...pathSteps(type.of, rest)];
  return Number.isInteger(Number(first)) ? [{ elementKeyInt: Number(first) }, ...pathSteps(type.of, rest)] : [];
}
