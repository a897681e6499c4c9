/**
 * MongoDB identity federation as code: the resources that a Pulumi program declares.
 *
 * @module mongofed
 */
export type { AuthorizationType, IdentityProviderReference, IdpType } from "../schema/identity-provider.ts";
export {
  IdentityProvider,
  type IdentityProviderArgs,
  type IdentityProviderOutputs,
  type WorkforceIdentityProviderArgs,
  type WorkloadIdentityProviderArgs,
} from "./engines/pulumi/resources/identity-provider.ts";
export { OrgConnection, type OrgConnectionArgs } from "./engines/pulumi/resources/org-connection.ts";
export { Provider, type ProviderArgs } from "./engines/pulumi/resources/provider.ts";
