import type { z } from "zod";
import { grantedRoleSchema } from "../../../schema/roles.ts";

/** The type of an input as engines with a schema need it, derived from the zod schema of its field table. */
export type Shape =
  | { readonly kind: "number" | "bool" }
  /** With `values`, one of them. */
  | { readonly kind: "string"; readonly values?: readonly string[] }
  /** A boolean or a text. In HCL it is a text: `"true"` stands for `true`. */
  | { readonly kind: "words"; readonly words: ReadonlyMap<string, boolean> }
  /** A granted role: its text form, or an object where an engine has a type for either. */
  | { readonly kind: "role" }
  /** A list whose order means nothing: no server keeps it, and handlers compare without it. */
  | { readonly kind: "set"; readonly item: Shape }
  | { readonly kind: "map"; readonly item: Shape }
  | { readonly kind: "object"; readonly fields: readonly Field[] };

export interface Field {
  /** Its name for handlers: `issuerUri`. */
  readonly key: string;
  /** The same in snake case: `issuer_uri`. */
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
  readonly description: string;
}

/** The parts of zod's own description of a schema that shapes follow from. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly values?: readonly unknown[];
}

/** @throws Error for a type that no engine can have: a mistake in a field table, which any test finds */
function shapeOf(schema: z.ZodType): Shape {
  if (schema === grantedRoleSchema) return { kind: "role" };
  const definition = definitionOf(schema);
  const inner = definition.innerType ?? definition.in;
  if (inner !== undefined) return shapeOf(inner);
  switch (definition.type) {
    case "string":
    case "template_literal":
      return { kind: "string" };
    case "enum":
      return { kind: "string", values: (schema as z.ZodEnum).options.map(String) };
    case "boolean":
      return { kind: "bool" };
    case "number":
      return { kind: "number" };
    case "literal":
      return shapeOfLiterals(definition.values ?? []);
    case "array":
      return { kind: "set", item: shapeOf(definition.element!) };
    case "record":
      return { kind: "map", item: shapeOf(definition.valueType!) };
    case "object":
      return { kind: "object", fields: fieldsOf(schema as z.ZodObject) };
    case "union":
      return shapeOfUnion(definition.options ?? []);
    default:
      throw new Error(`a schema of type ${definition.type} has no shape`);
  }
}

/** Returns the shape of a schema that describes objects. */
export function objectShape(schema: z.ZodType): Extract<Shape, { readonly kind: "object" }> {
  const shape = shapeOf(schema);
  if (shape.kind !== "object") throw new Error("this schema describes no objects");
  return shape;
}

function fieldsOf(schema: z.ZodObject): readonly Field[] {
  return Object.entries(schema.shape as Record<string, z.ZodType>).map(([key, field]) => ({
    key,
    name: snakeCase(key),
    shape: shapeOf(field),
    required: !field.safeParse(undefined).success,
    description: descriptionOf(field),
  }));
}

function shapeOfLiterals(values: readonly unknown[]): Shape {
  return values.every((value) => typeof value === "boolean") ? { kind: "bool" } : { kind: "string" };
}

/** Scalars become a text. Objects become one with all of their fields; a field is required if each object has it. */
function shapeOfUnion(options: readonly z.ZodType[]): Shape {
  const shapes = options.map(shapeOf);
  const objects = shapes.filter((shape) => shape.kind === "object");
  if (objects.length === shapes.length) return { kind: "object", fields: merged(objects.map(({ fields }) => fields)) };
  if (objects.length > 0) throw new Error("a union of objects and others has no shape");
  if (shapes.every(({ kind }) => kind === "string")) return { kind: "string" };
  const words = options.flatMap((option, index) => (shapes[index]?.kind === "bool" ? booleansOf(option) : []));
  return { kind: "words", words: new Map(words.map((value) => [String(value), value])) };
}

function booleansOf(schema: z.ZodType): boolean[] {
  return [true, false].filter((value) => schema.safeParse(value).success);
}

function merged(options: readonly (readonly Field[])[]): Field[] {
  const all = new Map(options.flat().map((field) => [field.key, field]));
  return [...all.values()].map((field) => {
    const same = options.map((fields) => fields.find(({ key }) => key === field.key));
    return { ...field, required: same.every((other) => other?.required === true) };
  });
}

/** Returns the outermost description: `.optional()` hides the one below it. */
function descriptionOf(schema: z.ZodType): string {
  const { innerType } = definitionOf(schema);
  return schema.meta()?.description ?? (innerType === undefined ? "" : descriptionOf(innerType));
}

function definitionOf(schema: z.ZodType): Definition {
  return schema.def as Definition;
}

/** Returns the names that handlers have for fields, at any depth. */
export function keysOf(fields: readonly Field[]): Set<string> {
  return new Set(fields.flatMap(({ key, shape }) => [key, ...keysIn(shape)]));
}

function keysIn(shape: Shape): Set<string> {
  if (shape.kind === "set" || shape.kind === "map") return keysIn(shape.item);
  return shape.kind === "object" ? keysOf(shape.fields) : new Set();
}

/** Turns `issuerUri` into `issuer_uri`. */
export function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
