// Generated from the field tables in schema/ by `npm run docs`. Do not edit.

import type * as pulumi from "@pulumi/pulumi";
import { GatedResource } from "../gated-resource.ts";
import type { GrantedRoleInput, PrivilegeInput } from "./values.ts";

/** The inputs of a `DatabaseRole`. */
export interface DatabaseRoleArgs {
  /**
   * The project whose clusters have the role: 24 hexadecimal digits. The console shows the id under Project
   * Settings. Changing it replaces the resource.
   *
   * @example "5f1e2d3c4b5a69788796a5b4"
   */
  readonly projectId: pulumi.Input<string>;
  /**
   * The name of the role: letters, digits, `-` and `_`. It starts with a letter or digit, and not with
   * `xgen-`. Changing it replaces the resource.
   *
   * @example "orders-reader"
   */
  readonly roleName: pulumi.Input<string>;
  /**
   * The database that the role is defined on. Atlas accepts `admin` only. Changing it replaces the resource.
   * Default: `admin`.
   *
   * @example "admin"
   */
  readonly database?: pulumi.Input<string> | undefined;
  /**
   * The privileges of the role: `{ resource: { database, collection }, actions }`, with the action names of
   * MongoDB. `collection: ""` means every collection of the database. `{ cluster: true }` means the cluster.
   * Default: none.
   *
   * @example [{"resource":{"database":"app","collection":"orders"},"actions":["find"]}]
   */
  readonly privileges?: pulumi.Input<readonly pulumi.Input<PrivilegeInput>[]> | undefined;
  /**
   * The roles that this role inherits: `"read@app"`. An object `{ role, database, collection }` is possible
   * too. Default: none.
   *
   * @example ["read@app"]
   */
  readonly roles?: pulumi.Input<readonly pulumi.Input<GrantedRoleInput>[]> | undefined;
  /**
   * Takes over the object if it already exists. `true` requires that the object equals the declaration.
   * `"overwrite"` also changes it, after mongofed has listed the differences. Objects that mongofed manages
   * already are not affected. Pulumi then protects the resource from deletion, unless the option `protect`
   * says otherwise. Without `adopt`, this protection ends, and the preview says so. Default: `false`.
   */
  readonly adopt?: boolean | "overwrite" | undefined;
}

/** The outputs of a `DatabaseRole` that are also inputs. */
export abstract class DatabaseRoleProperties extends GatedResource {
  /**
   * The project whose clusters have the role: 24 hexadecimal digits. The console shows the id under Project
   * Settings. Changing it replaces the resource.
   *
   * @example "5f1e2d3c4b5a69788796a5b4"
   */
  declare readonly projectId: pulumi.Output<string>;
  /**
   * The name of the role: letters, digits, `-` and `_`. It starts with a letter or digit, and not with
   * `xgen-`. Changing it replaces the resource.
   *
   * @example "orders-reader"
   */
  declare readonly roleName: pulumi.Output<string>;
  /**
   * The database that the role is defined on. Atlas accepts `admin` only. Changing it replaces the resource.
   * Default: `admin`.
   *
   * @example "admin"
   */
  declare readonly database: pulumi.Output<string>;
  /**
   * The privileges of the role: `{ resource: { database, collection }, actions }`, with the action names of
   * MongoDB. `collection: ""` means every collection of the database. `{ cluster: true }` means the cluster.
   * Default: none.
   *
   * @example [{"resource":{"database":"app","collection":"orders"},"actions":["find"]}]
   */
  declare readonly privileges: pulumi.Output<
    { resource: { cluster: true } | { database: string; collection: string }; actions: string[] }[] | undefined
  >;
  /**
   * The roles that this role inherits: `"read@app"`. An object `{ role, database, collection }` is possible
   * too. Default: none.
   *
   * @example ["read@app"]
   */
  declare readonly roles: pulumi.Output<
    (string | { role: string; database: string; collection?: string | undefined })[] | undefined
  >;
}

export const DATABASE_ROLE_OUTPUTS = ["projectId", "roleName", "database", "privileges", "roles"] as const;
