import { createHash } from "node:crypto";
import { isUnknown } from "../../../schema/unknown.ts";
import type { Props } from "../../resources/definition.ts";
import type { TokenMaterial } from "../../tokens/index.ts";

/** The inputs of a sample token that no engine records: state holds digests of them. */
export const TOKEN_MATERIALS: ReadonlySet<string> = new Set(["token", "claims", "keys"]);

/** Returns the tokens of a check with digests in place of their materials. */
export function digestedTokens(tokens: unknown): unknown {
  return eachToken(tokens, (key, value) => (TOKEN_MATERIALS.has(key) ? digest(value) : value));
}

/** Returns the materials of the tokens of a check. */
export function materialsOf(tokens: unknown): Readonly<Record<string, TokenMaterial>> {
  return eachToken(tokens, (key, value) => (TOKEN_MATERIALS.has(key) ? value : undefined)) as Readonly<
    Record<string, TokenMaterial>
  >;
}

function digest(text: unknown): unknown {
  return isUnknown(text) ? text : `sha256:${createHash("sha256").update(String(text)).digest("hex")}`;
}

function eachToken(tokens: unknown, each: (key: string, value: unknown) => unknown): unknown {
  if (typeof tokens !== "object" || tokens === null) return tokens;
  const entries = Object.entries(tokens as Props).map(([title, token]) => {
    if (typeof token !== "object" || token === null) return [title, token] as const;
    const parts = Object.entries(token).map(([key, value]) => [key, each(key, value)] as const);
    return [title, Object.fromEntries(parts.filter(([, value]) => value !== undefined))] as const;
  });
  return Object.fromEntries(entries);
}
