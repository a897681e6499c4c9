import type * as pulumi from "@pulumi/pulumi";
import type { Through } from "./identity-provider-input.ts";
import { FEDERATED_USER_OUTPUTS, type FederatedUserInputs, FederatedUserProperties } from "./inputs/federated-user.ts";

export type FederatedUserArgs = FederatedUserInputs & Through<"USER">;

/**
 * Manages the access of one person or program of an identity provider in a project: a database user on `$external` in
 * Atlas.
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
export class FederatedUser extends FederatedUserProperties {
  constructor(name: string, args: FederatedUserArgs, options?: pulumi.CustomResourceOptions) {
    super({ kind: "FederatedUser", name, args, outputs: FEDERATED_USER_OUTPUTS }, options);
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
