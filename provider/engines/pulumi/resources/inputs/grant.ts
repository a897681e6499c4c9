// Generated from the field tables in schema/ by `npm run docs`. Do not edit.

import type * as pulumi from "@pulumi/pulumi";
import type { IdentityProviderReference } from "../../../../../schema/identity-provider.ts";
import { AccessResource } from "../access.ts";
import type { GrantedRoleInput } from "./values.ts";

/** The inputs of an `OidcRole` and of a `FederatedUser`. */
export interface GrantInputs {
  /**
   * The project whose clusters grant the access: 24 hexadecimal digits. Required on Atlas. On Cloud Manager
   * and Ops Manager it is the project of the identity provider. Set it beside a `reference` of another stack,
   * which could otherwise choose the project. The console shows the id under Project Settings. Changing it
   * replaces the resource. Default: the project of the identity provider.
   *
   * @example "5f1e2d3c4b5a69788796a5b4"
   */
  readonly projectId?: pulumi.Input<string> | undefined;
  /**
   * The roles to grant, built-in or from a `DatabaseRole`: `"readWrite@app"`, `"atlasAdmin@admin"`. On Atlas,
   * `"read@app.orders"` grants one collection. At least one is required, unless a group has `privileges`. An
   * object `{ role, database, collection }` is possible too. Default: none.
   *
   * @example ["readWrite@app","clusterMonitor@admin"]
   */
  readonly roles?: pulumi.Input<readonly pulumi.Input<GrantedRoleInput>[]> | undefined;
  /**
   * Cloud Manager and Ops Manager only. The IP addresses or CIDR ranges that a login may come from
   * (`clientSource`) and connect to (`serverAddress`). A login must match at least one entry, and every
   * condition in it. No entry means every address. Default: none.
   *
   * @example [{"clientSource":["10.0.0.0/8"]}]
   */
  readonly authenticationRestrictions?:
    | pulumi.Input<
        readonly pulumi.Input<{
          readonly clientSource?: pulumi.Input<readonly pulumi.Input<string>[]> | undefined;
          readonly serverAddress?: pulumi.Input<readonly pulumi.Input<string>[]> | undefined;
        }>[]
      >
    | undefined;
  /**
   * Atlas only. The clusters of the project that the access is limited to. No entry means all clusters.
   * Default: none.
   *
   * @example [{"name":"cluster0"}]
   */
  readonly scopes?:
    | pulumi.Input<
        readonly pulumi.Input<{
          readonly name: pulumi.Input<string>;
          readonly type?: pulumi.Input<"CLUSTER" | "DATA_LAKE" | "STREAM"> | undefined;
        }>[]
      >
    | undefined;
  /**
   * Atlas only. Keys and values for your own tools. The console does not show them. Default: none.
   *
   * @example [{"key":"team","value":"payments"}]
   */
  readonly labels?:
    | pulumi.Input<
        readonly pulumi.Input<{ readonly key: pulumi.Input<string>; readonly value: pulumi.Input<string> }>[]
      >
    | undefined;
  /**
   * Atlas only. The purpose of this access, in at most 100 characters. Default: none.
   */
  readonly description?: pulumi.Input<string> | undefined;
  /**
   * Atlas only. The time when Atlas removes the access: ISO 8601 with time zone, at most 7 days ahead.
   * mongofed does not create expired access again. Default: never.
   *
   * @example "2026-08-17T12:00:00Z"
   */
  readonly deleteAfterDate?: pulumi.Input<string> | undefined;
  /**
   * Takes over the object if it already exists. `true` requires that the object equals the declaration.
   * `"overwrite"` also changes it, after mongofed has listed the differences. Objects that mongofed manages
   * already are not affected. Pulumi then protects the resource from deletion, unless the option `protect`
   * says otherwise. Without `adopt`, this protection ends, and the preview says so. Default: `false`.
   */
  readonly adopt?: boolean | "overwrite" | undefined;
}

/** The outputs of an `OidcRole` and of a `FederatedUser` that are also inputs. */
export abstract class GrantProperties extends AccessResource {
  /**
   * The identity provider that issues the tokens, as its `reference`. Pass the resource, or the `reference`
   * that another stack exports. Changing it replaces the resource.
   */
  declare readonly identityProvider: pulumi.Output<IdentityProviderReference>;
  /**
   * The roles to grant, built-in or from a `DatabaseRole`: `"readWrite@app"`, `"atlasAdmin@admin"`. On Atlas,
   * `"read@app.orders"` grants one collection. At least one is required, unless a group has `privileges`. An
   * object `{ role, database, collection }` is possible too. Default: none.
   *
   * @example ["readWrite@app","clusterMonitor@admin"]
   */
  declare readonly roles: pulumi.Output<
    (string | { role: string; database: string; collection?: string | undefined })[] | undefined
  >;
  /**
   * Cloud Manager and Ops Manager only. The IP addresses or CIDR ranges that a login may come from
   * (`clientSource`) and connect to (`serverAddress`). A login must match at least one entry, and every
   * condition in it. No entry means every address. Default: none.
   *
   * @example [{"clientSource":["10.0.0.0/8"]}]
   */
  declare readonly authenticationRestrictions: pulumi.Output<
    { clientSource?: string[] | undefined; serverAddress?: string[] | undefined }[] | undefined
  >;
  /**
   * Atlas only. The clusters of the project that the access is limited to. No entry means all clusters.
   * Default: none.
   *
   * @example [{"name":"cluster0"}]
   */
  declare readonly scopes: pulumi.Output<
    { name: string; type?: "CLUSTER" | "DATA_LAKE" | "STREAM" | undefined }[] | undefined
  >;
  /**
   * Atlas only. Keys and values for your own tools. The console does not show them. Default: none.
   *
   * @example [{"key":"team","value":"payments"}]
   */
  declare readonly labels: pulumi.Output<{ key: string; value: string }[] | undefined>;
  /**
   * Atlas only. The purpose of this access, in at most 100 characters. Default: none.
   */
  declare readonly description: pulumi.Output<string | undefined>;
  /**
   * Atlas only. The time when Atlas removes the access: ISO 8601 with time zone, at most 7 days ahead.
   * mongofed does not create expired access again. Default: never.
   *
   * @example "2026-08-17T12:00:00Z"
   */
  declare readonly deleteAfterDate: pulumi.Output<string | undefined>;
}
