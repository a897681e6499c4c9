import type * as pulumi from "@pulumi/pulumi";
import { type AccessArgs, AccessResource, type IdentityProviderInput } from "./access.ts";

export interface OidcRoleArgs extends AccessArgs {
  /**
   * The identity provider that vouches for the group: the resource, or its `reference`, also from another stack. It
   * authorizes by group (`authorizationType` `GROUP`). Another one replaces the resource.
   */
  readonly identityProvider: IdentityProviderInput<"GROUP">;
  /**
   * The group, exactly as it stands in the token's groups claim, but without a slash at its beginning: of Entra ID its
   * object id, not its name. Changing it replaces the resource.
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
export class OidcRole extends AccessResource {
  declare readonly group: pulumi.Output<string>;

  constructor(name: string, args: OidcRoleArgs, options?: pulumi.CustomResourceOptions) {
    super({ kind: "OidcRole", name, args, who: "group" }, options);
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
