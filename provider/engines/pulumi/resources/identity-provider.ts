import type * as pulumi from "@pulumi/pulumi";
import type { AuthorizationType, IdentityProviderReference } from "../../../../schema/identity-provider.ts";
import { aliasOf } from "../gate/hold.ts";
import { ADOPTS } from "../hidden.ts";
import {
  type AtlasWorkforceArgs,
  type AtlasWorkloadArgs,
  IDENTITY_PROVIDER_OUTPUTS,
  IdentityProviderProperties,
  type ProjectWorkforceArgs,
  type ProjectWorkloadArgs,
} from "./inputs/identity-provider.ts";

type Given = pulumi.Input<string>;

/** Inputs of an identity provider for people. */
export type WorkforceIdentityProviderArgs<A extends AuthorizationType = AuthorizationType, F extends Given = Given> =
  | AtlasWorkforceArgs<A, F>
  | ProjectWorkforceArgs<A>;

/** Inputs of an identity provider for programs. Inputs for people's logins do not compile here. */
export type WorkloadIdentityProviderArgs<A extends AuthorizationType = AuthorizationType, F extends Given = Given> =
  | AtlasWorkloadArgs<A, F>
  | ProjectWorkloadArgs<A>;

export type IdentityProviderArgs<A extends AuthorizationType = AuthorizationType, F extends Given = Given> =
  | WorkforceIdentityProviderArgs<A, F>
  | WorkloadIdentityProviderArgs<A, F>;

/** The part of an identity provider that other resources need. Export it for the stacks of other teams. */
export type IdentityProviderOutputs = {
  readonly [K in keyof IdentityProviderReference]: pulumi.Output<Exclude<IdentityProviderReference[K], undefined>>;
};

/** Fits every type: the compiler cannot reject an identity provider whose type does not say more. */
// biome-ignore lint/suspicious/noExplicitAny: `unknown` would not fit where one value is required.
type Unsaid = any;

/**
 * One OIDC identity provider: for people (`WORKFORCE`, mongosh and Compass) or for programs (`WORKLOAD`, drivers). In
 * Atlas it belongs to a federation and grants no access by itself: connect it to an organization with
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
  F extends Given = never,
> extends IdentityProviderProperties {
  /** For the compiler only: how the identity provider authorizes. Not a symbol, so that copies of the package fit. */
  declare readonly "~authorizes"?: (AuthorizationType extends A ? Unsaid : A) | undefined;
  /** For the compiler only: `atlas` if the program gave a federation. */
  declare readonly "~plane"?: ([F] extends [never] ? Unsaid : "atlas") | undefined;
  /** The federation on Atlas. */
  declare readonly federationSettingsId: pulumi.Output<[F] extends [never] ? string | undefined : string>;
  /** The project on Cloud Manager and Ops Manager. */
  declare readonly projectId: pulumi.Output<[F] extends [never] ? string | undefined : undefined>;

  /**
   * The prefix of every principal: in Atlas the id of 24 hexadecimal digits, in Cloud Manager the configuration name.
   * It is known during the preview of an update too.
   */
  readonly identityProviderId: pulumi.Output<string>;

  /** A plain value for other stacks. Its use requires no access to the federation or project. */
  readonly reference: IdentityProviderOutputs;

  constructor(name: string, args: IdentityProviderArgs<A, F>, options?: pulumi.CustomResourceOptions) {
    const declared = { kind: "IdentityProvider", name, args: { ...args }, inputs: { ...args } } as const;
    super({ ...declared, outputs: [...IDENTITY_PROVIDER_OUTPUTS, ADOPTS] }, options);
    const { [ADOPTS]: adopts } = this as unknown as { readonly [ADOPTS]: pulumi.Output<string> };
    // The last part of the resource's id, and not an output of its own: Pulumi takes every output that is no input
    // for unknown while it previews an update, but never the id.
    const id = choose(this, async () => ((await isKnown(this.id)) ? this.id : adopts));
    this.identityProviderId = id.apply((known) => known.slice(known.lastIndexOf("/") + 1));
    this.reference = {
      ...placeOf(this, args),
      configurationName: this.configurationName,
      idpType: this.idpType,
      authorizationType: this.authorizationType,
    };
    aliasOf(this, this.reference);
  }

  /**
   * Reads an identity provider that this stack does not manage, in a preview too.
   *
   * @param id `{federationSettingsId}/{identityProviderId}` in Atlas, `{projectId}/{configurationName}` in Cloud Manager
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): IdentityProvider {
    return new IdentityProvider(name, {} as IdentityProviderArgs<AuthorizationType, never>, { ...options, id });
  }
}

/** Where it belongs, and its id where it has one. Of one that is read by its id, only what is read tells. */
function placeOf(
  provider: Pick<IdentityProvider, "federationSettingsId" | "projectId" | "identityProviderId" | "urn">,
  args: Partial<Record<"federationSettingsId" | "projectId", unknown>>,
): Partial<IdentityProviderOutputs> {
  const { identityProviderId } = provider;
  const federationSettingsId = provider.federationSettingsId as pulumi.Output<string>;
  const projectId = provider.projectId as pulumi.Output<string>;
  if (args.projectId !== undefined) return { projectId };
  if (args.federationSettingsId !== undefined) return { federationSettingsId, identityProviderId };
  // A preview takes the one that was not read for unknown, so that the other one decides.
  const unless = (other: pulumi.Output<string>, value: pulumi.Output<string>) =>
    choose(provider, async () => ((await isRead(other)) ? (undefined as unknown as string) : value));
  return {
    federationSettingsId: unless(projectId, federationSettingsId),
    projectId: unless(federationSettingsId, projectId),
    identityProviderId: unless(projectId, identityProviderId),
  };
}

/** An output of the resource that repeats another one of its outputs, chosen when the resource is registered. */
function choose(
  { urn }: Pick<pulumi.Resource, "urn">,
  choice: () => Promise<pulumi.Output<string> | string>,
): pulumi.Output<string> {
  return urn.apply(choice) as pulumi.Output<string>;
}

async function isRead(output: pulumi.Output<string>): Promise<boolean> {
  const { promise } = output as unknown as { promise(): Promise<string | undefined> };
  return (await isKnown(output)) && (await promise.call(output)) !== undefined;
}

/** Pulumi's types hide this part of an output. */
function isKnown(output: pulumi.Output<unknown>): Promise<boolean> {
  return (output as unknown as { readonly isKnown: Promise<boolean> }).isKnown;
}
