import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { Control } from "../../../../schema/controls.ts";
import {
  type AuthorizationType,
  type atlasIdentityProviderSchema,
  type atlasWorkforceSchema,
  IDENTITY_PROVIDER_SETTINGS,
  type IdentityProviderReference,
  type IdpType,
  type projectIdentityProviderSchema,
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
};

/** The project that an identity provider belongs to, if it does: `undefined` says that it is one of Atlas. */
type Project = pulumi.Input<string> | undefined;

/** In Atlas it belongs to a federation, and has a description; one for people has domains. */
type InFederation = Inputs<z.input<typeof atlasIdentityProviderSchema>> & { readonly projectId?: never };
type Domains = Inputs<z.input<typeof atlasWorkforceSchema>>;
/** In Cloud Manager and Ops Manager it belongs to a project. */
type InProject = Inputs<z.input<typeof projectIdentityProviderSchema>> & {
  readonly federationSettingsId?: never;
  readonly description?: never;
};
type NoDomains = { readonly associatedDomains?: never };

export type IdentityProviderArgs<A extends AuthorizationType = AuthorizationType> = (
  | (WorkforceIdentityProviderArgs & ((InFederation & Domains) | (InProject & NoDomains)))
  | (WorkloadIdentityProviderArgs & NoDomains & (InFederation | InProject))
) & { readonly authorizationType: pulumi.Input<A> };

/** What other resources need to know of an identity provider; export it for the stacks of other teams. */
export type IdentityProviderOutputs = {
  readonly [K in keyof IdentityProviderReference]: pulumi.Output<Exclude<IdentityProviderReference[K], undefined>>;
};

/** Never there at run time: keeps the authorization types apart, since each would pass for the type of both. */
declare const authorizes: unique symbol;
/** The same for the two places that it can belong to. */
declare const belongs: unique symbol;

/**
 * One OIDC identity provider: for people (`WORKFORCE`, mongosh and Compass) or for programs (`WORKLOAD`, drivers). In
 * Atlas it belongs to a federation and gives nobody access by itself: connect it to an organization with
 * `OrgConnection`. In Cloud Manager and Ops Manager it belongs to a project.
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
 * @example The same in a project of Cloud Manager
 * ```ts
 * const staff = new IdentityProvider("staff", {
 *   projectId: config.require("projectId"),
 *   configurationName: "corp-entra",
 *   ...entraWorkforce({ tenantId, applicationId }),
 * });
 * ```
 */
export class IdentityProvider<
  A extends AuthorizationType = AuthorizationType,
  P extends Project = undefined,
> extends HeldResource {
  declare readonly [authorizes]: (type: A) => A;
  declare readonly [belongs]: P extends undefined ? "federation" : "project";
  /** In Atlas. */
  declare readonly federationSettingsId: pulumi.Output<P extends undefined ? string : undefined>;
  /** In Cloud Manager and Ops Manager. */
  declare readonly projectId: pulumi.Output<P extends undefined ? undefined : string>;
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

  /**
   * What every principal is prefixed with: in Atlas the id of 24 hexadecimal digits, in Cloud Manager the configuration
   * name. Known also while an update is previewed.
   */
  readonly identityProviderId: pulumi.Output<string>;

  /** What another stack needs: a plain value, for whose use no access to the federation or project is required. */
  readonly reference: IdentityProviderOutputs;

  constructor(
    name: string,
    args: IdentityProviderArgs<A> & { readonly projectId?: P },
    options?: pulumi.CustomResourceOptions,
  ) {
    super({ kind: "IdentityProvider", name, args: { ...args }, inputs: { ...args }, outputs: OUTPUTS }, options);
    // The last part of the resource's id, and not an output of its own: Pulumi takes every output that is no input
    // for unknown while it previews an update, but never the id.
    this.identityProviderId = this.id.apply((id) => id.slice(id.lastIndexOf("/") + 1));
    this.reference = {
      ...this.#place(args),
      configurationName: this.configurationName,
      idpType: this.idpType,
      authorizationType: this.authorizationType,
    };
    lend(this, this.reference);
  }

  /** Where it belongs, and its id where it has one. Of one that is read by its id, only what is read tells. */
  #place(args: Partial<Record<"federationSettingsId" | "projectId", unknown>>): Partial<IdentityProviderOutputs> {
    const federationSettingsId = this.federationSettingsId as pulumi.Output<string>;
    const projectId = this.projectId as pulumi.Output<string>;
    if (args.projectId !== undefined) return { projectId };
    if (args.federationSettingsId !== undefined)
      return { federationSettingsId, identityProviderId: this.identityProviderId };
    const id = pulumi.all([this.identityProviderId, federationSettingsId]);
    const identityProviderId = id.apply(([prefix, federation]) => (federation ? prefix : undefined));
    return { federationSettingsId, projectId, identityProviderId: identityProviderId as pulumi.Output<string> };
  }

  /**
   * Reads an identity provider that this stack does not manage, in a preview too.
   *
   * @param id `{federationSettingsId}/{identityProviderId}` in Atlas, `{projectId}/{configurationName}` in Cloud Manager
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): IdentityProvider {
    return new IdentityProvider(name, {} as IdentityProviderArgs & { projectId?: undefined }, { ...options, id });
  }
}

const OUTPUTS = [
  "federationSettingsId",
  "projectId",
  "idpType",
  ...IDENTITY_PROVIDER_SETTINGS,
] as const satisfies readonly (keyof IdentityProvider)[];
