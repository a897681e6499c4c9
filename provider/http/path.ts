declare const encoded: unique symbol;

/** A path of which every inserted value is encoded. Only `path` makes one, so that no caller can forget it. */
export type EncodedPath = string & { readonly [encoded]: true };

/**
 * Builds a path; inserted values become exactly one segment each.
 *
 * @example
 * path`/groups/${groupId}/databaseUsers/admin/${"65f0…/dba"}`   // …/admin/65f0…%2Fdba
 *
 * @throws TypeError for a value that no encoding keeps in its place: empty, with a dot segment (a server or a proxy that
 * decodes slashes resolves it, so a DELETE of one object would meet another), or text that is not well-formed Unicode.
 */
export function path(texts: TemplateStringsArray, ...values: readonly (string | number)[]): EncodedPath {
  const result = texts.reduce((before, text, index) => `${before}${segment(values[index - 1] ?? "")}${text}`);
  return result as EncodedPath;
}

function segment(value: string | number): string {
  const text = String(value);
  if (text === "" || /(^|[/\\])\.\.?($|[/\\])/.test(text) || !text.isWellFormed()) {
    throw new TypeError(`${JSON.stringify(text)} cannot be a part of a URL path`);
  }
  return encodeURIComponent(text);
}

/** Values of a query: an array repeats its key, undefined leaves it out. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** The query with its question mark; spaces become %20, which every server reads alike. */
export function queryString(query: Query | undefined): string {
  const pairs: string[] = [];
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) {
      pairs.push(`${encodeURIComponent(key)}=${encodeURIComponent(String(item))}`);
    }
  }
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}
