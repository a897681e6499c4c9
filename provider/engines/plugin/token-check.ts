import type { Finding } from "../../../schema/finding.ts";
import type { Props } from "../../resources/definition.ts";
import { type Declaration, finding, type Program } from "../../rules/index.ts";
import { type TokenMaterial, tokenLine } from "../../tokens/index.ts";
import { judgeByEarlier } from "../shared/token-scope.ts";

interface TokenVerdict {
  readonly unmet: readonly Finding[];
  readonly advice: readonly Finding[];
  /** The summary, unless nothing was judged. */
  readonly line?: string;
}

/** Programs may give claims and keys as objects: a digest and a token need their text. */
export function textsOfTokens(tokens: unknown): unknown {
  if (typeof tokens !== "object" || tokens === null) return tokens;
  const entries = Object.entries(tokens as Props).map(([title, token]) => {
    if (typeof token !== "object" || token === null) return [title, token] as const;
    const { claims, keys } = token as Props;
    return [title, { ...token, ...textOf({ claims }), ...textOf({ keys }) }] as const;
  });
  return Object.fromEntries(entries);
}

function textOf(part: Props): Props {
  const entries = Object.entries(part).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

/** Judges the tokens of a check against everything that the engine has checked before it. */
export async function judgeTokens(
  program: Program,
  declaration: Declaration,
  materials: Readonly<Record<string, TokenMaterial>>,
): Promise<TokenVerdict> {
  const verdict = await judgeByEarlier(program, declaration, () => materials);
  if ("missing" in verdict) {
    const { missing } = verdict;
    const why =
      missing.length > 0 ? `nothing before it is called ${missing.join(", ")}` : "nothing is declared before it";
    return { unmet: [], advice: [notJudged(why)] };
  }
  const withoutPlace = (one: Finding): Finding => ({ ...one, locations: [] });
  return {
    unmet: verdict.unmet.map(withoutPlace),
    advice: [...verdict.advice, ...verdict.leftOut].map(withoutPlace),
    line: tokenLine(declaration.location.label, verdict),
  };
}

function notJudged(why: string): Finding {
  return finding("FED152", {
    path: "tokens",
    message: `not checked: ${why}`,
    why: "A plugin sees the program in order, so it checks tokens against the declarations before their check.",
    fix: "List the identity providers and the access of the check in its resource option dependsOn.",
  });
}
