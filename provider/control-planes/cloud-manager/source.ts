/**
 * JSON as its source text. An automation config is mostly other people's, and must come back from us as it was: with
 * numbers that JavaScript cannot hold, keys in their order (an object of JavaScript puts `"10"` before `"a"`), escapes
 * and white space. So nothing is parsed but what we change, and all other text is copied.
 *
 * Everything here takes valid JSON: the HTTP client has parsed it once.
 */

/** One member of an object: `head` is its key with the colon and what stands before it, `tail` the space behind. */
interface Member {
  readonly key: string;
  readonly head: string;
  readonly value: string;
  readonly tail: string;
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"?|[{}[\],]/g;

/** The texts between the commas of an object or array, its members or elements, with the space around them. */
function pieces(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === "{" || token === "[") {
      if (++depth === 1) start = index + 1;
    } else if (token === "}" || token === "]") {
      if (--depth > 0) continue;
      const last = text.slice(start, index);
      if (found.length > 0 || last.trim() !== "") found.push(last);
    } else if (token === "," && depth === 1) {
      found.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return found;
}

/** The elements of an array, with the space around them, so that joined by commas they are its inside again. */
export function elementsOf(array: string): string[] {
  return pieces(array);
}

export function arrayOf(elements: readonly string[]): string {
  return `[${elements.join(",")}]`;
}

function membersOf(object: string): Member[] {
  return pieces(object).map((piece) => {
    const head = /^\s*"[^"\\]*(?:\\.[^"\\]*)*"\s*:\s*/.exec(piece)?.[0] ?? "";
    const value = piece.slice(head.length).trimEnd();
    const key = JSON.parse(head.trim().slice(0, -1)) as string;
    return { key, head, value, tail: piece.slice(head.length + value.length) };
  });
}

/** The source of a value in nested objects; `undefined` where a key is missing or null, or there is no object. */
export function valueAt(object: string, ...path: readonly string[]): string | undefined {
  let text: string | undefined = object.trim();
  for (const key of path) {
    if (!text?.startsWith("{")) return undefined;
    // As every parser does: of two members of one name the last counts.
    text = membersOf(text).findLast((member) => member.key === key)?.value;
  }
  return text === "null" ? undefined : text;
}

export function keysOf(object: string): string[] {
  return membersOf(object).map(({ key }) => key);
}

/** The object with a value in the place of another of that key, or at the end; `undefined` takes the key away. */
export function withValue(object: string, key: string, value: string | undefined): string {
  const members = membersOf(object);
  const at = members.findLastIndex((member) => member.key === key);
  const kept = value === undefined ? members.filter((member) => member.key !== key) : members;
  const written = kept.map(
    ({ head, value: old, tail }, index) => `${head}${index === at && value !== undefined ? value : old}${tail}`,
  );
  if (at === -1 && value !== undefined) written.push(`${JSON.stringify(key)}:${value}`);
  return `{${written.join(",")}}`;
}

/** The same, deeper down; objects on the way that are missing are made. */
export function withValueAt(object: string, path: readonly string[], value: string | undefined): string {
  const [key, ...rest] = path;
  if (key === undefined) return value ?? object;
  if (rest.length === 0) return withValue(object, key, value);
  return withValue(object, key, withValueAt(valueAt(object, key) ?? "{}", rest, value));
}
