/**
 * JSON that keeps what JavaScript's own values lose: numbers as they are written (`9007199254740993`, `1.0`), the order
 * of all keys (objects put `"10"` before `"a"`), escapes in texts. Only the white space between tokens is dropped.
 */
export type Json =
  | { readonly members: readonly Member[] }
  | { readonly items: readonly Json[] }
  /** A text, number, boolean or null, as written. */
  | { readonly token: string };

interface Member {
  readonly key: string;
  readonly value: Json;
}

/** The API refuses documents that nest deeper (a guess; MongoDB's own limit is 100). */
const MAX_DEPTH = 200;

/** @throws SyntaxError where it is no JSON, or nested too deep for the recursive functions here */
export function parseJson(text: string): Json {
  JSON.parse(text);
  const tokens = text.match(/"(?:[^"\\]|\\.)*"?|[{}[\]]|[^\s{}[\],:"]+/g) ?? [];
  let next = 0;
  const value = (depth: number): Json => {
    if (depth > MAX_DEPTH) throw new SyntaxError(`JSON nests more than ${MAX_DEPTH} levels deep`);
    const token = tokens[next++] ?? "";
    if (token === "[") {
      const items: Json[] = [];
      while (tokens[next] !== "]") items.push(value(depth + 1));
      next++;
      return { items };
    }
    if (token !== "{") return { token };
    const members: Member[] = [];
    while (tokens[next] !== "}") members.push({ key: JSON.parse(tokens[next++] ?? ""), value: value(depth + 1) });
    next++;
    return { members };
  };
  return value(0);
}

export function printJson(json: Json): string {
  if ("token" in json) return json.token;
  if ("items" in json) return `[${json.items.map(printJson).join(",")}]`;
  return `{${json.members.map(({ key, value }) => `${JSON.stringify(key)}:${printJson(value)}`).join(",")}}`;
}

/** Converts JSON into plain values. Numbers may lose digits here. */
export function plainValue(json: Json | undefined): unknown {
  return json === undefined ? undefined : JSON.parse(printJson(json));
}

export function fromPlain(value: unknown): Json {
  return parseJson(JSON.stringify(value));
}

export function itemsOf(json: Json | undefined): readonly Json[] {
  return json !== undefined && "items" in json ? json.items : [];
}

export function member(json: Json | undefined, key: string): Json | undefined {
  return json !== undefined && "members" in json ? json.members.findLast((one) => one.key === key)?.value : undefined;
}

/** Sets a key in its place, or at the end; undefined removes it. */
export function withMember(json: Json, key: string, value: Json | undefined): Json {
  const members = "members" in json ? json.members : [];
  if (value === undefined) return { members: members.filter((one) => one.key !== key) };
  if (!members.some((one) => one.key === key)) return { members: [...members, { key, value }] };
  return { members: members.map((one) => (one.key === key ? { key, value } : one)) };
}
