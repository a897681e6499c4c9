/** The outermost object has no prototype: a name such as `constructor` is a name like any other. */
export type JsonObject = { readonly [name: string]: unknown };

export interface Json {
  readonly value: unknown;
  /** Names that stand twice in one object, as a path: `sub`, `address.city`. The last of them counts. */
  readonly duplicates: readonly string[];
}

/** The reason why a text is not read: it is no JSON, or exceeds a limit. */
export type JsonProblem = "syntax" | "depth" | "number";

/** Deeper than this no claim is; mongod's own documents end at 200. */
const MAX_DEPTH = 100;
/** Digits and signs of one number. */
const MAX_NUMBER = 400;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

class Unreadable extends Error {
  readonly problem: JsonProblem;
  constructor(problem: JsonProblem) {
    super(problem);
    this.problem = problem;
  }
}

/** Reads JSON as RFC 8259 has it. `JSON.parse` would hide names that stand twice, and has no limits. */
export function parseJson(text: string): Json | JsonProblem {
  return parseCompact(text) ?? parseAny(text);
}

/**
 * The usual case, five times as fast: what comes out as it went in, without a space, has no name twice and no number
 * that is too large.
 */
function parseCompact(text: string): Json | undefined {
  if ((text.match(/[[{]/g)?.length ?? 0) > MAX_DEPTH) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || JSON.stringify(value) !== text) return undefined;
    return { value: Object.assign(Object.create(null), value), duplicates: [] };
  } catch {
    return undefined;
  }
}

function parseAny(text: string): Json | JsonProblem {
  try {
    const reader = new Reader(text);
    return { value: reader.document(), duplicates: reader.duplicates };
  } catch (error) {
    if (error instanceof Unreadable) return error.problem;
    throw error;
  }
}

class Reader {
  readonly duplicates: string[] = [];
  private readonly text: string;
  private at = 0;
  private readonly path: string[] = [];

  constructor(text: string) {
    this.text = text;
  }

  document(): unknown {
    const value = this.value();
    this.space();
    if (this.at < this.text.length) throw new Unreadable("syntax");
    return value;
  }

  private value(): unknown {
    this.space();
    switch (this.text[this.at]) {
      case "{":
        return this.object();
      case "[":
        return this.array();
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      default:
        return this.number();
    }
  }

  private object(): JsonObject {
    const members: Record<string, unknown> = Object.create(null);
    this.list("}", () => {
      if (this.text[this.at] !== '"') throw new Unreadable("syntax");
      const name = this.string();
      this.space();
      this.expect(":");
      if (name in members) this.duplicates.push([...this.path, name].join("."));
      this.path.push(name);
      members[name] = this.value();
      this.path.pop();
    });
    return members;
  }

  private array(): unknown[] {
    const items: unknown[] = [];
    this.list("]", () => {
      this.path.push(String(items.length));
      items.push(this.value());
      this.path.pop();
    });
    return items;
  }

  /** From the opening bracket to the closing one, with commas between. */
  private list(end: string, item: () => void): void {
    if (this.path.length >= MAX_DEPTH) throw new Unreadable("depth");
    this.at += 1;
    this.space();
    if (this.text[this.at] === end) {
      this.at += 1;
      return;
    }
    for (;;) {
      this.space();
      item();
      this.space();
      if (this.text[this.at] === end) break;
      this.expect(",");
    }
    this.at += 1;
  }

  private string(): string {
    const start = this.at;
    let escaped = false;
    for (let i = start + 1; i < this.text.length; i++) {
      const code = this.text.charCodeAt(i);
      if (code === 0x22) {
        this.at = i + 1;
        return escaped ? unescaped(this.text.slice(start, i + 1)) : this.text.slice(start + 1, i);
      }
      if (code < 0x20) break;
      if (code === 0x5c) {
        escaped = true;
        i += 1;
      }
    }
    throw new Unreadable("syntax");
  }

  private number(): number {
    NUMBER.lastIndex = this.at;
    const digits = NUMBER.exec(this.text)?.[0];
    if (digits === undefined) throw new Unreadable("syntax");
    if (digits.length > MAX_NUMBER || !Number.isFinite(Number(digits))) throw new Unreadable("number");
    this.at += digits.length;
    return Number(digits);
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw new Unreadable("syntax");
    this.at += word.length;
    return value;
  }

  private expect(character: string): void {
    if (this.text[this.at] !== character) throw new Unreadable("syntax");
    this.at += 1;
  }

  private space(): void {
    SPACE.lastIndex = this.at;
    SPACE.exec(this.text);
    this.at = SPACE.lastIndex;
  }
}

function unescaped(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    throw new Unreadable("syntax");
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
