/** A text that should be the id of a resource, and is not. */
class MalformedIdError extends Error {
  constructor(kind: string, id: string, parts: readonly string[]) {
    const hex = parts.filter(isHex).join(" and ");
    super(
      `${JSON.stringify(id)} is not the id of a resource ${kind}\n` +
        `  fix  Use the form ${parts.map((part) => `{${part}}`).join("/")}, with 24 hexadecimal digits in lower case for ${hex}.`,
    );
    this.name = "MalformedIdError";
  }
}

function isHex(part: string): boolean {
  return part.endsWith("Id");
}

/**
 * Ids of resources are paths, so that an object can be found by its id alone: that is all there is when a program
 * asks for it (`IdentityProvider.get`). A last part that is a name may itself hold slashes.
 */
export function parseId<const Parts extends readonly string[]>(
  kind: string,
  id: string,
  parts: Parts,
): Record<Parts[number], string> {
  const pieces = id.split("/");
  const open = !isHex(parts.at(-1) ?? "");
  const values = open ? [...pieces.slice(0, parts.length - 1), pieces.slice(parts.length - 1).join("/")] : pieces;
  const fits = (part: string, value = "") => (isHex(part) ? /^[0-9a-f]{24}$/.test(value) : value !== "");
  if (values.length !== parts.length || !parts.every((part, index) => fits(part, values[index]))) {
    throw new MalformedIdError(kind, id, parts);
  }
  return Object.fromEntries(parts.map((part, index) => [part, values[index]])) as Record<Parts[number], string>;
}
