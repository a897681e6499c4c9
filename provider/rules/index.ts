import type { Finding } from "../../schema/finding.ts";
import { type Code, families } from "./catalogue.ts";
import { finding } from "./finding.ts";
import { neverMatching } from "./never-matching.ts";
import { planeIn, planeOf } from "./plane.ts";
import type { Declaration, Program } from "./program.ts";
import type { DeclarationRule, Judging, ProgramRule } from "./rule.ts";

export type { PlaneKind } from "../../schema/plane.ts";
export type { Kind } from "../../schema/resources.ts";
export { type Code, catalogue, isCode } from "./catalogue.ts";
export { plainSecrets, providerSettings } from "./environment.ts";
export { finding } from "./finding.ts";
export { placeOfBuiltIn } from "./granted-roles.ts";
export { prerequisites } from "./order.ts";
export type { Declaration, Program } from "./program.ts";
export { readProgram, writeProgram } from "./program-json.ts";
export {
  type DeclaredPrincipal,
  type RelatedDeclarations,
  relatedDeclarationsOf,
} from "./related-declarations.ts";

/** FED231: values with which a new identity provider lets nobody in. The same values of an existing one are FED232. */
export function noTokenMatches(inputs: Readonly<Record<string, unknown>>): Finding[] {
  return neverMatching(inputs).map((verdict) => finding("FED231", verdict));
}

/** The rules over one declaration by itself. */
export const declarationRules: readonly DeclarationRule<Code>[] = families.flatMap(({ declarations }) => declarations);

/** The rules over declarations against each other. */
export const programRules: readonly ProgramRule<Code>[] = families.flatMap(({ programs }) => programs);

/** Returns the findings of one declaration. By default: now, and for the control plane that its inputs imply. */
export function declarationFindings(declaration: Declaration, known: Partial<Judging> = {}): Finding[] {
  const judging = { now: known.now ?? Date.now(), plane: known.plane ?? planeOf(declaration) };
  return declarationRules
    .filter(({ kinds }) => kinds.includes(declaration.kind))
    .flatMap((rule) => rule.judge(declaration, judging).map((verdict) => finding(rule.code, verdict)));
}

/** Returns all findings of a program: errors first, then in the order of the declarations. */
export function programFindings(program: Program): Finding[] {
  const now = program.now ?? Date.now();
  const findings = [
    ...program.declarations.flatMap((declaration) =>
      declarationFindings(declaration, { now, plane: planeIn(program, declaration) }),
    ),
    ...programRules.flatMap((rule) => rule.judge(program).map((verdict) => finding(rule.code, verdict))),
  ];
  const place = placesOf(program, findings);
  const rank = { error: 0, warning: 1, info: 2 };
  return findings.sort((a, b) => rank[a.severity] - rank[b.severity] || place(a) - place(b));
}

/**
 * Returns the place of a finding in the program. Declarations on one line, as a loop makes them, share the place of the
 * first. Looks declarations up by label: every location that is read maps a stack, so only those of findings are.
 */
function placesOf(program: Program, findings: readonly Finding[]): (finding: Finding) => number {
  const indexes = new Map(
    program.declarations.map(({ location }, index) => [location.label, index] as const).reverse(),
  );
  const places = new Map<string, number>();
  for (const { label, file, line } of findings.flatMap(({ locations }) => locations.slice(0, 1))) {
    const index = indexes.get(label) ?? -1;
    places.set(`${file}:${line}`, Math.min(index, places.get(`${file}:${line}`) ?? index));
  }
  return ({ locations: [first] }) => (first === undefined ? -1 : (places.get(`${first.file}:${first.line}`) ?? -1));
}
