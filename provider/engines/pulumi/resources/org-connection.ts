import type * as pulumi from "@pulumi/pulumi";
import { referenceOf } from "./identity-provider-input.ts";
import { ORG_CONNECTION_OUTPUTS, type OrgConnectionArgs, OrgConnectionProperties } from "./inputs/org-connection.ts";

/**
 * One identity provider enabled in one organization: exactly one membership. Other identity providers, the SAML login
 * and every other setting of the organization stay as they are, also when the connection is destroyed.
 *
 * @example
 * ```ts
 * new OrgConnection("platform", { orgId, identityProvider: staff });
 * ```
 */
export class OrgConnection extends OrgConnectionProperties {
  /** The federation of the organization and the identity provider. */
  declare readonly federationSettingsId: pulumi.Output<string>;
  /** The id of the connected identity provider. */
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
  ...ORG_CONNECTION_OUTPUTS,
  "federationSettingsId",
  "identityProviderId",
] as const satisfies readonly (keyof OrgConnection)[];
