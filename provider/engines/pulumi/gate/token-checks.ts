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

/** The tokens of a check, as texts by title and by what they are (`token`, `claims`, `keys`). */
export interface SampleTokens {
  readonly materials: Readonly<Record<string, Readonly<Record<string, pulumi.Input<string>>>>>;
  /** What could not be read at all. */
  readonly unreadable: readonly { readonly path: string; readonly message: string }[];
}

/** One check that was looked at. */
export interface JudgedCheck {
  readonly declaration: Declaration;
  readonly verdict: CheckVerdict;
}

/** Judges every check of a program of which all is known; the verdicts on others name what is not. */
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

/** Tokens that cannot be read, told like what the rules find. */
export function unreadableFindings(declaration: Declaration, { unreadable }: SampleTokens): Finding[] {
  return unreadable.map((problem) => finding("FED151", { ...problem, at: [{ declaration }] }));
}

/** What was not met, with its declaration. */
export function unmetFindings({ declaration, verdict }: JudgedCheck): Finding[] {
  return verdict.unmet.map(({ effect: _, ...found }) => ({ ...found, locations: [declaration.location] }));
}

/** All tokens of a check in one table, with what to do about those that fare otherwise. */
export function tableOf({ declaration, verdict }: JudgedCheck): string {
  const [headline = "", ...rows] = tokenTable(verdict.tokens, pulumiTerms).split("\n");
  const about = finding("FED150", { message: headline, why: "", fix: "", at: [{ declaration }] });
  return [formatFinding(about, pulumiTerms), ...rows].join("\n");
}

/** What is told of a check that went well, or of what was judged of it. */
export function lineOf({ declaration, verdict }: JudgedCheck): string {
  return tokenLine(declaration.location.label, verdict);
}

/** One declaration as the handler of a check gets it. */
export interface Sent {
  readonly kind: Declaration["kind"];
  readonly name: string;
  readonly label: string;
  /** Its number among all that are sent. */
  readonly identityProvider?: number;
}

/** What a program gave for a declaration, as it gave it. */
export interface GivenDeclaration {
  readonly declaration: Declaration;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** The inputs beside `JUDGED_INPUTS` that say who belongs to whom. */
const RELATIONS = ["projectId", "federationSettingsId", "configurationName", "identityProvider"];

/** The declarations that tokens are judged against, with their inputs as the program gave them. */
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

/** Each text by itself is a secret: a secret around one that is not known would leave nothing known. */
export function secretMaterials({ materials }: SampleTokens): Record<string, Record<string, pulumi.Output<string>>> {
  const entries = Object.entries(materials).map(([title, texts]) => {
    const secrets = Object.entries(texts).map(([key, text]) => [key, pulumi.secret(text)] as const);
    return [title, Object.fromEntries(secrets)] as const;
  });
  return Object.fromEntries(entries);
}

/** The secret ones among values that a program gave. One that is rejected is told by Pulumi for the input's own sake. */
export async function secretsIn(value: unknown): Promise<unknown[]> {
  if (pulumi.Output.isInstance(value)) return (await pulumi.isSecret(value).catch(() => false)) ? [value] : [];
  const settled = await Promise.resolve(value).catch(() => undefined);
  if (typeof settled !== "object" || settled === null || pulumi.Resource.isInstance(settled)) return [];
  if (settled !== value) return secretsIn(settled);
  return (await Promise.all(Object.values(settled).map(secretsIn))).flat();
}
