/** Prints properties and their changes in the layout of `pulumi --diff`. */

import type { Paint } from "../../../terminal/color.ts";
import type { PropertyMap, PropertyValue, StepOp } from "../events.ts";
import { OPERATIONS } from "./operations.ts";
import { type Diff, keysOf, type ValueDiff } from "./property-diff.ts";
import { lineDiff } from "./text-diff.ts";
import { isHiddenKey, kindOf } from "./values.ts";

/** How the lines at one place are printed. Made anew for every deeper place; never changed. */
interface Place {
  /** In steps of four spaces. */
  readonly indent: number;
  readonly op: StepOp;
  /** Whether the operation's symbol stands in the last two columns of the indentation. */
  readonly marked: boolean;
}

type Title = (place: Place) => void;

export class PropertyPrinter {
  readonly #paint: Paint;
  #text = "";

  constructor(paint: Paint) {
    this.#paint = paint;
  }

  /** All that was printed since the last call. */
  take(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }

  /** Every property of a map. The width of the names counts hidden ones too, as in the CLI. */
  map(map: PropertyMap, place: Place): void {
    const keys = Object.keys(map).sort();
    const width = widthOf(keys);
    for (const key of keys) if (!isHiddenKey(key)) this.property(key, map[key] ?? null, width, place);
  }

  property(key: string, value: PropertyValue, width: number, place: Place): void {
    this.#title(key, width)(place);
    this.#line(value, place);
  }

  /** Every property of a difference, the unchanged ones too. */
  diff(diff: Diff<string>, place: Place): void {
    const keys = keysOf(diff);
    const width = widthOf(keys);
    for (const key of keys) this.propertyDiff(key, diff, width, place);
  }

  propertyDiff(key: string, diff: Diff<string>, width: number, place: Place): void {
    const title = this.#title(key, width);
    const add = diff.adds.get(key);
    const removed = diff.deletes.get(key);
    const update = diff.updates.get(key);
    const same = diff.sames.get(key);
    if (add !== undefined) this.#whole("create", add, title, place);
    else if (removed !== undefined) this.#whole("delete", removed, title, place);
    else if (update !== undefined) this.#change(update, title, place);
    else if (same !== undefined && isWorthALine(same)) {
      this.property(key, same, width, { ...place, op: "same", marked: false });
    }
  }

  #change(diff: ValueDiff, title: Title, outer: Place): void {
    const place: Place = { ...outer, op: "update", marked: true };
    if (diff.array) {
      this.#arrayChange(diff.array, title, place);
      return;
    }
    if (diff.object) {
      title(place);
      this.#write("{\n", place);
      this.diff(diff.object, { ...place, indent: place.indent + 1 });
      this.#writeIndented("}\n", { ...place, marked: false });
      return;
    }
    const showOld = isWorthALine(diff.old);
    const showNew = isWorthALine(diff.new);
    if (showOld && showNew && isPrimitive(diff.old) && isPrimitive(diff.new)) {
      title(place);
      if (isText(diff.old) && isText(diff.new) && /\n/.test(diff.old + diff.new)) {
        this.#textChange(diff.old, diff.new, place);
        return;
      }
      this.#write(literal(diff.old), { ...place, op: "delete" });
      this.#write(" => ", place);
      this.#write(literal(diff.new), { ...place, op: "create" });
      this.#text += "\n";
      return;
    }
    if (showOld) this.#whole("delete", diff.old, title, place);
    if (showNew) this.#whole("create", diff.new, title, place);
  }

  #arrayChange(diff: Diff<number>, title: Title, place: Place): void {
    title(place);
    this.#write("[\n", place);
    const length = diff.adds.size + diff.deletes.size + diff.updates.size + diff.sames.size;
    for (let i = 0; i < length; i++) {
      const item: Place = { ...place, indent: place.indent + 2 };
      const itemTitle: Title = (at) => this.#writeIndented(`[${i}]: `, { ...at, indent: at.indent - 1 });
      const add = diff.adds.get(i);
      const removed = diff.deletes.get(i);
      const update = diff.updates.get(i);
      if (add !== undefined) this.#whole("create", add, itemTitle, item);
      else if (removed !== undefined) this.#whole("delete", removed, itemTitle, item);
      else if (update !== undefined) this.#change(update, itemTitle, item);
      else {
        const same: Place = { ...item, op: "same", marked: false };
        itemTitle(same);
        this.#line(diff.sames.get(i) ?? null, same);
      }
    }
    this.#writeIndented("]\n", { ...place, marked: false });
  }

  #textChange(old: string, now: string, place: Place): void {
    this.#text += "\n";
    for (const { op, line } of lineDiff(old, now)) {
      this.#writeIndented(`${line}\n`, { indent: place.indent + 1, op, marked: op !== "same" });
    }
  }

  #whole(op: "create" | "delete", value: PropertyValue, title: Title, outer: Place): void {
    const place: Place = { ...outer, op, marked: true };
    title(place);
    this.#line(value, place);
  }

  #line(value: PropertyValue, place: Place): void {
    this.#value(value, place);
    this.#text += "\n";
  }

  #value(value: PropertyValue, place: Place): void {
    const kind = kindOf(value);
    const inner: Place = { ...place, indent: place.indent + 1 };
    if (kind.is === "array" && kind.value.length > 0) {
      this.#write("[\n", place);
      kind.value.forEach((item, i) => {
        this.#writeIndented(`    [${i}]: `, place);
        this.#line(item, inner);
      });
      this.#writeIndented("]", { ...place, marked: false });
    } else if (kind.is === "object" && Object.keys(kind.value).length > 0) {
      this.#write("{\n", place);
      this.map(kind.value, inner);
      this.#writeIndented("}", { ...place, marked: false });
    } else {
      const json = isText(value) ? decodedJson(value) : undefined;
      if (json === undefined) this.#write(literal(value), place);
      else {
        this.#write("(json) ", place);
        this.#line(json, place);
      }
    }
  }

  #title(key: string, width: number): Title {
    return (place) => this.#writeIndented(`${key.padEnd(width)}: `, place);
  }

  #writeIndented(text: string, place: Place): void {
    const spaces = "    ".repeat(place.indent);
    const start = place.marked ? spaces.slice(0, -2) + OPERATIONS[place.op].symbol : spaces;
    this.#write(start + text, place);
  }

  #write(text: string, place: Place): void {
    // A color must not reach over the end of a line: some pagers and CI logs reset it there, others do not.
    const end = text.endsWith("\n") ? "\n" : "";
    this.#text += this.#paint(OPERATIONS[place.op].style, text.slice(0, text.length - end.length)) + end;
  }
}

export function widthOf(keys: readonly string[]): number {
  return Math.max(0, ...keys.map((key) => key.length));
}

/** Nulls, empty texts, lists and objects say nothing: the CLI leaves them out where nothing happens to them. */
export function isWorthALine(value: PropertyValue): boolean {
  const kind = kindOf(value);
  switch (kind.is) {
    case "null":
      return false;
    case "primitive":
      return kind.value !== "";
    case "array":
      return kind.value.length > 0;
    case "object":
      return Object.keys(kind.value).length > 0;
    default:
      return true;
  }
}

function isPrimitive(value: PropertyValue): boolean {
  const kind = kindOf(value);
  return kind.is !== "array" && kind.is !== "object";
}

function isText(value: PropertyValue): value is string {
  return typeof value === "string" && kindOf(value).is === "primitive";
}

/** The object or list that a text holds as JSON; anything else is printed as the text that it is. */
function decodedJson(text: string): PropertyValue | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as PropertyValue;
  } catch {
    return undefined;
  }
}

function literal(value: PropertyValue): string {
  const kind = kindOf(value);
  switch (kind.is) {
    case "null":
      return "<null>";
    case "secret":
      return "[secret]";
    case "unknown":
      return "[unknown]";
    case "array":
      return "[]";
    case "object":
      return "{}";
    case "primitive":
      // A large whole number in full: `1e+21` hides digits that an id may need.
      return Number.isInteger(kind.value) ? BigInt(kind.value as number).toString() : JSON.stringify(kind.value);
  }
}
