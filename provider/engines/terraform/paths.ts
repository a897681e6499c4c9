import { type AttributePath, type ObjectValue, UnknownValue, type Value } from "./protocol.ts";
import type { Field, Shape } from "./shape.ts";

/**
 * Where an input of a finding (`identityProvider.configurationName`, `tokens.a DBA.expect.can`) is in Terraform. It ends
 * at what has no further parts there: nothing can point into a set, nor into what is not known. The title in a map may
 * hold anything, so that only the value tells where it ends.
 */
export function attributePath(path: string, fields: readonly Field[], value: ObjectValue): AttributePath {
  const [, key = "", rest = ""] = /^([A-Za-z]\w*)\.?(.*)$/s.exec(path) ?? [];
  const field = fields.find((one) => one.key === key);
  return field === undefined ? [] : [field.name, ...within(rest, field.shape, value[field.name])];
}

function within(rest: string, shape: Shape, value: Value | undefined): AttributePath {
  if (rest === "" || typeof value !== "object" || value === null || value instanceof UnknownValue) return [];
  if (shape.kind === "object") return attributePath(rest, shape.fields, value as ObjectValue);
  if (shape.kind !== "map") return [];
  const titles = Object.keys(value).filter((title) => rest === title || rest.startsWith(`${title}.`));
  const title = titles.sort((a, b) => b.length - a.length)[0];
  if (title === undefined) return [];
  return [title, ...within(rest.slice(title.length + 1), shape.item, (value as ObjectValue)[title])];
}
