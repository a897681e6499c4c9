import type { InputPath } from "../../../schema/phrase.ts";
import type { Field } from "../shared/shape.ts";
import type { AttributePath } from "./protocol.ts";

/**
 * The attribute of a finding's input, and in a map the title. The trap: of a path that goes further down Terraform
 * (1.11) finds no place at all, and prints the line of the resource.
 */
export function attributePath(path: InputPath, fields: readonly Field[]): AttributePath {
  const [key, title] = typeof path === "string" ? [path] : path;
  const field = fields.find((one) => one.key === key);
  if (field === undefined) return [];
  return field.shape.kind === "map" && typeof title === "string" ? [field.name, title] : [field.name];
}
