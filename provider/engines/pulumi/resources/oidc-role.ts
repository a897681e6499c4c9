import type * as pulumi from "@pulumi/pulumi";
import type { Privilege } from "../../../../schema/privileges.ts";
import { type AccessArgs, AccessResource, type Vouched } from "./access.ts";
import type { Given } from "./inputs.ts";

interface Own extends Omit<AccessArgs, "roles"> {
  /**
   * The group, exactly as it stands in the token's groups claim, but without a slash at its beginning: of Entra ID its
   * object id, not its name. Changing it replaces the resource.
   */
  readonly group: pulumi.Input<string>;
}

interface Privileges {
  /**
   * Cloud Manager and Ops Manager: what the group may do beside its roles, in the form of a `DatabaseRole`. Default:
   * nothing.
   */
  readonly privileges: Given<readonly Privilege[]>;
}

/** Roles, privileges, or both: a group that is granted neither is a mistake. */
type Granted = (Pick<AccessArgs, "roles"> & Partial<Privileges>) | (Partial<Pick<AccessArgs, "roles">> & Privileges);

/**
 * `identityProvider` vouches for them: the resource, or its `reference`, also from another stack, with `authorizationType`
 * `GROUP`. `projectId` is the project whose clusters are meant; in Cloud Manager it comes with the identity provider.
 * Another one of either replaces the resource.
 */
export type OidcRoleArgs = Own & Granted & Vouched<"GROUP">;

/**
 * What the members of one group of an identity provider may do in a project: in Atlas a database user on
 * `admin`, in Cloud Manager a role there.
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
  declare readonly privileges: pulumi.Output<Privilege[] | undefined>;

  constructor(name: string, args: OidcRoleArgs, options?: pulumi.CustomResourceOptions) {
    super({ kind: "OidcRole", name, args, own: ["group", "privileges"] }, options);
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
