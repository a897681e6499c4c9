// Generated from the field tables in schema/ by `npm run docs`. Do not edit.

import type * as pulumi from "@pulumi/pulumi";
import type { IdentityProviderInput } from "../identity-provider-input.ts";
import { type GrantInputs, GrantProperties } from "./grant.ts";
import type { PrivilegeInput } from "./values.ts";

/** The inputs of an `OidcRole`, each by itself. */
export interface OidcRoleInputs extends GrantInputs {
  /**
   * The identity provider that issues the tokens, as its `reference`. Pass the resource, or the `reference`
   * that another stack exports. Changing it replaces the resource.
   */
  readonly identityProvider: IdentityProviderInput<"GROUP">;
  /**
   * Cloud Manager and Ops Manager only. The privileges to grant in addition to the roles, in the form of a
   * `DatabaseRole`. Default: none.
   *
   * @example [{"resource":{"cluster":true},"actions":["listDatabases"]}]
   */
  readonly privileges?: pulumi.Input<readonly pulumi.Input<PrivilegeInput>[]> | undefined;
  /**
   * The group, exactly as the groups claim of the token contains it, without a leading slash. Entra ID sends
   * the object id of a group, not its name. Decode a token of a member, or ask the administrator of the
   * identity provider. Changing it replaces the resource.
   *
   * @example "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
   */
  readonly group: pulumi.Input<string>;
}

/** The outputs of an `OidcRole` that are also inputs. */
export abstract class OidcRoleProperties extends GrantProperties {
  /**
   * Cloud Manager and Ops Manager only. The privileges to grant in addition to the roles, in the form of a
   * `DatabaseRole`. Default: none.
   *
   * @example [{"resource":{"cluster":true},"actions":["listDatabases"]}]
   */
  declare readonly privileges: pulumi.Output<
    { resource: { cluster: true } | { database: string; collection: string }; actions: string[] }[] | undefined
  >;
  /**
   * The group, exactly as the groups claim of the token contains it, without a leading slash. Entra ID sends
   * the object id of a group, not its name. Decode a token of a member, or ask the administrator of the
   * identity provider. Changing it replaces the resource.
   *
   * @example "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
   */
  declare readonly group: pulumi.Output<string>;
}

export const OIDC_ROLE_OUTPUTS = [
  "projectId",
  "identityProvider",
  "roles",
  "privileges",
  "authenticationRestrictions",
  "scopes",
  "labels",
  "description",
  "deleteAfterDate",
  "group",
] as const;
