import { printable, printableJson } from "../printable.ts";

/** Prints values as TypeScript, formatted as formatters do. Text from outside stays data: it is always a quoted literal. */

/** An expression that is printed as it is. Never made from text that others wrote. */
export class Expression {
  readonly code: string;
  constructor(code: string) {
    this.code = code;
  }
}

/** A call with one argument. The callee is never made from text that others wrote. */
export class Call {
  readonly callee: string;
  readonly argument: unknown;
  constructor(callee: string, argument: unknown) {
    this.callee = callee;
    this.argument = argument;
  }
}

/** An object literal whose properties are given as lines: `federationSettingsId`, `...preset({})`. */
export class ObjectLiteral {
  readonly entries: readonly Entry[];
  constructor(entries: readonly Entry[]) {
    this.entries = entries;
  }
}

interface Entry {
  /** Default: none, for a spread or a shorthand. */
  readonly key?: string;
  readonly value: unknown;
  /** A remark behind the entry. */
  readonly comment?: string | undefined;
}

const WIDTH = 120;

/** @param before the number of characters that stand before it in its line, @param after those that follow */
export function print(value: unknown, indent = 0, before = indent, after = 0): string {
  const flat = printFlat(value);
  if (flat !== undefined && before + flat.length + after <= WIDTH) return flat;
  if (value instanceof Call) {
    const head = `${value.callee}(`;
    if (typeof value.argument !== "object") {
      const inner = indent + 2;
      return `${head}\n${" ".repeat(inner)}${print(value.argument, inner)},\n${" ".repeat(indent)})`;
    }
    return `${head}${print(value.argument, indent, before + head.length, after + 1)})`;
  }
  const pad = " ".repeat(indent + 2);
  const end = " ".repeat(indent);
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    const items = value.map((item) => `${pad}${print(item, indent + 2, indent + 2, 1)},\n`);
    return `[\n${items.join("")}${end}]`;
  }
  if (typeof value === "object" && value !== null && !(value instanceof Expression)) {
    const lines = entriesOf(value).map((entry) => `${pad}${printEntry(entry, indent + 2)},${remark(entry.comment)}\n`);
    return lines.length === 0 ? "{}" : `{\n${lines.join("")}${end}}`;
  }
  return flat ?? "undefined";
}

function printEntry({ key, value }: Entry, indent: number): string {
  if (key === undefined) return print(value, indent, indent, 1);
  const head = `${printKey(key)}: `;
  // A text that is too long for the line begins the next one.
  if (typeof value === "string" && indent + head.length + text(value).length + 1 > WIDTH)
    return `${head.trimEnd()}\n${" ".repeat(indent + 2)}${text(value)}`;
  return `${head}${print(value, indent, indent + head.length, 1)}`;
}

/** On one line; `undefined` where remarks need several. */
function printFlat(value: unknown): string | undefined {
  if (value instanceof Expression) return value.code;
  if (value instanceof Call) {
    const argument = printFlat(value.argument);
    return argument === undefined ? undefined : `${value.callee}(${argument})`;
  }
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) {
    const items = value.map(printFlat);
    if (value.length > 1 && value.every(isRecord)) return undefined;
    return items.includes(undefined) ? undefined : `[${items.join(", ")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const entries = entriesOf(value);
    if (entries.length === 0) return "{}";
    const parts = entries.map(({ key, value: item, comment }) => {
      const flat = comment === undefined ? printFlat(item) : undefined;
      return flat === undefined || key === undefined ? flat : `${printKey(key)}: ${flat}`;
    });
    return parts.includes(undefined) ? undefined : `{ ${parts.join(", ")} }`;
  }
  return JSON.stringify(value);
}

/** Formatters give each record of a list its own line. */
function isRecord(value: unknown): boolean {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && !(value instanceof Expression) && entriesOf(value).length > 1;
}

function entriesOf(value: object): readonly Entry[] {
  return value instanceof ObjectLiteral
    ? value.entries
    : Object.entries(value).map(([key, item]) => ({ key, value: item }));
}

/** In the quotes that need fewer escapes. Control and bidirectional characters become escapes. */
function text(value: string): string {
  const double = printableJson(value);
  const doubles = value.split('"').length;
  if (doubles <= value.split("'").length) return double;
  return `'${double.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function printKey(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : text(key);
}

function remark(comment: string | undefined): string {
  return comment === undefined ? "" : ` // ${oneLine(comment)}`;
}

/** A text from outside as a comment: on one line, without characters that an editor would obey. */
export function oneLine(comment: string): string {
  return printable(comment);
}

const RESERVED = new Set(
  "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield".split(
    " ",
  ),
);

/** Gives names of the program to variables, each once. */
export class Identifiers {
  readonly #taken: Set<string>;

  /** @param taken names that the program has already */
  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set([...RESERVED, ...taken]);
  }

  /** `corp-entra` becomes `corpEntra`. */
  of(name: string): string {
    const base = name.replace(/-([a-z0-9])/g, (_, next: string) => next.toUpperCase());
    let found = base;
    for (let count = 2; this.#taken.has(found); count++) found = `${base}_${count}`;
    this.#taken.add(found);
    return found;
  }
}
