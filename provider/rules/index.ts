import type { Finding, Location } from "../../schema/finding.ts";
import { descriptionLength, expired, expiryForm, labelTwice, scopeForm } from "./access-settings.ts";
import {
  configurationNameForm,
  configurationNamesAlike,
  configurationNameTwice,
  connectionOfProject,
  federationOrProject,
  inputOfOtherPlane,
  projectOfProvider,
  revokedByHand,
} from "./belonging.ts";
import { connectedTwice, issuerAndAudienceUnique, oneWorkforceProvider } from "./connections.ts";
import {
  actionOfSomeServers,
  actionTwice,
  actionWithoutEffect,
  roleAllowsNothing,
  roleCircle,
  roleDefinedTwice,
  roleNamedAsGrant,
  roleNameForm,
  roleOnAdmin,
  roleOnDatabase,
  roleOnItsOwn,
  unknownAction,
} from "./database-role.ts";
import { grantedRole, roleTwice } from "./granted-roles.ts";
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
import { valuesHardlyMatch } from "./never-matching.ts";
import { planeIn, planeOf } from "./plane.ts";
import {
  accessDeclaredTwice,
  configurationNameAsPrefix,
  connectedNowhereHere,
  entraGroupByObjectId,
  entraPrincipalByObjectId,
  googlePrincipalByUniqueId,
  groupBeginsWithSlash,
  principalForm,
  roleNeedsGroupProvider,
  userNeedsUserProvider,
} from "./principals.ts";
import type { Declaration, Program } from "./program.ts";
import { pathForm, tlsDeclaredTwice } from "./project-tls.ts";
import { restrictionFitsNobody, restrictionForm } from "./restrictions.ts";
import { type DeclarationRule, finding, type Judging, type ProgramRule } from "./rule.ts";
import { invalidInput, legacyId, missingInput } from "./shape.ts";

export type { PlaneKind } from "../../schema/plane.ts";
export type { Kind } from "../../schema/resources.ts";
export { type Code, catalogue, isCode } from "./catalogue.ts";
export { placeOfBuiltIn } from "./granted-roles.ts";
export { noTokenMatches } from "./never-matching.ts";
export { prerequisites } from "./order.ts";
export type { Declaration, Program } from "./program.ts";
export { finding } from "./rule.ts";
export {
  type AccessSurroundings,
  type DeclaredPrincipal,
  type ProviderSurroundings,
  type Surroundings,
  surroundingsOf,
} from "./surroundings.ts";
export { readProgram, writeProgram } from "./written.ts";

/** The rules over one declaration by itself. */
export const declarationRules: readonly DeclarationRule[] = [
  missingInput,
  ...invalidInput,
  legacyId,
  federationOrProject,
  ...inputOfOtherPlane,
  connectionOfProject,
  projectOfProvider,
  configurationNameLength,
  configurationNameForm,
  revokedByHand,
  clientOfPeopleOnly,
  issuerForm,
  domainForm,
  groupsClaimIgnored,
  workloadUserClaim,
  googleHasNoGroups,
  userClaimCanChange,
  scopeIsAClaim,
  valuesHardlyMatch,
  userNeedsUserProvider,
  roleNeedsGroupProvider,
  principalForm,
  configurationNameAsPrefix,
  groupBeginsWithSlash,
  entraGroupByObjectId,
  entraPrincipalByObjectId,
  googlePrincipalByUniqueId,
  grantedRole,
  roleTwice,
  expired,
  expiryForm,
  descriptionLength,
  scopeForm,
  labelTwice,
  restrictionForm,
  restrictionFitsNobody,
  roleNameForm,
  roleNamedAsGrant,
  roleOnAdmin,
  roleOnDatabase,
  roleOnItsOwn,
  roleAllowsNothing,
  unknownAction,
  actionOfSomeServers,
  actionWithoutEffect,
  actionTwice,
  pathForm,
];

/** The rules over declarations against each other. */
export const programRules: readonly ProgramRule[] = [
  oneWorkforceProvider,
  connectedTwice,
  issuerAndAudienceUnique,
  configurationNameTwice,
  configurationNamesAlike,
  accessDeclaredTwice,
  connectedNowhereHere,
  roleDefinedTwice,
  roleCircle,
  tlsDeclaredTwice,
];

/** What the rules say of one declaration: at present, and for the control plane that it shows itself, unless told. */
export function declarationFindings(declaration: Declaration, known: Partial<Judging> = {}): Finding[] {
  const judging = { now: known.now ?? Date.now(), plane: known.plane ?? planeOf(declaration) };
  return declarationRules
    .filter(({ kinds }) => kinds.includes(declaration.kind))
    .flatMap((rule) => rule.judge(declaration, judging).map((verdict) => finding(rule.code, verdict)));
}

/** What the rules say of a whole program: all of it, errors first, then in the order of the declarations. */
export function programFindings(program: Program): Finding[] {
  const now = program.now ?? Date.now();
  const findings = [
    ...program.declarations.flatMap((declaration) =>
      declarationFindings(declaration, { now, plane: planeIn(program, declaration) }),
    ),
    ...programRules.flatMap((rule) => rule.judge(program).map((verdict) => finding(rule.code, verdict))),
  ];
  // Of several on one line, as a loop makes them, the first counts.
  const places = new Map(
    program.declarations.map(({ location }, index) => [placeKey(location), index] as const).reverse(),
  );
  const place = ({ locations: [first] }: Finding) => (first === undefined ? -1 : (places.get(placeKey(first)) ?? -1));
  const rank = { error: 0, warning: 1, info: 2 };
  return findings.sort((a, b) => rank[a.severity] - rank[b.severity] || place(a) - place(b));
}

function placeKey({ file, line }: Location): string {
  return `${file}:${line}`;
}
