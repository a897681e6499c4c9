// Generated from the field tables in schema/ by `npm run docs`. Do not edit.

import type * as pulumi from "@pulumi/pulumi";
import type { IdentityProviderInput } from "../identity-provider-input.ts";
import { type GrantInputs, GrantProperties } from "./grant.ts";

/** The inputs of a `FederatedUser`, each by itself. */
export interface FederatedUserInputs extends GrantInputs {
  /**
   * The identity provider that issues the tokens, as its `reference`. Pass the resource, or the `reference`
   * that another stack exports. Changing it replaces the resource.
   */
  readonly identityProvider: IdentityProviderInput<"USER">;
  /**
   * The person or program, exactly as the user claim of the token contains it: for a managed identity its
   * object id, for a Google service account its unique id. Decode a token of the person or program. Changing
   * it replaces the resource.
   *
   * @example "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
   */
  readonly principal: pulumi.Input<string>;
  /**
   * The roles to grant, built-in or from a `DatabaseRole`: `"readWrite@app"`, `"atlasAdmin@admin"`. On Atlas,
   * `"read@app.orders"` grants one collection. At least one is required, unless a group has `privileges`. An
   * object `{ role, database, collection }` is possible too. Default: none.
   *
   * @example ["readWrite@app","clusterMonitor@admin"]
   */
  readonly roles: NonNullable<GrantInputs["roles"]>;
}

/** The outputs of a `FederatedUser` that are also inputs. */
export abstract class FederatedUserProperties extends GrantProperties {
  /**
   * The person or program, exactly as the user claim of the token contains it: for a managed identity its
   * object id, for a Google service account its unique id. Decode a token of the person or program. Changing
   * it replaces the resource.
   *
   * @example "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
   */
  declare readonly principal: pulumi.Output<string>;
}

export const FEDERATED_USER_OUTPUTS = [
  "projectId",
  "identityProvider",
  "roles",
  "authenticationRestrictions",
  "scopes",
  "labels",
  "description",
  "deleteAfterDate",
  "principal",
] as const;
