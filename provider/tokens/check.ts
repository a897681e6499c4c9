import type { Finding } from "../../schema/finding.ts";
import { phrase } from "../../schema/phrase.ts";
import { REFERENCE, type TokenCheckInputs, tokenCheckShape } from "../../schema/token-check.ts";
import type { TokenConfig } from "../../schema/token-config.ts";
import type { TokenExpectation } from "../../schema/token-expectation.ts";
import { containsUnknown, isUnknown } from "../../schema/unknown.ts";
import { finding } from "../rules/index.ts";
import type { Declaration, Program } from "../rules/program.ts";
import { compare, comparisonFindings } from "./expectations.ts";
import type { TokenFinding } from "./finding.ts";
import { keySetIn } from "./given-keys.ts";
import { tokenIn } from "./given-token.ts";
import { type Circumstances, isLetIn, type Judgement, judge, type TokenSource } from "./judge.ts";
import { screenKeys } from "./keys.ts";
import { type ProgramConfig, programConfig } from "./program.ts";
import { quote } from "./quote.ts";
import { serverOf } from "./server.ts";
import type { CheckedToken } from "./table.ts";

/** The texts of a sample token: a signed token or claims as JSON, and the issuer's keys. */
export interface TokenMaterial {
  readonly token?: string;
  readonly claims?: string;
  readonly keys?: string;
}

/** The result of a check. */
export interface CheckVerdict {
  /** Values that are still unknown. If there are any, no token was checked. */
  readonly unknown: readonly string[];
  readonly tokens: readonly CheckedToken[];
  /** Expectations that were not met. */
  readonly unmet: readonly TokenFinding[];
  /** Mistakes in tokens that get in as expected: the server lets them pass. */
  readonly advice: readonly Finding[];
  /** Identity providers that were judged by a reference alone: it tells neither issuer and audience nor claims. */
  readonly assumed: readonly string[];
  /** Findings for skipped tokens, whose result this program cannot know. */
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
  if (unknown.length > 0) return notYet(unknown);
  const { tokens, identityProviders, access } = tokenCheckShape.parse(check.inputs);
  const model = programConfig(program, { identityProviders, access });
  const needsProjects = model.projects
    ? []
    : Object.entries(tokens).filter(([, { projectId }]) => projectId !== undefined);
  const open = [...model.unknown, ...needsProjects.map(([title]) => `the project that ${quote(title)} is about`)];
  const { config } = model;
  if (open.length > 0 || config === undefined) return notYet(open);

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
  return {
    unknown: [],
    tokens: checked,
    unmet,
    advice: adviceOn(check, checked, tokens),
    assumed: model.references.filter((name) =>
      checked.some(({ judgement }) => judgement.login?.identityProvider === name),
    ),
    leftOut: leftOut.length === 0 ? [] : [notJudged(check, leftOut)],
  };
}

function notYet(unknown: readonly string[]): CheckVerdict {
  return { unknown, tokens: [], unmet: [], advice: [], assumed: [], leftOut: [] };
}

/** Advice on granted roles, which is omitted if the check declares the expected roles. */
const ON_GRANTS: ReadonlySet<string> = new Set(["FED201", "FED301"]);

/** Each mistake once, with the tokens that have it. */
function adviceOn(check: Declaration, checked: readonly CheckedToken[], specs: TokenCheckInputs["tokens"]): Finding[] {
  const told = checked.flatMap(({ title, judgement, comparisons }) => {
    const { roles, rolesAtLeast, can, cannot } = specs[title]?.expect ?? {};
    const saysGrants = [roles, rolesAtLeast, can, cannot].some((expected) => expected !== undefined);
    const passes = isLetIn(judgement) && comparisons.every(({ met }) => met);
    const advice = passes ? judgement.advice : [];
    return advice.filter(({ code }) => !(saysGrants && ON_GRANTS.has(code))).map((found) => ({ title, found }));
  });
  const same = Map.groupBy(told, ({ found: { code, message } }) => `${code} ${JSON.stringify(message)}`);
  return [...same.values()].flatMap(([first, ...more]) => {
    if (first === undefined) return [];
    const { effect: _, ...found } = first.found;
    const titles = [first, ...more].map(({ title }) => quote(title)).join(", ");
    return [
      {
        ...found,
        path: ["tokens", first.title],
        message: phrase`${titles}: ${found.message}`,
        locations: [check.location],
      },
    ];
  });
}

/** Returns the expectation with the names of the configuration, or `undefined` if the expected provider is unknown. */
function expectation({ expect }: Spec, { nameOf }: ProgramConfig): TokenExpectation | undefined {
  if (typeof expect.accepted !== "string") return expect;
  const named = nameOf(expect.accepted);
  if (named !== undefined) return { ...expect, accepted: named };
  return expect.accepted.startsWith(REFERENCE) ? undefined : expect;
}

/** No provider of the program is the token's: then one that is known by reference alone may be. */
function isForReferences(
  { refused }: TokenExpectation,
  { server: [cause] }: Judgement,
  { references }: ProgramConfig,
): boolean {
  const unmatched = cause !== undefined && (cause.path === "claims.iss" || cause.path === "claims.aud");
  return references.length > 0 && unmatched && typeof refused !== "string";
}

async function judgeOne(
  spec: Spec,
  { token, claims, keys }: TokenMaterial,
  config: TokenConfig,
  { nameOf, only, projects }: ProgramConfig,
): Promise<Judgement> {
  const serverVersion = spec.serverVersion ?? config.serverVersion;
  const { accepted } = spec.expect;
  const by = spec.identityProvider ?? (typeof accepted === "string" ? accepted : undefined);
  const identityProvider = by?.startsWith(REFERENCE) ? nameOf(by) : (nameOf(by ?? "") ?? only);
  const { at, clientAddress, serverAddress } = spec;
  const named = config.identityProviders.find(({ name }) => name === identityProvider);
  // In Cloud Manager who is meant says where, too: another project may know the same issuer under the same name.
  const projectId = spec.projectId ?? (projects ? named?.projectId : undefined);
  const given = { at, clientAddress, serverAddress, projectId, identityProvider };
  const source: TokenSource = token === undefined ? { claims: jsonIn(claims) } : tokenIn(token).source;
  return await judge(source, {
    config: { ...config, serverVersion },
    ...(keys === undefined ? {} : { keys: screenKeys(keySetIn(keys), serverOf(serverVersion)) }),
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

/**
 * Returns the result of a check with its skipped parts: `tokens   3 of 3 as expected (TokenCheck "who gets in");
 * signature not checked of 2`.
 */
export function tokenLine(label: string, { unknown, tokens, assumed }: CheckVerdict): string {
  if (unknown.length > 0) return `tokens   not judged before this is known: ${unknown.join(", ")} (${label})`;
  const met = tokens.filter(({ comparisons }) => comparisons.every((each) => each.met)).length;
  const unsigned = tokens.filter(({ judgement: { signature } }) => signature === "not checked").length;
  return [
    `tokens   ${met} of ${tokens.length} as expected (${label})`,
    ...(unsigned === 0 ? [] : [`signature not checked of ${unsigned}`]),
    ...(assumed.length === 0
      ? []
      : [`of ${assumed.join(", ")} only a reference is here: its issuer, audience and claims were taken for granted`]),
  ].join("; ");
}
