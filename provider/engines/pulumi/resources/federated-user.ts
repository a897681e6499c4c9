import type * as pulumi from "@pulumi/pulumi";
import { type Connection, type ConnectionArgs, connection } from "../connection.ts";
import {
  ACCESS_OUTPUTS,
  type AccessArgs,
  type AccessOutputs,
  type AnyIdentityProviderInput,
  type IdentityProviderInput,
  referenceOf,
  usernameOf,
} from "./access.ts";
import { HeldResource } from "./held-resource.ts";

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
export class FederatedUser extends HeldResource implements AccessOutputs {
  declare readonly projectId: AccessOutputs["projectId"];
  declare readonly identityProvider: AccessOutputs["identityProvider"];
  declare readonly roles: AccessOutputs["roles"];
  declare readonly scopes: AccessOutputs["scopes"];
  declare readonly labels: AccessOutputs["labels"];
  declare readonly description: AccessOutputs["description"];
  declare readonly deleteAfterDate: AccessOutputs["deleteAfterDate"];
  declare readonly principal: pulumi.Output<string>;

  /** `{id of the identity provider}/{principal}`: the name of the database user. Known also while an update is previewed. */
  readonly username: pulumi.Output<string>;

  readonly #through: AnyIdentityProviderInput;

  constructor(name: string, args: FederatedUserArgs, options?: pulumi.CustomResourceOptions) {
    const inputs = { ...args, identityProvider: referenceOf(args.identityProvider) };
    super({ kind: "FederatedUser", name, args: inputs, inputs, outputs: [...ACCESS_OUTPUTS, "principal"] }, options);
    this.username = usernameOf(this.id);
    this.#through = args.identityProvider;
  }

  /**
   * What the person or program needs to connect: the driver's connection string, or for people the commands of mongosh and the
   * fields of Compass. Nothing secret is in it.
   */
  connection(args: ConnectionArgs): Connection {
    return connection(this.#through, args);
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
