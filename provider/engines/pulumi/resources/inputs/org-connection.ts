// Generated from the field tables in schema/ by `npm run docs`. Do not edit.

import type * as pulumi from "@pulumi/pulumi";
import type { IdentityProviderReference } from "../../../../../schema/identity-provider.ts";
import { GatedResource } from "../gated-resource.ts";
import type { IdentityProviderInput } from "../identity-provider-input.ts";

/** The inputs of an `OrgConnection`. */
export interface OrgConnectionArgs {
  /**
   * The organization whose clusters accept the identity provider: 24 hexadecimal digits. Atlas shows the id
   * under Organization Settings. Changing it replaces the resource.
   *
   * @example "5f1e2d3c4b5a69788796a5b4"
   */
  readonly orgId: pulumi.Input<string>;
  /**
   * The identity provider to connect, as its `reference`. A change swaps the two in one request. Pass the
   * resource, or the `reference` that another stack exports.
   */
  readonly identityProvider: IdentityProviderInput;
  /**
   * Takes over the connection if it already exists. `true` and `"overwrite"` mean the same: a connection has
   * no settings. Pulumi then protects the resource from deletion, unless the option `protect` says otherwise.
   * Without `adopt`, this protection ends, and the preview says so. Default: `false`.
   */
  readonly adopt?: boolean | "overwrite" | undefined;
  /**
   * Allows changes, disconnections and deletions that lock out people or programs managed elsewhere. A
   * deletion uses the value that the last run recorded. Default: `false`.
   */
  readonly allowLockout?: boolean | undefined;
}

/** The outputs of an `OrgConnection` that are also inputs. */
export abstract class OrgConnectionProperties extends GatedResource {
  /**
   * The organization whose clusters accept the identity provider: 24 hexadecimal digits. Atlas shows the id
   * under Organization Settings. Changing it replaces the resource.
   *
   * @example "5f1e2d3c4b5a69788796a5b4"
   */
  declare readonly orgId: pulumi.Output<string>;
  /**
   * The identity provider to connect, as its `reference`. A change swaps the two in one request. Pass the
   * resource, or the `reference` that another stack exports.
   */
  declare readonly identityProvider: pulumi.Output<IdentityProviderReference>;
}

export const ORG_CONNECTION_OUTPUTS = ["orgId", "identityProvider"] as const;
