/** Values between JavaScript and MessagePack, as Terraform writes it: by type, exact, with what is not known yet. */

import { decode, ExtData, encode } from "@msgpack/msgpack";
import { type ObjectValue, UNKNOWN, UnknownValue, type Value } from "../protocol.ts";
import type { ObjectType, ValueType } from "./value-type.ts";

/** The extension type of an unknown value of which nothing is known. Every other one says what is, and is unknown, too. */
const NOTHING_KNOWN = 0;
const DECIMAL = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** @throws Error if the bytes are no value of the type. */
export function decodeValue(type: ObjectType, bytes: Uint8Array): ObjectValue | null {
  return fromWire(type, decode(bytes, { useBigInt64: true }), "") as ObjectValue | null;
}

/** @throws Error that names the place, not the value, if the value is not of the type: a mistake of a handler. */
export function encodeValue(type: ObjectType, value: ObjectValue | null): Uint8Array {
  return encode(toWire(type, value, ""));
}

/**
 * State as it stands in the state file. Numbers are those of `Value`.
 *
 * @throws SyntaxError if it is no JSON.
 */
export function parseState(json: Uint8Array): unknown {
  return JSON.parse(Buffer.from(json).toString(), exactNumber);
}

/** As a reviver of `JSON.parse`, which hands over the digits since V8 11.4; TypeScript's library does not know it yet. */
function exactNumber(this: unknown, _key: string, value: unknown, context?: { source: string }): unknown {
  return typeof value === "number" && !Number.isSafeInteger(value) ? context?.source : value;
}

function fromWire(type: ValueType, raw: unknown, path: string): Value {
  if (raw === null || raw === undefined) return null;
  if (raw instanceof ExtData) return UNKNOWN;
  if (type === "number") return numberFromWire(raw, path);
  if (typeof type === "string") {
    if (typeof raw !== (type === "bool" ? "boolean" : type)) throw mismatch(path, type);
    return raw as string | boolean;
  }
  if (type.kind === "writeOnly") return fromWire(type.of, raw, path);
  if (type.kind === "list" || type.kind === "set") {
    if (!Array.isArray(raw)) throw mismatch(path, type.kind);
    return raw.map((item, index) => fromWire(type.of, item, `${path}[${index}]`));
  }
  if (typeof raw !== "object" || Array.isArray(raw)) throw mismatch(path, type.kind);
  const entries = type.kind === "object" ? namesOf(type, raw, path) : keysOf(type.of, raw);
  return Object.fromEntries(entries.map(([name, of, item]) => [name, fromWire(of, item, join(path, name))]));
}

function numberFromWire(raw: unknown, path: string): number | string {
  if (typeof raw === "string") return raw;
  if (typeof raw === "bigint") {
    const number = Number(raw);
    return Number.isSafeInteger(number) ? number : raw.toString();
  }
  if (typeof raw !== "number" || !Number.isFinite(raw)) throw mismatch(path, "number");
  return Number.isSafeInteger(raw) ? raw : exactDecimal(raw);
}

/** Not the shortest notation that reads as the same double: Terraform reads it with more bits than a double has. */
function exactDecimal(double: number): string {
  let [whole, places] = [Math.abs(double), 0];
  for (; !Number.isInteger(whole); places++) whole *= 2;
  // whole / 2^places is whole * 5^places / 10^places.
  const digits = (BigInt(whole) * 5n ** BigInt(places)).toString().padStart(places + 1, "0");
  const split = digits.length - places;
  const sign = double < 0 ? "-" : "";
  return places === 0 ? sign + digits : `${sign}${digits.slice(0, split)}.${digits.slice(split)}`;
}

function toWire(type: ValueType, value: Value | undefined, path: string): unknown {
  if (value === null || value === undefined || (typeof type === "object" && type.kind === "writeOnly")) return null;
  if (value instanceof UnknownValue) return new ExtData(NOTHING_KNOWN, Uint8Array.of(0));
  if (type === "number") return numberToWire(value, path);
  if (typeof type === "string") {
    if (typeof value !== (type === "bool" ? "boolean" : type)) throw mismatch(path, type);
    return value;
  }
  if (type.kind === "list" || type.kind === "set") {
    if (!Array.isArray(value)) throw mismatch(path, type.kind);
    return value.map((item, index) => toWire(type.of, item, `${path}[${index}]`));
  }
  if (typeof value !== "object" || Array.isArray(value)) throw mismatch(path, type.kind);
  const entries = type.kind === "object" ? namesOf(type, value, path) : keysOf(type.of, value);
  return Object.fromEntries(entries.map(([name, of, item]) => [name, toWire(of, item as Value, join(path, name))]));
}

/** Strings keep their digits. A double is never sent as one: 0.1 in a configuration is not the double 0.1. */
function numberToWire(value: Value, path: string): number | string {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  const digits = typeof value === "number" ? String(value) : value;
  if (typeof digits !== "string" || !DECIMAL.test(digits)) throw mismatch(path, "number");
  return digits;
}

type Entry = [name: string, type: ValueType, item: unknown];

/** Every attribute of the type, also those that the value leaves out. */
function namesOf({ attributes }: ObjectType, value: object, path: string): Entry[] {
  const stranger = Object.keys(value).find((name) => !Object.hasOwn(attributes, name));
  if (stranger !== undefined) throw new Error(`${join(path, stranger)} is no attribute of the schema`);
  return Object.entries(attributes).map(([name, of]) => [name, of, (value as Record<string, unknown>)[name]]);
}

function keysOf(of: ValueType, value: object): Entry[] {
  return Object.entries(value).map(([key, item]) => [key, of, item]);
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function mismatch(path: string, expected: string): Error {
  return new Error(`${path === "" ? "the value" : path} is no ${expected}, which its schema says it is`);
}
