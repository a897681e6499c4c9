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

export interface OidcRoleArgs extends AccessArgs {
  /**
   * The identity provider that vouches for the group: the resource, or its `reference`, also from another stack. It
   * authorizes by group (`authorizationType` `GROUP`). Another one replaces the resource.
   */
  readonly identityProvider: IdentityProviderInput<"GROUP">;
  /**
   * The group, exactly as it stands in the token's groups claim: of Entra ID its object id, not its name. Changing it
   * replaces the resource.
   */
  readonly group: pulumi.Input<string>;
}

/**
 * What the members of one group of an identity provider may do in a project: in Atlas a database user on `admin`.
 *
 * @example
 * ```ts
 * new OidcRole("dba", {
 *   projectId,
 *   identityProvider: staff,
 *   group: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
 *   roles: ["readWrite@app", "clusterMonitor@admin"],
 * });
 * ```
 */
export class OidcRole extends HeldResource implements AccessOutputs {
  declare readonly projectId: AccessOutputs["projectId"];
  declare readonly identityProvider: AccessOutputs["identityProvider"];
  declare readonly roles: AccessOutputs["roles"];
  declare readonly scopes: AccessOutputs["scopes"];
  declare readonly labels: AccessOutputs["labels"];
  declare readonly description: AccessOutputs["description"];
  declare readonly deleteAfterDate: AccessOutputs["deleteAfterDate"];
  declare readonly group: pulumi.Output<string>;

  /** `{id of the identity provider}/{group}`: the name of the database user. Known also while an update is previewed. */
  readonly username: pulumi.Output<string>;

  readonly #through: AnyIdentityProviderInput;

  constructor(name: string, args: OidcRoleArgs, options?: pulumi.CustomResourceOptions) {
    const inputs = { ...args, identityProvider: referenceOf(args.identityProvider) };
    super({ kind: "OidcRole", name, args: inputs, inputs, outputs: [...ACCESS_OUTPUTS, "group"] }, options);
    this.username = usernameOf(this.id);
    this.#through = args.identityProvider;
  }

  /**
   * What the members of the group need to connect: the driver's connection string, or for people the commands of mongosh and the
   * fields of Compass. Nothing secret is in it.
   */
  connection(args: ConnectionArgs): Connection {
    return connection(this.#through, args);
  }

  /**
   * Reads a group's access that this stack does not manage, in a preview too. Of its identity provider it knows the id
   * and how it authorizes.
   *
   * @param id `{projectId}/{identityProviderId}/{group}`
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): OidcRole {
    return new OidcRole(name, {} as OidcRoleArgs, { ...options, id });
  }
}
