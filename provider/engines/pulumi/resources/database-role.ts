import type * as pulumi from "@pulumi/pulumi";
import type { Privilege } from "../../../../schema/privileges.ts";
import type { GrantedRoleInput } from "../../../../schema/roles.ts";
import { HeldResource } from "./held-resource.ts";
import type { Given } from "./inputs.ts";

export interface DatabaseRoleArgs {
  /** The project whose clusters know the role: 24 hexadecimal digits. Changing it replaces the role. */
  readonly projectId: pulumi.Input<string>;
  /**
   * The name by which it is granted: letters, digits, `-` and `_`, beginning with a letter or digit, not with `xgen-`.
   * Changing it replaces the role.
   */
  readonly roleName: pulumi.Input<string>;
  /** Where the role lives. Atlas knows `admin` only. Default: `admin`. */
  readonly database?: pulumi.Input<string> | undefined;
  /**
   * What the role allows, with MongoDB's names of actions. `collection: ""` means all of a database, `{ cluster: true }`
   * the cluster. Default: none, if it inherits roles.
   */
  readonly privileges?: Given<readonly Privilege[]> | undefined;
  /** The roles that it inherits: `"read@app"`, or objects `{ role, database, collection }`. Default: none. */
  readonly roles?: Given<readonly GrantedRoleInput[]> | undefined;
  /**
   * Take the role over if it exists already: `true` if it is equal to what is declared, `"overwrite"` also changes it,
   * which the preview lists. It is protected from deletion then, unless the option `protect` says otherwise. Default:
   * `false`.
   */
  readonly adopt?: boolean | "overwrite" | undefined;
}

/**
 * A user-defined role of a project, to be granted by `OidcRole` and `FederatedUser` where the built-in ones allow too
 * much or too little.
 *
 * @example
 * ```ts
 * new DatabaseRole("orders reader", {
 *   projectId,
 *   roleName: "orders-reader",
 *   privileges: [{ resource: { database: "app", collection: "orders" }, actions: ["find"] }],
 * });
 * new OidcRole("support", { projectId, identityProvider: staff, group, roles: ["orders-reader@admin"] });
 * ```
 */
export class DatabaseRole extends HeldResource {
  declare readonly projectId: pulumi.Output<string>;
  declare readonly roleName: pulumi.Output<string>;
  declare readonly database: pulumi.Output<string>;
  declare readonly privileges: pulumi.Output<Privilege[] | undefined>;
  declare readonly roles: pulumi.Output<GrantedRoleInput[] | undefined>;

  constructor(name: string, args: DatabaseRoleArgs, options?: pulumi.CustomResourceOptions) {
    super({ kind: "DatabaseRole", name, args: { ...args }, inputs: { ...args }, outputs: OUTPUTS }, options);
  }

  /**
   * Reads a user-defined role that this stack does not manage, in a preview too.
   *
   * @param id `{projectId}/{roleName}`
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): DatabaseRole {
    return new DatabaseRole(name, {} as DatabaseRoleArgs, { ...options, id });
  }
}

const OUTPUTS = [
  "projectId",
  "roleName",
  "database",
  "privileges",
  "roles",
] as const satisfies readonly (keyof DatabaseRole)[];
