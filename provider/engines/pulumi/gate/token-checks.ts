import * as pulumi from "@pulumi/pulumi";
import type { Finding } from "../../../../schema/finding.ts";
import { formatFinding } from "../../../findings.ts";
import { type Declaration, finding, type Program } from "../../../rules/index.ts";
import {
  type CheckVerdict,
  JUDGED_INPUTS,
  judgeCheck,
  type TokenMaterial,
  tokenLine,
  tokenTable,
} from "../../../tokens/index.ts";
import { pulumiTerms } from "../terms.ts";
import type { Watched } from "./watch.ts";

/** The tokens of a check: texts by title and kind (`token`, `claims`, `keys`). */
export interface SampleTokens {
  readonly materials: Readonly<Record<string, Readonly<Record<string, pulumi.Input<string>>>>>;
  /** Sources that could not be read. */
  readonly unreadable: readonly { readonly path: string; readonly message: string }[];
}

/** One check with its verdict. */
export interface JudgedCheck {
  readonly declaration: Declaration;
  readonly verdict: CheckVerdict;
}

/** Judges each check of a program. The verdict names the values that are unknown. */
export async function judgeChecks(
  program: Program,
  materials: ReadonlyMap<Declaration, Watched>,
): Promise<JudgedCheck[]> {
  const judged: JudgedCheck[] = [];
  for (const [declaration, watched] of materials) {
    const settled = watched.current() as Readonly<Record<string, TokenMaterial>>;
    judged.push({ declaration, verdict: await judgeCheck(program, declaration, settled) });
  }
  return judged;
}

/** FED151: tokens that cannot be read. */
export function unreadableFindings(declaration: Declaration, { unreadable }: SampleTokens): Finding[] {
  return unreadable.map((problem) => finding("FED151", { ...problem, at: [{ declaration }] }));
}

/** Returns the unmet expectations as findings of their declaration. */
export function unmetFindings({ declaration, verdict }: JudgedCheck): Finding[] {
  return verdict.unmet.map(({ effect: _, ...found }) => ({ ...found, locations: [declaration.location] }));
}

/** Returns all tokens of a check in one table, with the fix for each unexpected result. */
export function tableOf({ declaration, verdict }: JudgedCheck): string {
  const [headline = "", ...rows] = tokenTable(verdict.tokens, pulumiTerms).split("\n");
  const about = finding("FED150", { message: headline, why: "", fix: "", at: [{ declaration }] });
  return [formatFinding(about, pulumiTerms), ...rows].join("\n");
}

/** Returns the summary line of a check. */
export function lineOf({ declaration, verdict }: JudgedCheck): string {
  return tokenLine(declaration.location.label, verdict);
}

/** One declaration as the handler of a check receives it. */
export interface Sent {
  readonly kind: Declaration["kind"];
  readonly name: string;
  readonly label: string;
  /** Its index among all sent declarations. */
  readonly identityProvider?: number;
}

/** A declaration with its inputs as the program gave them. */
export interface GivenDeclaration {
  readonly declaration: Declaration;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** The inputs beside `JUDGED_INPUTS` that relate declarations to each other. */
const RELATIONS = ["projectId", "federationSettingsId", "configurationName", "identityProvider"];

/** Returns the declarations that tokens are judged against, with their inputs as the program gave them. */
export function sentDeclarations(given: readonly GivenDeclaration[]): {
  readonly declarations: readonly Sent[];
  readonly inputs: readonly Readonly<Record<string, unknown>>[];
} {
  const sent = given.filter(({ declaration: { kind } }) => kind in JUDGED_INPUTS);
  const numbers = new Map(sent.map(({ declaration }, index) => [declaration, index]));
  const declarations = sent.map(({ declaration: { kind, name, location, identityProvider } }): Sent => {
    const number = identityProvider && numbers.get(identityProvider);
    return { kind, name, label: location.label, ...(number === undefined ? {} : { identityProvider: number }) };
  });
  const inputs = sent.map(({ declaration, inputs }, index) => {
    const own = declarations[index]?.identityProvider !== undefined;
    const wanted = [...JUDGED_INPUTS[declaration.kind as keyof typeof JUDGED_INPUTS], ...RELATIONS];
    return Object.fromEntries(
      wanted
        .filter((key) => inputs[key] !== undefined && !(own && key === "identityProvider"))
        .map((key) => [key, inputs[key]]),
    );
  });
  return { declarations, inputs };
}

/** Makes each text a secret of its own: one secret around all of them would be unknown while any text is. */
export function secretMaterials({ materials }: SampleTokens): Record<string, Record<string, pulumi.Output<string>>> {
  const entries = Object.entries(materials).map(([title, texts]) => {
    const secrets = Object.entries(texts).map(([key, text]) => [key, pulumi.secret(text)] as const);
    return [title, Object.fromEntries(secrets)] as const;
  });
  return Object.fromEntries(entries);
}

/** Returns the secret ones among values of a program. Pulumi reports rejected values itself. */
export async function secretsIn(value: unknown): Promise<unknown[]> {
  if (pulumi.Output.isInstance(value)) return (await pulumi.isSecret(value).catch(() => false)) ? [value] : [];
  const settled = await Promise.resolve(value).catch(() => undefined);
  if (typeof settled !== "object" || settled === null || pulumi.Resource.isInstance(settled)) return [];
  if (settled !== value) return secretsIn(settled);
  return (await Promise.all(Object.values(settled).map(secretsIn))).flat();
}
