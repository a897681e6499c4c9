/** Prints values and blocks of Terraform, as `terraform fmt` lays them out. Text from outside stays data. */

/** An expression that is printed as it is. Never made from text that others wrote. */
export class HclExpression {
  readonly code: string;
  constructor(code: string) {
    this.code = code;
  }
}

/** One line or several: an attribute, a remark, or a block. */
export type Item =
  | { readonly kind: "attribute"; readonly key: string; readonly value: unknown }
  | { readonly kind: "remark"; readonly text: string }
  | { readonly kind: "block"; readonly head: string; readonly body: readonly Item[] }
  | { readonly kind: "space" };

export function attribute(key: string, value: unknown): Item {
  return { kind: "attribute", key, value };
}

export function block(head: string, body: readonly Item[]): Item {
  return { kind: "block", head, body };
}

/** Longer lists and objects take several lines. */
const WIDTH = 120;

export function printItems(items: readonly Item[], indent = 0): string {
  const pad = " ".repeat(indent);
  const lines: string[] = [];
  let group: (readonly [string, string])[] = [];
  const endGroup = () => {
    const width = Math.max(...group.map(([key]) => [...key].length));
    lines.push(...group.map(([key, value]) => `${pad}${key}${" ".repeat(width - [...key].length)} = ${value}`));
    group = [];
  };
  for (const item of items) {
    if (item.kind === "attribute") {
      const value = printValue(item.value, indent, indent + item.key.length + 3);
      if (!value.includes("\n")) {
        group.push([item.key, value]);
        continue;
      }
      endGroup();
      lines.push(`${pad}${item.key} = ${value}`);
      continue;
    }
    endGroup();
    if (item.kind === "space") lines.push("");
    else if (item.kind === "remark") lines.push(`${pad}# ${item.text}`);
    else if (item.body.length === 0) lines.push(`${pad}${item.head} {}`);
    else lines.push(`${pad}${item.head} {`, printItems(item.body, indent + 2), `${pad}}`);
  }
  endGroup();
  return lines.join("\n");
}

/** A map with a remark above some of its entries. */
export class HclMap {
  readonly entries: readonly { readonly key: string; readonly value: unknown; readonly remark?: string | undefined }[];
  constructor(entries: HclMap["entries"]) {
    this.entries = entries;
  }
}

function printValue(value: unknown, indent: number, before: number): string {
  if (value instanceof HclMap) {
    const items = value.entries.flatMap(({ key, value: entry, remark }): Item[] => [
      ...(remark === undefined ? [] : [{ kind: "remark", text: remark } as const]),
      attribute(hclText(key), entry),
    ]);
    return items.length === 0 ? "{}" : `{\n${printItems(items, indent + 2)}\n${" ".repeat(indent)}}`;
  }
  const flat = printFlat(value);
  if (before + flat.length <= WIDTH || typeof value !== "object" || value === null || value instanceof HclExpression)
    return flat;
  const pad = " ".repeat(indent + 2);
  if (Array.isArray(value)) {
    const items = value.map((item) => `${pad}${printValue(item, indent + 2, indent + 3)},\n`);
    return `[\n${items.join("")}${" ".repeat(indent)}]`;
  }
  const items = Object.entries(value).map(([key, item]) => attribute(key, item));
  return `{\n${printItems(items, indent + 2)}\n${" ".repeat(indent)}}`;
}

/** Keys are inputs of mongofed. Those of users stand in an `HclMap`. */
function printFlat(value: unknown): string {
  if (value instanceof HclExpression) return value.code;
  if (typeof value === "string") return hclText(value);
  if (Array.isArray(value)) return `[${value.map(printFlat).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => `${key} = ${printFlat(item)}`);
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  return String(value);
}

/** A quoted text. Templates, quotes, and characters that a terminal or an editor would obey become escapes. */
export function hclText(text: string): string {
  return `"${hclTemplate(text)}"`;
}

/** The same without quotes, to stand beside a template. */
export function hclTemplate(text: string): string {
  return text
    .replace(/["\\]/g, "\\$&")
    .replace(/([$%])\{/g, "$1$1{")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t")
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      const digits = code.toString(16);
      return code > 0xffff ? `\\U${digits.padStart(8, "0")}` : `\\u${digits.padStart(4, "0")}`;
    });
}
