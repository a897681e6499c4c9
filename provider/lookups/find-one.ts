import { input, join, phrase } from "../../schema/phrase.ts";
import { FindingError } from "../findings.ts";
import { finding } from "../rules/index.ts";

interface Search<T extends object> {
  /** The name of the wanted objects, in one or a few words. */
  readonly what: string;
  readonly where: string;
  readonly there: readonly T[];
  /** The required values, property by property. */
  readonly asked: { readonly [K in keyof T]?: T[K] | undefined };
  describe(item: T): string;
}

/** Returns the only item with all asked properties. @throws FindingError FED240 or FED241, which list the items found */
export function findOne<T extends object>({ what, where, there, asked, describe }: Search<T>): T {
  const wanted = Object.entries(asked).filter(([, value]) => value !== undefined) as [keyof T & string, unknown][];
  const found = there.filter((item) => wanted.every(([key, value]) => item[key] === value));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const list = (items: readonly T[]) => items.map((item) => `\n  ${describe(item)}`).join("");
  const named = (key: string) => WORDS[key] ?? phrase`with ${input(key)}`;
  const conditions = wanted
    .filter(([key]) => !SCOPES.has(key))
    .map(([key, value]) => phrase` ${named(key)} ${JSON.stringify(value)}`);
  const fitting = join(conditions, "");
  if (found.length > 1) {
    const message = phrase`${found.length} of them fit the ${what}${fitting} in ${where}`;
    throw new FindingError([finding("FED241", { message, why: `These fit:${list(found)}` })]);
  }
  const why = there.length === 0 ? "There is none at all." : `These are there:${list(there)}`;
  throw new FindingError([finding("FED240", { message: phrase`there is no ${what}${fitting} in ${where}`, why })]);
}

/** Words for properties whose names differ from the user's input. */
const WORDS: Readonly<Record<string, string>> = { who: "for" };

/** Properties that select the place of the search, which the message names separately. */
const SCOPES: ReadonlySet<string> = new Set(["federationSettingsId", "projectId"]);
