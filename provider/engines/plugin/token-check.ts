import type { Finding } from "../../../schema/finding.ts";
import { isUnknown } from "../../../schema/unknown.ts";
import type { Props } from "../../resources/definition.ts";
import { type Declaration, finding, type Program } from "../../rules/index.ts";
import { accessName, JUDGED_INPUTS, judgeCheck, type TokenMaterial, tokenLine } from "../../tokens/index.ts";

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
  const judged = judgedBy(program);
  const scope = scopeOf(declaration, judged);
  if (scope.missing.length > 0)
    return { unmet: [], advice: [notJudged(`nothing before it is called ${scope.missing.join(", ")}`)] };
  if (judged.declarations.length === 0) return { unmet: [], advice: [notJudged("nothing is declared before it")] };
  const check = { ...declaration, inputs: { ...declaration.inputs, ...scope.inputs } };
  const verdict = await judgeCheck(judged, check, materials);
  const withoutPlace = (one: Finding): Finding => ({ ...one, locations: [] });
  return {
    unmet: verdict.unmet.map(withoutPlace),
    advice: [...verdict.advice, ...verdict.leftOut].map(withoutPlace),
    line: tokenLine(declaration.location.label, verdict),
  };
}

function judgedBy({ declarations }: Program): Program {
  return { declarations: declarations.filter(({ kind }) => kind in JUDGED_INPUTS) };
}

/** Access is named by the resource, or by the group or principal. */
function scopeOf({ inputs }: Declaration, { declarations }: Program) {
  const asked = (key: string) =>
    Array.isArray(inputs[key]) ? (inputs[key] as string[]).filter((one) => !isUnknown(one)) : undefined;
  const providers = asked("identityProviders");
  const access = asked("access");
  const grants = (given: string) =>
    declarations.filter(
      ({ kind, name, inputs: { group, principal } }) =>
        (kind === "OidcRole" || kind === "FederatedUser") && [name, group, principal].includes(given),
    );
  const isProvider = (given: string) =>
    declarations.some(
      ({ kind, name, inputs: { configurationName } }) =>
        kind === "IdentityProvider" && (name === given || configurationName === given),
    );
  return {
    missing: [
      ...(providers ?? []).filter((one) => !isProvider(one)),
      ...(access ?? []).filter((one) => grants(one).length === 0),
    ],
    inputs: access === undefined ? {} : { access: access.flatMap(grants).map(accessName) },
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
