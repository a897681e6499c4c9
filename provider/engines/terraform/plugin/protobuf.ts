/**
 * Protocol Buffers, driven by tables of fields: as much as plugin protocol 6 needs (all but `float`, `fixed` and signed
 * varints of less than zero).
 *
 * Of the libraries, protobufjs behind @grpc/proto-loader and google-protobuf alone take longer to load than everything
 * else that a provider does before its handshake, and Terraform starts it up to four times a command.
 */

type Scalar = "string" | "bytes" | "bool" | "int64";

/** @public The declaration file of `methods` names it. */
export interface Field {
  readonly id: number;
  readonly type: Scalar | Message | (() => Message);
  readonly many?: "list" | "map";
}

/** The fields of a message. In JavaScript it is a plain object; what is not set is left out. */
export type Message = Readonly<Record<string, Field>>;

type One<Type> = Type extends "string"
  ? string
  : Type extends "bytes"
    ? Uint8Array
    : Type extends "bool"
      ? boolean
      : Type extends "int64"
        ? number
        : Type extends Message
          ? Decoded<Type>
          : never;

/** A decoded message of a table. Absent nested messages are undefined, and other absent fields have their defaults. */
export type Decoded<Table extends Message> = {
  -readonly [Name in keyof Table]: Table[Name]["many"] extends "list"
    ? One<Table[Name]["type"]>[]
    : Table[Name]["many"] extends "map"
      ? Record<string, One<Table[Name]["type"]>>
      : Table[Name]["type"] extends Scalar
        ? One<Table[Name]["type"]>
        : One<Table[Name]["type"]> | undefined;
};

/** The input of an encoder. Absent fields are not sent. */
export type Encodable<Table extends Message> = {
  readonly [Name in keyof Table]?: Table[Name]["many"] extends "list"
    ? readonly Part<Table[Name]["type"]>[]
    : Table[Name]["many"] extends "map"
      ? Readonly<Record<string, Part<Table[Name]["type"]>>>
      : Part<Table[Name]["type"]> | undefined;
};
type Part<Type> = Type extends Message ? Encodable<Type> : Type extends Scalar ? One<Type> : object;

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

/** A map is a list of such entries. */
const entryOf = (type: Field["type"]): Message => ({ key: { id: 1, type: "string" }, value: { id: 2, type } });

const resolve = (type: Field["type"]) => (typeof type === "function" ? type() : type);

/** @throws Error if the value has a field that the table does not know: a mistake in this program. */
export function encode<Table extends Message>(message: Table, value: Encodable<Table>): Uint8Array {
  return write(message, value);
}

function write(message: Message, value: object): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [name, content] of Object.entries(value)) {
    const field = message[name];
    if (field === undefined) throw new Error(`no field "${name}" in a message of ${Object.keys(message)}`);
    if (content === undefined) continue;
    if (field.many === "list") for (const item of content as unknown[]) put(parts, field.id, field.type, item);
    else if (field.many === "map") {
      const entry = entryOf(field.type);
      for (const [key, item] of Object.entries(content as object)) put(parts, field.id, entry, { key, value: item });
    } else put(parts, field.id, field.type, content);
  }
  return Buffer.concat(parts);
}

/** Writes defaults too: in a `oneof`, index 0 is not the same as no index. */
function put(parts: Uint8Array[], id: number, fieldType: Field["type"], value: unknown): void {
  const type = resolve(fieldType);
  if (type === "bool" || type === "int64") {
    parts.push(varint(id * 8 + VARINT), varint(Number(value)));
    return;
  }
  const bytes =
    type === "string"
      ? Buffer.from(value as string)
      : type === "bytes"
        ? (value as Uint8Array)
        : write(type, value as object);
  parts.push(varint(id * 8 + BYTES), varint(bytes.length), bytes);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  // Division, since JavaScript shifts 32 bits only.
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Uint8Array.of(...bytes, rest);
}

/** @throws RangeError if the bytes end within a field. Fields that the table does not know are passed over. */
export function decode<Table extends Message>(message: Table, bytes: Uint8Array): Decoded<Table> {
  return read(message, bytes) as Decoded<Table>;
}

function read(message: Message, bytes: Uint8Array): Record<string, unknown> {
  const byId = fieldsById(message);
  const value = defaults(message);
  const reader = new Reader(bytes);
  while (!reader.atEnd) {
    const tag = reader.varint();
    const found = byId.get(Math.floor(tag / 8));
    const content = reader.content(tag % 8);
    if (found !== undefined) store(value, found.name, found.field, content);
  }
  return value;
}

const indexed = new WeakMap<Message, Map<number, { name: string; field: Field }>>();

function fieldsById(message: Message): Map<number, { name: string; field: Field }> {
  let fields = indexed.get(message);
  if (fields === undefined) {
    fields = new Map(Object.entries(message).map(([name, field]) => [field.id, { name, field }]));
    indexed.set(message, fields);
  }
  return fields;
}

function defaults(message: Message): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const [name, { type, many }] of Object.entries(message)) {
    if (many !== undefined) value[name] = many === "list" ? [] : {};
    else if (type === "string") value[name] = "";
    else if (type === "bytes") value[name] = new Uint8Array();
    else if (type === "bool") value[name] = false;
    else if (type === "int64") value[name] = 0;
  }
  return value;
}

function store(into: Record<string, unknown>, name: string, field: Field, content: number | Uint8Array): void {
  if (field.many === "list") (into[name] as unknown[]).push(scalar(field.type, content));
  else if (field.many === "map") {
    const { key, value } = read(entryOf(field.type), content as Uint8Array);
    Object.defineProperty(into[name], key as string, { value, enumerable: true, configurable: true, writable: true });
  } else into[name] = scalar(field.type, content);
}

function scalar(fieldType: Field["type"], content: number | Uint8Array): unknown {
  const type = resolve(fieldType);
  if (typeof content === "number") return type === "bool" ? content !== 0 : content;
  if (type === "string") return Buffer.from(content.buffer, content.byteOffset, content.length).toString();
  return type === "bytes" ? content : read(type as Message, content);
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Of integers beyond 2^53 only the leading 53 bits remain; the protocol has none. */
  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new RangeError("a message ends within a number");
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  content(wireType: number): number | Uint8Array {
    if (wireType === VARINT) return this.varint();
    if (wireType === BYTES) return this.#take(this.varint());
    if (wireType === FIXED_64) return this.#take(8);
    if (wireType === FIXED_32) return this.#take(4);
    throw new RangeError(`a message has a field of the unknown wire type ${wireType}`);
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError("a message ends within a field");
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }
}
