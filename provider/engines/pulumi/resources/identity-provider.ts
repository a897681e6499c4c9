import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { Control } from "../../../../schema/controls.ts";
import {
  type AuthorizationType,
  IDENTITY_PROVIDER_SETTINGS,
  type IdentityProviderReference,
  type IdpType,
  type workforceIdentityProviderSchema,
  type workloadIdentityProviderSchema,
} from "../../../../schema/identity-provider.ts";
import { lend } from "../gate/gate.ts";
import { HeldResource } from "./held-resource.ts";
import type { Inputs } from "./inputs.ts";

/** Inputs of an identity provider for people. */
export type WorkforceIdentityProviderArgs = Inputs<
  z.input<typeof workforceIdentityProviderSchema>,
  "idpType" | Control
>;

/** Inputs of an identity provider for programs. What belongs to people's logins does not compile here. */
export type WorkloadIdentityProviderArgs = Inputs<
  z.input<typeof workloadIdentityProviderSchema>,
  "idpType" | Control
> & {
  readonly clientId?: never;
  readonly requestedScopes?: never;
  readonly associatedDomains?: never;
};

export type IdentityProviderArgs<A extends AuthorizationType = AuthorizationType> = (
  | WorkforceIdentityProviderArgs
  | WorkloadIdentityProviderArgs
) & { readonly authorizationType: pulumi.Input<A> };

/** What other resources need to know of an identity provider; export it for the stacks of other teams. */
export type IdentityProviderOutputs = {
  readonly [K in keyof IdentityProviderReference]: pulumi.Output<IdentityProviderReference[K]>;
};

/** Never there at run time: keeps the authorization types apart, since each would pass for the type of both. */
declare const authorizes: unique symbol;

/**
 * One OIDC identity provider of an Atlas federation: for people (`WORKFORCE`, mongosh and Compass) or for programs
 * (`WORKLOAD`, drivers). It gives nobody access by itself: connect it to an organization with `OrgConnection`.
 *
 * @example A workforce on Entra ID
 * ```ts
 * const staff = new IdentityProvider("staff", {
 *   federationSettingsId: config.require("federationSettingsId"),
 *   idpType: "WORKFORCE",
 *   configurationName: "corp-entra",
 *   issuerUri: `https://login.microsoftonline.com/${tenantId}/v2.0`,
 *   audience: applicationId,
 *   clientId: applicationId,
 *   requestedScopes: [`${applicationId}/.default`, "offline_access"],
 *   authorizationType: "GROUP",
 * });
 * export const corp = staff.reference;
 * ```
 */
export class IdentityProvider<A extends AuthorizationType = AuthorizationType> extends HeldResource {
  declare readonly [authorizes]: (type: A) => A;
  declare readonly federationSettingsId: pulumi.Output<string>;
  declare readonly idpType: pulumi.Output<IdpType>;
  declare readonly configurationName: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly issuerUri: pulumi.Output<string>;
  declare readonly audience: pulumi.Output<string>;
  declare readonly clientId: pulumi.Output<string | undefined>;
  declare readonly requestedScopes: pulumi.Output<string[] | undefined>;
  declare readonly associatedDomains: pulumi.Output<string[] | undefined>;
  declare readonly authorizationType: pulumi.Output<A>;
  declare readonly userClaim: pulumi.Output<string>;
  declare readonly groupsClaim: pulumi.Output<string | undefined>;

  /** The id in Atlas, 24 hexadecimal digits: the prefix of every principal. Known also while an update is previewed. */
  readonly identityProviderId: pulumi.Output<string>;

  /**
   * What an `OrgConnection` of another stack needs: a plain value, for whose use no access to the federation is
   * required.
   */
  readonly reference: IdentityProviderOutputs;

  constructor(name: string, args: IdentityProviderArgs<A>, options?: pulumi.CustomResourceOptions) {
    super({ kind: "IdentityProvider", name, args: { ...args }, inputs: { ...args }, outputs: OUTPUTS }, options);
    // The last part of the resource's id, and not an output of its own: Pulumi takes every output that is no input
    // for unknown while it previews an update, but never the id.
    this.identityProviderId = this.id.apply((id) => id.slice(id.lastIndexOf("/") + 1));
    this.reference = {
      federationSettingsId: this.federationSettingsId,
      identityProviderId: this.identityProviderId,
      configurationName: this.configurationName,
      idpType: this.idpType,
      authorizationType: this.authorizationType,
    };
    lend(this, this.reference);
  }

  /**
   * Reads an identity provider that this stack does not manage, in a preview too.
   *
   * @param id `{federationSettingsId}/{identityProviderId}`
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): IdentityProvider {
    return new IdentityProvider(name, {} as IdentityProviderArgs, { ...options, id });
  }
}

const OUTPUTS = [
  "federationSettingsId",
  "idpType",
  ...IDENTITY_PROVIDER_SETTINGS,
] as const satisfies readonly (keyof IdentityProvider)[];
