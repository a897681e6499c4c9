import type * as pulumi from "@pulumi/pulumi";
import type { IdentityProviderReference } from "../../../../schema/identity-provider.ts";
import { type AnyIdentityProviderInput, referenceOf } from "./access.ts";
import { HeldResource } from "./held-resource.ts";

export interface OrgConnectionArgs {
  /** The organization whose clusters accept the identity provider: 24 hexadecimal digits. Changing it replaces the connection. */
  readonly orgId: pulumi.Input<string>;
  /**
   * The identity provider: the resource, or its `reference`, also from another stack. Changing it swaps one for the
   * other in one request, with no moment in between that has both or neither.
   */
  readonly identityProvider: AnyIdentityProviderInput;
  /**
   * Take the connection over if it exists already. It is protected from deletion then, unless the option `protect` says
   * otherwise. (`"overwrite"` means the same: a connection is there or it is not.) Default: `false`.
   */
  readonly adopt?: boolean | "overwrite" | undefined;
  /**
   * Allow a swap and a disconnection that lock people or programs out which this stack does not manage. A deletion goes
   * by what was recorded by the last up. Default: `false`.
   */
  readonly allowLockout?: boolean | undefined;
}

/**
 * One identity provider enabled in one organization: exactly one membership. Other identity providers, the SAML login
 * and every other setting of the organization stay as they are, also when the connection is destroyed.
 *
 * @example
 * ```ts
 * new OrgConnection("platform", { orgId, identityProvider: staff });
 * ```
 */
export class OrgConnection extends HeldResource {
  declare readonly orgId: pulumi.Output<string>;
  declare readonly identityProvider: pulumi.Output<IdentityProviderReference>;
  declare readonly federationSettingsId: pulumi.Output<string>;
  declare readonly identityProviderId: pulumi.Output<string>;

  constructor(name: string, args: OrgConnectionArgs, options?: pulumi.CustomResourceOptions) {
    const inputs = { ...args, identityProvider: referenceOf(args.identityProvider) };
    super({ kind: "OrgConnection", name, args: inputs, inputs, outputs: OUTPUTS }, options);
  }

  /**
   * Reads a connection that this stack does not manage, in a preview too.
   *
   * @param id `{federationSettingsId}/{orgId}/{identityProviderId}`
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): OrgConnection {
    return new OrgConnection(name, {} as OrgConnectionArgs, { ...options, id });
  }
}

const OUTPUTS = [
  "orgId",
  "identityProvider",
  "federationSettingsId",
  "identityProviderId",
] as const satisfies readonly (keyof OrgConnection)[];
