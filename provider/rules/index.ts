import type { Finding } from "../../schema/finding.ts";
import { connectedTwice, issuerAndAudienceUnique, oneWorkforceProvider } from "./connections.ts";
import {
  clientOfPeopleOnly,
  configurationNameLength,
  domainForm,
  googleHasNoGroups,
  groupsClaimIgnored,
  issuerForm,
  scopeIsAClaim,
  userClaimCanChange,
  workloadUserClaim,
} from "./identity-provider.ts";
import type { Declaration, Program } from "./program.ts";
import { type DeclarationRule, finding, type ProgramRule } from "./rule.ts";
import { invalidInput, legacyId } from "./shape.ts";

export { type Code, catalogue, isCode } from "./catalogue.ts";
export { prerequisites } from "./order.ts";
export type { Declaration, Kind, Program } from "./program.ts";
export { finding } from "./rule.ts";
export {
  type AccessSurroundings,
  type DeclaredPrincipal,
  type ProviderSurroundings,
  type Surroundings,
  surroundingsOf,
} from "./surroundings.ts";

/** The rules over one declaration by itself. */
export const declarationRules: readonly DeclarationRule[] = [
  ...invalidInput,
  legacyId,
  configurationNameLength,
  clientOfPeopleOnly,
  issuerForm,
  domainForm,
  groupsClaimIgnored,
  workloadUserClaim,
  googleHasNoGroups,
  userClaimCanChange,
  scopeIsAClaim,
];

/** The rules over declarations against each other. */
export const programRules: readonly ProgramRule[] = [oneWorkforceProvider, connectedTwice, issuerAndAudienceUnique];

/** What the rules say of one declaration. */
export function declarationFindings(declaration: Declaration): Finding[] {
  return declarationRules
    .filter((rule) => rule.kind === declaration.kind)
    .flatMap((rule) => rule.judge(declaration).map((verdict) => finding(rule.code, verdict)));
}

/** What the rules say of a whole program: all of it, errors first, then in the order of the declarations. */
export function programFindings(program: Program): Finding[] {
  const findings = [
    ...program.declarations.flatMap(declarationFindings),
    ...programRules.flatMap((rule) => rule.judge(program).map((verdict) => finding(rule.code, verdict))),
  ];
  const place = (entry: Finding) =>
    program.declarations.findIndex(
      ({ location }) => location.file === entry.locations[0]?.file && location.line === entry.locations[0]?.line,
    );
  const rank = { error: 0, warning: 1, info: 2 };
  return findings.sort((a, b) => rank[a.severity] - rank[b.severity] || place(a) - place(b));
}
