import type * as pulumi from "@pulumi/pulumi";
import { type AccessArgs, AccessResource, type Vouched } from "./access.ts";

interface Own extends AccessArgs {
  /**
   * The person or program, exactly as the token's user claim names it: of a managed identity its object id, of a Google
   * service account its unique id. Changing it replaces the resource.
   */
  readonly principal: pulumi.Input<string>;
}

/**
 * `identityProvider` vouches for them: the resource, or its `reference`, also from another stack, with `authorizationType`
 * `USER`. `projectId` is the project whose clusters are meant; in Cloud Manager it comes with the identity provider.
 * Another one of either replaces the resource.
 */
export type FederatedUserArgs = Own & Vouched<"USER">;

/**
 * What one person or program of an identity provider may do in a project: in Atlas a database user on `$external`.
 *
 * @example
 * ```ts
 * new FederatedUser("billing", {
 *   projectId,
 *   identityProvider: apps,
 *   principal: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
 *   roles: ["readWrite@billing"],
 * });
 * ```
 */
export class FederatedUser extends AccessResource {
  declare readonly principal: pulumi.Output<string>;

  constructor(name: string, args: FederatedUserArgs, options?: pulumi.CustomResourceOptions) {
    super({ kind: "FederatedUser", name, args, own: ["principal"] }, options);
  }

  /**
   * Reads a person's or program's access that this stack does not manage, in a preview too. Of its identity provider it
   * knows the id and how it authorizes.
   *
   * @param id `{projectId}/{identityProviderId}/{principal}`
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): FederatedUser {
    return new FederatedUser(name, {} as FederatedUserArgs, { ...options, id });
  }
}
