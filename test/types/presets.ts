/** Presets in programs: what must compile, and what must not, as in `programs.ts`. The functions are never called. */
import type { Output } from "@pulumi/pulumi";
import {
  entraGroup,
  entraManagedIdentity,
  entraWorkforce,
  entraWorkload,
  FederatedUser,
  githubRepository,
  googleServiceAccount,
  IdentityProvider,
  kubernetes,
  lookupIdentityProvider,
  OidcRole,
  OrgConnection,
  oidc,
  oidcWorkload,
  okta,
  ping,
} from "mongofed";

declare const id: string;
declare const later: Output<string>;

/** The inputs that no preset sets. */
const own = { federationSettingsId: id, configurationName: "corp" };

export function presets(): void {
  const entra = { tenantId: id, applicationId: later };
  new IdentityProvider("entra", { ...own, ...entraWorkforce(entra), associatedDomains: ["example.com"] });
  new IdentityProvider("entra apps", { ...own, ...entraWorkload({ ...entra, tokenVersion: 1 }) });
  new IdentityProvider("okta", { ...own, ...okta({ domain: id, authorizationServer: id, clientId: later }) });
  new IdentityProvider("ping", { ...own, ...ping({ environmentId: id, clientId: id, scope: id, audience: id }) });
  new IdentityProvider("pods", { ...own, ...kubernetes({ issuerUri: later, audience: id }) });
  const sso = { issuerUri: later, clientId: id, audience: id, requestedScopes: [later] };
  new IdentityProvider("sso", { ...own, ...oidc(sso), groupsClaim: "teams" });
  new IdentityProvider("sso apps", { ...own, ...oidcWorkload({ issuerUri: id, audience: later }) });
  const byGroup: "GROUP" = entraWorkforce(entra).authorizationType;
  const byUser: "USER" = entraWorkforce({ ...entra, authorizationType: "USER" }).authorizationType;
  const plain: string = entraManagedIdentity(id);
  const settledLater: Output<string> = googleServiceAccount(later);
  const subject: string = githubRepository({ owner: id, repository: id, pullRequest: true });
  // The type of what a group may do follows from the preset.
  const staff = new IdentityProvider("staff", { ...own, ...entraWorkforce(entra) });
  new OidcRole("dba", { projectId: id, identityProvider: staff, group: entraGroup(later), roles: ["read@app"] });
  const apps = new IdentityProvider("apps", { ...own, ...entraWorkload(entra) });
  const billing = { projectId: id, principal: entraManagedIdentity(later), roles: ["readWrite@billing"] };
  new FederatedUser("billing", { ...billing, identityProvider: apps });
  // @ts-expect-error this one authorizes by group
  new FederatedUser("ada", { ...billing, identityProvider: staff });
  void [byGroup, byUser, plain, settledLater, subject];
  // @ts-expect-error a program has no client id, whatever knows it
  new IdentityProvider("a", { ...own, ...entraWorkload(entra), clientId: id });
  // @ts-expect-error nor has it scopes
  new IdentityProvider("b", { ...own, ...kubernetes({ issuerUri: id, audience: id }), requestedScopes: ["openid"] });
  // @ts-expect-error a preset does not know the federation
  new IdentityProvider("c", { configurationName: "corp", ...entraWorkforce(entra) });
  // @ts-expect-error an option that does not exist
  entraWorkforce({ ...entra, tenant: id });
  // @ts-expect-error an option that is missing
  entraWorkforce({ tenantId: id });
  // @ts-expect-error how tokens grant is known when the program is written
  entraWorkforce({ ...entra, authorizationType: later });
  // @ts-expect-error a number of 21 digits loses its last ones
  googleServiceAccount(1e20);
  // @ts-expect-error an output is no text
  const text: string = entraManagedIdentity(later);
  void text;
}

export function lookups(): void {
  const staff = lookupIdentityProvider({ federationSettingsId: id, authorizationType: "GROUP" });
  const any = lookupIdentityProvider({ federationSettingsId: id, configurationName: "corp" });
  new OrgConnection("platform", { orgId: id, identityProvider: any });
  new OidcRole("dba", { projectId: id, identityProvider: staff, group: "dba", roles: ["read@app"] });
  new FederatedUser("ada", { projectId: id, identityProvider: any, principal: "ada", roles: ["read@app"] });
  // @ts-expect-error what is asked is known when the program is written
  void lookupIdentityProvider({ federationSettingsId: later });
}
