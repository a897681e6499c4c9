import { accessSettingsRules } from "./access-settings.ts";
import { clientsRules } from "./clients.ts";
import { connectionsRules } from "./connections.ts";
import { databaseRoleRules } from "./database-role.ts";
import { environmentRules } from "./environment.ts";
import { grantedRolesRules } from "./granted-roles.ts";
import { identityProviderRules } from "./identity-provider.ts";
import { issuerMetadataRules } from "./issuer-metadata.ts";
import { lookupsRules } from "./lookups.ts";
import { neverMatchingRules } from "./never-matching.ts";
import { ownershipRules } from "./ownership.ts";
import { planeRules } from "./plane-rules.ts";
import { principalsRules } from "./principals.ts";
import { projectTlsRules } from "./project-tls.ts";
import { restrictionsRules } from "./restrictions.ts";
import type { DeclarationRule, ProgramRule } from "./rule.ts";
import { serverRequirementsRules } from "./server-requirements.ts";
import { shapeRules } from "./shape.ts";
import { tokensRules } from "./tokens.ts";

interface Family {
  readonly declarations: readonly DeclarationRule<Code>[];
  readonly programs: readonly ProgramRule<Code>[];
}

/** Every family of rules, in the order in which their findings are listed. */
export const families: readonly Family[] = [
  shapeRules,
  planeRules,
  identityProviderRules,
  neverMatchingRules,
  connectionsRules,
  principalsRules,
  grantedRolesRules,
  accessSettingsRules,
  restrictionsRules,
  databaseRoleRules,
  projectTlsRules,
  serverRequirementsRules,
  ownershipRules,
  lookupsRules,
  tokensRules,
  clientsRules,
  issuerMetadataRules,
  environmentRules,
];

/**
 * Every code of mongofed: 1xx tokens, 2xx configuration, 3xx principals and groups, 4xx clients and environment. A code
 * keeps its meaning and is never reused.
 */
export const catalogue = {
  ...shapeRules.codes,
  ...planeRules.codes,
  ...identityProviderRules.codes,
  ...neverMatchingRules.codes,
  ...connectionsRules.codes,
  ...principalsRules.codes,
  ...grantedRolesRules.codes,
  ...accessSettingsRules.codes,
  ...restrictionsRules.codes,
  ...databaseRoleRules.codes,
  ...projectTlsRules.codes,
  ...serverRequirementsRules.codes,
  ...ownershipRules.codes,
  ...lookupsRules.codes,
  ...tokensRules.codes,
  ...clientsRules.codes,
  ...issuerMetadataRules.codes,
  ...environmentRules.codes,
};

export type Code = keyof typeof catalogue;

export function isCode(text: string): text is Code {
  return Object.hasOwn(catalogue, text);
}
