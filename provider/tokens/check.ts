import { REFERENCE, type TokenCheckInputs, tokenCheckShape } from "../../schema/token-check.ts";
import type { TokenConfig } from "../../schema/token-config.ts";
import type { TokenExpectation } from "../../schema/token-expectation.ts";
import { containsUnknown, isUnknown } from "../../schema/unknown.ts";
import { finding } from "../rules/index.ts";
import type { Declaration, Program } from "../rules/program.ts";
import { compare, comparisonFindings } from "./expectations.ts";
import type { TokenFinding } from "./finding.ts";
import { type Circumstances, type Judgement, judge, type TokenSource } from "./judge.ts";
import { screenKeys } from "./keys.ts";
import { type ProgramConfig, programConfig } from "./program.ts";
import { quote } from "./quote.ts";
import { serverOf } from "./server.ts";
import type { CheckedToken } from "./table.ts";

/** What a token of a check is made of, as texts: a signed token, or claims as JSON; and the issuer's keys. */
export interface TokenMaterial {
  readonly token?: string;
  readonly claims?: string;
  readonly keys?: string;
}

/** What came of a check. */
export interface CheckVerdict {
  /** What must be known first: nothing was judged then. */
  readonly unknown: readonly string[];
  readonly tokens: readonly CheckedToken[];
  /** Expectations that were not met. */
  readonly unmet: readonly TokenFinding[];
  /** That tokens were left out, since nobody can say here what becomes of them. */
  readonly leftOut: readonly ReturnType<typeof finding>[];
}

type Spec = TokenCheckInputs["tokens"][string];

/**
 * Judges all tokens of a `TokenCheck` against what a program declares.
 *
 * @param check its inputs, in which digests stand for the tokens
 * @param materials the tokens by title; `UNKNOWN` stands for what is not known, or secret
 */
export async function judgeCheck(
  program: Program,
  check: Declaration,
  materials: Readonly<Record<string, TokenMaterial>>,
): Promise<CheckVerdict> {
  const unknown = unknownIn(check, materials);
  if (unknown.length > 0) return { unknown, tokens: [], unmet: [], leftOut: [] };
  const { tokens, identityProviders, access } = tokenCheckShape.parse(check.inputs);
  const model = programConfig(program, { identityProviders, access });
  const needsProjects = model.projects
    ? []
    : Object.entries(tokens).filter(([, { projectId }]) => projectId !== undefined);
  const open = [...model.unknown, ...needsProjects.map(([title]) => `the project that ${quote(title)} is about`)];
  const { config } = model;
  if (open.length > 0 || config === undefined) return { unknown: open, tokens: [], unmet: [], leftOut: [] };

  const checked: CheckedToken[] = [];
  const unmet: TokenFinding[] = [];
  const leftOut: string[] = [];
  for (const [title, spec] of Object.entries(tokens)) {
    const expected = expectation(spec, model);
    const judgement = expected && (await judgeOne(spec, materials[title] ?? {}, config, model));
    if (expected === undefined || judgement === undefined || isForReferences(expected, judgement, model)) {
      leftOut.push(title);
      continue;
    }
    const comparisons = compare(expected, judgement);
    checked.push({ title, judgement, comparisons });
    unmet.push(...comparisonFindings(title, comparisons, judgement));
  }
  return { unknown: [], tokens: checked, unmet, leftOut: leftOut.length === 0 ? [] : [notJudged(check, leftOut)] };
}

/** What is expected, with the names of the configuration; `undefined` where a mere reference should take the token. */
function expectation({ expect }: Spec, { nameOf, references }: ProgramConfig): TokenExpectation | undefined {
  if (typeof expect.accepted !== "string") return expect;
  const own = nameOf(expect.accepted);
  if (own !== undefined) return { ...expect, accepted: own };
  return expect.accepted.startsWith(REFERENCE) || references.includes(expect.accepted) ? undefined : expect;
}

/** No provider of the program is the token's: then one that is known by reference alone may be. */
function isForReferences(
  { refused }: TokenExpectation,
  { server: [cause] }: Judgement,
  { references }: ProgramConfig,
): boolean {
  const unmatched = cause !== undefined && ["claims.iss", "claims.aud"].includes(cause.path);
  return references.length > 0 && unmatched && typeof refused !== "string";
}

async function judgeOne(
  spec: Spec,
  { token, claims, keys }: TokenMaterial,
  config: TokenConfig,
  { nameOf }: ProgramConfig,
): Promise<Judgement> {
  const serverVersion = spec.serverVersion ?? config.serverVersion;
  const { accepted } = spec.expect;
  const by = spec.identityProvider ?? (typeof accepted === "string" ? accepted : undefined);
  const identityProvider = by === undefined ? undefined : nameOf(by);
  const { at, clientAddress, serverAddress, projectId } = spec;
  const given = { at, clientAddress, serverAddress, projectId, identityProvider };
  const source: TokenSource = token === undefined ? { claims: jsonIn(claims) } : { token };
  return await judge(source, {
    config: { ...config, serverVersion },
    ...(keys === undefined ? {} : { keys: screenKeys(keys, serverOf(serverVersion)) }),
    ...(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Circumstances),
  });
}

/** Text that is not JSON stays what it is, and is judged as claims that cannot be read. */
function jsonIn(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return text;
  }
}

function unknownIn({ inputs, location }: Declaration, materials: Readonly<Record<string, TokenMaterial>>): string[] {
  const tokens = Object.entries(inputs.tokens as Record<string, Record<string, unknown>>).flatMap(([title, spec]) =>
    isUnknown(spec)
      ? [quote(title)]
      : Object.keys(spec)
          .filter((key) => containsUnknown(spec[key]) || isUnknown(materials[title]?.[key as keyof TokenMaterial]))
          .map((key) => `${key} of ${quote(title)}`),
  );
  const scope = ["identityProviders", "access"].filter((input) => containsUnknown(inputs[input]));
  return [...tokens, ...scope.map((input) => `${input} of ${location.label}`)];
}

function notJudged(check: Declaration, titles: readonly string[]) {
  const message = `not checked: ${titles.map(quote).join(", ")}`;
  return finding("FED152", { path: "tokens", message, at: [{ declaration: check }] });
}

/** What came of a check in one line: `tokens   3 of 3 as expected (TokenCheck "who gets in")`. */
export function tokenLine(label: string, { unknown, tokens }: CheckVerdict): string {
  if (unknown.length > 0) return `tokens   not judged before this is known: ${unknown.join(", ")} (${label})`;
  const met = tokens.filter(({ comparisons }) => comparisons.every((each) => each.met)).length;
  return `tokens   ${met} of ${tokens.length} as expected (${label})`;
}
