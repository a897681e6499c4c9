import { z } from "zod";
import { type PlaneKind, productsOf } from "./plane.ts";

/** One input of a resource. Types, schemas, documentation and the lists of settings are derived from it. */
export interface Field {
  /** Optional only where the input is optional wherever it applies. */
  readonly schema: z.ZodType;
  /** Sentences for every engine. Inputs and resources stand in code spans: an engine may call them by other names. */
  readonly description: string;
  /** A sentence that holds in Pulumi programs alone. */
  readonly inPrograms?: string;
  readonly example?: unknown;
  /** The default in words, where the schema has none. */
  readonly default?: string;
  /** The only control plane that has it. */
  readonly plane?: PlaneKind;
  /** It applies only where another input has this value. */
  readonly when?: Readonly<Record<string, string>>;
  /** Whether a change replaces the resource: always, or on one control plane. */
  readonly replaces?: true | PlaneKind;
  /** A sentence that says where a user finds the value. */
  readonly where?: string;
  /** The name on a control plane, where it differs. */
  readonly wire?: Readonly<Partial<Record<PlaneKind, string>>>;
  /** An instruction to mongofed: no control plane stores it. */
  readonly local?: true;
  /** Known when the program is written: never an output. */
  readonly plain?: true;
}
export type Fields = Readonly<Record<string, Field>>;

type Conditional = { readonly plane: PlaneKind } | { readonly when: object };
type Optional<S extends z.ZodType> = S extends z.ZodOptional | z.ZodDefault ? S : z.ZodOptional<S>;
type Shape<T extends Fields> = {
  -readonly [K in keyof T]: T[K] extends Conditional ? Optional<T[K]["schema"]> : T[K]["schema"];
};

/** Keeps the literal types of a table. */
export function defineFields<const T extends Fields>(fields: T): T {
  return fields;
}

/**
 * The schema of all inputs, each by itself. An input with a condition is optional here, because a schema can only say
 * "unrecognized key": the rules report in their own words an input that is missing or that does not apply.
 */
export function shapeOf<T extends Fields>(fields: T): z.ZodObject<Shape<T>, z.core.$strict> {
  const entries = Object.entries(fields).map(([key, field]) => {
    const { schema, example } = field;
    const conditional = field.plane !== undefined || field.when !== undefined;
    const described = conditional && isRequired(schema) ? schema.optional() : schema;
    const examples = example === undefined ? {} : { examples: [example] };
    return [key, described.meta({ description: textOf(field), ...examples })] as const;
  });
  return z.strictObject(Object.fromEntries(entries)) as unknown as z.ZodObject<Shape<T>, z.core.$strict>;
}

export function isRequired(schema: z.ZodType): boolean {
  return !schema.safeParse(undefined).success;
}

/** The inputs that a control plane stores and that can change. */
type Setting<T extends Fields> = {
  [K in keyof T]: T[K] extends { readonly local: true } | { readonly replaces: true } ? never : K;
}[keyof T] &
  string;

/** The values of the settings on a control plane. One that is left out means none, or its default. */
export type Settings<T extends Fields> = Values<T, Exclude<Setting<T>, WithoutValue<T>>> &
  Partial<Values<T, WithoutValue<T>>>;
type Values<T extends Fields, K extends keyof T> = { readonly [Key in K]: AsReadonly<z.output<Shape<T>[Key]>> };
type WithoutValue<T extends Fields> = {
  [K in Setting<T>]: undefined extends z.output<Shape<T>[K]> ? K : never;
}[Setting<T>];
type AsReadonly<T> = T extends readonly (infer Item)[] ? readonly Item[] : T;

/** The settings that change in place: on any control plane, or on the given one. */
export function settingsOf<T extends Fields>(fields: T, plane?: PlaneKind): readonly Setting<T>[] {
  return Object.entries(fields)
    .filter(([, field]) => !field.local && field.replaces !== true)
    .filter(([, field]) => plane === undefined || (field.replaces !== plane && (field.plane ?? plane) === plane))
    .map(([key]) => key as Setting<T>);
}

/** The settings that exist on one control plane alone. */
export function settingsOnlyOn<T extends Fields>(fields: T, plane: PlaneKind): readonly Setting<T>[] {
  return settingsOf(fields).filter((key) => fields[key]?.plane === plane);
}

/** The inputs that no control plane stores. */
export function localInputs(fields: Fields): readonly string[] {
  return Object.keys(fields).filter((key) => fields[key]?.local);
}

/** The text of an input: what it is, where it applies, where to find it, and the effect of a change. */
export function textOf(field: Field, engine: "any" | "programs" = "any"): string {
  const { description, inPrograms, where, replaces } = field;
  const byDefault = field.default ?? defaultOf(field.schema);
  return [
    ...planeConditions(field),
    description,
    ...(inPrograms === undefined || engine === "any" ? [] : [inPrograms]),
    ...inputConditions(field),
    ...(where === undefined ? [] : [where]),
    ...(replaces === undefined ? [] : [effectOf(replaces)]),
    ...(byDefault === undefined ? [] : [`Default: ${byDefault}.`]),
  ].join(" ");
}

/** The conditions under which an input applies, each as a sentence. */
export function conditionsOf(field: Field): string[] {
  return [...planeConditions(field), ...inputConditions(field)];
}

function planeConditions({ plane }: Field): string[] {
  return plane === undefined ? [] : [`${productsOf(plane)} only.`];
}

function inputConditions({ when = {} }: Field): string[] {
  return Object.entries(when).map(([input, value]) => `Only if \`${input}\` is \`${value}\`.`);
}

function effectOf(replaces: true | PlaneKind): string {
  if (replaces === true) return "Changing it replaces the resource.";
  return `On ${productsOf(replaces)}, changing it replaces the resource.`;
}

function defaultOf(schema: z.ZodType): string | undefined {
  if (!(schema instanceof z.ZodDefault)) return undefined;
  const value = schema.def.defaultValue;
  return Array.isArray(value) && value.length === 0 ? "none" : `\`${String(value)}\``;
}
