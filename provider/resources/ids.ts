/** A text that should be the id of a resource, and is not. */
export class MalformedIdError extends Error {
  constructor(kind: string, id: string, form: string) {
    super(
      `${JSON.stringify(id)} is not the id of an ${kind}\n` +
        `  fix  Use the form ${form}, each part 24 hexadecimal digits in lower case.`,
    );
    this.name = "MalformedIdError";
  }
}

/**
 * Ids of resources are paths, so that an object can be found by its id alone: that is all there is when a program
 * asks for it (`IdentityProvider.get`).
 */
export function parseId<const Parts extends readonly string[]>(
  kind: string,
  id: string,
  parts: Parts,
): Record<Parts[number], string> {
  const values = id.split("/");
  if (values.length !== parts.length || values.some((value) => !/^[0-9a-f]{24}$/.test(value))) {
    throw new MalformedIdError(kind, id, parts.map((part) => `{${part}}`).join("/"));
  }
  return Object.fromEntries(parts.map((part, index) => [part, values[index]])) as Record<Parts[number], string>;
}
