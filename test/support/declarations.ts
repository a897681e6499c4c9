/** Declarations as a program writes them, and the places that they are about. */

import { FEDERATION, ORG, OTHER_FEDERATION, OTHER_ORG, PROJECT } from "./ids.ts";

export interface World {
  readonly federation: string;
  readonly org: string;
}

export const HOME: World = { federation: FEDERATION, org: ORG };
export const ABROAD: World = { federation: OTHER_FEDERATION, org: OTHER_ORG };

/** Declares an identity provider for people; `inputs` win over the inputs before them. */
export const identityProvider = (name: string, options = "{}", { federation } = HOME, inputs = "") => `
export const ${name} = new IdentityProvider("${name}", {
  federationSettingsId: "${federation}",
  idpType: "WORKFORCE",
  configurationName: "${name}",
  issuerUri: "https://idp.example.com",
  audience: "${name}",
  clientId: "mongodb",
  authorizationType: "GROUP",
  ${inputs}
}, ${options});`;

export const orgConnection = (to: string, options = "{}", { org } = HOME) => `
new OrgConnection("connect ${to}", { orgId: "${org}", identityProvider: ${to} }, ${options});`;

/** Declares an identity provider for programs. */
export const workload = (name: string, options = "{}", { federation } = HOME) => `
export const ${name} = new IdentityProvider("${name}", {
  federationSettingsId: "${federation}",
  idpType: "WORKLOAD",
  configurationName: "${name}",
  issuerUri: "https://idp.example.com",
  audience: "${name}",
  authorizationType: "USER",
}, ${options});`;

/** Access of a group, or of one program, in the project; `more` are further inputs. */
export const oidcRole = (group: string, through: string, more = 'roles: ["readWrite@app"]') => `
export const group${group} = new OidcRole("${group}", { projectId: "${PROJECT}", identityProvider: ${through}, group: "${group}", ${more} });`;
export const federatedUser = (principal: string, through: string, more = 'roles: ["readWrite@app"]') => `
export const user${principal} = new FederatedUser("${principal}", { projectId: "${PROJECT}", identityProvider: ${through}, principal: "${principal}", ${more} });`;
export const databaseRole = (roleName: string, more = "") => `
new DatabaseRole("${roleName}", { projectId: "${PROJECT}", roleName: "${roleName}",
  privileges: [{ resource: { database: "app", collection: "orders" }, actions: ["find"] }], ${more} });`;
