/**
 * MongoDB identity federation as code: the resources that a Pulumi program declares.
 *
 * @module mongofed
 */
export type { RunsOn } from "../schema/connection.ts";
export type { AuthorizationType, IdentityProviderReference, IdpType } from "../schema/identity-provider.ts";
export type {
  CallbackSettings,
  CompassSettings,
  ConnectionSettings,
  DriverOptions,
  MinimumDriver,
  MongoshSettings,
} from "./connection/index.ts";
export {
  type Connection,
  connection,
} from "./engines/pulumi/connection.ts";
export type { PresetInputs, WorkforcePreset, WorkloadPreset } from "./engines/pulumi/lift-output.ts";
export {
  type DatabaseRoleQuery,
  type FederatedUserQuery,
  type FederationQuery,
  type FoundDatabaseRole,
  type FoundGrant,
  type FoundOrgConnection,
  type IdentityProviderQuery,
  type LookupOptions,
  lookupDatabaseRole,
  lookupFederatedUser,
  lookupIdentityProvider,
  lookupOidcRole,
  lookupOrgConnection,
  type OidcRoleQuery,
  type OrgConnectionQuery,
  type ProjectQuery,
} from "./engines/pulumi/lookups.ts";
export {
  entraWorkforce,
  entraWorkload,
  githubActions,
  googleCloud,
  kubernetes,
  oidc,
  oidcWorkload,
  okta,
  oktaWorkload,
  ping,
  pingWorkload,
} from "./engines/pulumi/presets.ts";
export {
  entraGroup,
  entraManagedIdentity,
  entraServicePrincipal,
  entraUser,
  githubRepository,
  googleServiceAccount,
  kubernetesServiceAccount,
} from "./engines/pulumi/principals.ts";
export { DatabaseRole } from "./engines/pulumi/resources/database-role.ts";
export { FederatedUser, type FederatedUserArgs } from "./engines/pulumi/resources/federated-user.ts";
export {
  IdentityProvider,
  type IdentityProviderArgs,
  type IdentityProviderOutputs,
  type WorkforceIdentityProviderArgs,
  type WorkloadIdentityProviderArgs,
} from "./engines/pulumi/resources/identity-provider.ts";
export type { ConnectionArgs } from "./engines/pulumi/resources/inputs/connection.ts";
export type { DatabaseRoleArgs } from "./engines/pulumi/resources/inputs/database-role.ts";
export type { OrgConnectionArgs } from "./engines/pulumi/resources/inputs/org-connection.ts";
export type {
  EntraWorkforceArgs,
  EntraWorkloadArgs,
  GithubActionsArgs,
  GoogleCloudArgs,
  KubernetesArgs,
  OidcArgs,
  OidcWorkloadArgs,
  OktaArgs,
  OktaWorkloadArgs,
  PingArgs,
  PingWorkloadArgs,
} from "./engines/pulumi/resources/inputs/presets.ts";
export type {
  GithubRepositoryArgs,
  KubernetesServiceAccountArgs,
} from "./engines/pulumi/resources/inputs/principals.ts";
export type { ProjectTlsArgs } from "./engines/pulumi/resources/inputs/project-tls.ts";
export type { ProviderArgs } from "./engines/pulumi/resources/inputs/provider.ts";
export type {
  ClaimsArgs,
  SignedTokenArgs,
  TokenCheckArgs,
  TokenExpectationArgs,
} from "./engines/pulumi/resources/inputs/token-check.ts";
export { OidcRole, type OidcRoleArgs } from "./engines/pulumi/resources/oidc-role.ts";
export { OrgConnection } from "./engines/pulumi/resources/org-connection.ts";
export { ProjectTls } from "./engines/pulumi/resources/project-tls.ts";
export { Provider } from "./engines/pulumi/resources/provider.ts";
export { TokenCheck } from "./engines/pulumi/resources/token-check.ts";
export { fromEnv, fromFile, type TextSource } from "./engines/pulumi/token-sources.ts";
