import type * as pulumi from "@pulumi/pulumi";
import { DATABASE_ROLE_OUTPUTS, type DatabaseRoleArgs, DatabaseRoleProperties } from "./inputs/database-role.ts";

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
export class DatabaseRole extends DatabaseRoleProperties {
  constructor(name: string, args: DatabaseRoleArgs, options?: pulumi.CustomResourceOptions) {
    super(
      { kind: "DatabaseRole", name, args: { ...args }, inputs: { ...args }, outputs: DATABASE_ROLE_OUTPUTS },
      options,
    );
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
