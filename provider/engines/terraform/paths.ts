import type { AttributePath, ObjectValue } from "./protocol.ts";
import type { Field } from "./shape.ts";

/**
 * Where an input of a finding (`identityProvider.configurationName`, `tokens.a DBA.expect.can`) is in Terraform: the
 * attribute, and in a map the title. The trap: of a path that goes further down Terraform (1.11) finds no place at all,
 * and prints the line of the resource.
 */
export function attributePath(path: string, fields: readonly Field[], value: ObjectValue): AttributePath {
  const [, key = "", rest = ""] = /^([A-Za-z]\w*)\.?(.*)$/s.exec(path) ?? [];
  const field = fields.find((one) => one.key === key);
  if (field === undefined) return [];
  const inside = value[field.name];
  if (field.shape.kind !== "map" || typeof inside !== "object" || inside === null) return [field.name];
  // A title may hold anything, dots too: only the value tells where it ends.
  const titles = Object.keys(inside).filter((title) => rest === title || rest.startsWith(`${title}.`));
  const [title] = titles.sort((a, b) => b.length - a.length);
  return title === undefined ? [field.name] : [field.name, title];
}
