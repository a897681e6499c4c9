import type * as pulumi from "@pulumi/pulumi";
import { type AccessArgs, AccessResource, type IdentityProviderInput } from "./access.ts";

export interface FederatedUserArgs extends AccessArgs {
  /**
   * The identity provider that vouches for the person or program: the resource, or its `reference`, also from another
   * stack. It authorizes one by one (`authorizationType` `USER`). Another one replaces the resource.
   */
  readonly identityProvider: IdentityProviderInput<"USER">;
  /**
   * The person or program, exactly as the token's user claim names it: of a managed identity its object id, of a Google
   * service account its unique id. Changing it replaces the resource.
   */
  readonly principal: pulumi.Input<string>;
}

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
    super({ kind: "FederatedUser", name, args, who: "principal" }, options);
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
