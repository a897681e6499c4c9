import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { Label, Scope, scopeSchema } from "../../../../schema/access.ts";
import type { AuthorizationType, IdentityProviderReference } from "../../../../schema/identity-provider.ts";
import type { GrantedRoleInput } from "../../../../schema/roles.ts";
import { IdentityProvider, type IdentityProviderOutputs } from "./identity-provider.ts";
import type { Given } from "./inputs.ts";

/** An identity provider as another resource takes it: the resource, or its reference. */
export type IdentityProviderInput<A extends AuthorizationType = AuthorizationType> =
  | IdentityProvider<A>
  // One of which the type does not say how it authorizes, such as `IdentityProvider.get` gives.
  | IdentityProvider<AuthorizationType>
  // No resource: each has all that a reference has, and would pass for one whatever it authorizes by.
  | (Given<IdentityProviderReference> & { readonly urn?: never });

export type AnyIdentityProviderInput = IdentityProviderInput<"GROUP"> | IdentityProviderInput<"USER">;

/** What a resource takes in place of the identity provider that the program gave. */
export function referenceOf(given: AnyIdentityProviderInput): unknown {
  return given instanceof IdentityProvider ? (given.reference as IdentityProviderOutputs) : given;
}

/** What is granted, and where. */
export interface AccessArgs {
  /** The project whose clusters are meant: 24 hexadecimal digits. Changing it replaces the resource. */
  readonly projectId: pulumi.Input<string>;
  /**
   * The roles that are granted: `"readWrite@app"`, `"read@app.orders"` for one collection, `"atlasAdmin@admin"`, or
   * objects `{ role, database, collection }`. Built-in ones, and those of a `DatabaseRole`. At least one.
   */
  readonly roles: Given<readonly GrantedRoleInput[]>;
  /** The clusters of the project that they may use: `{ name: "cluster0" }`. Default: all. */
  readonly scopes?: Given<readonly z.input<typeof scopeSchema>[]> | undefined;
  /** Keys and values for tools of your own; Atlas does not show them. Default: none. */
  readonly labels?: Given<readonly Label[]> | undefined;
  /** What this access is for: at most 100 characters. Default: none. */
  readonly description?: pulumi.Input<string> | undefined;
  /**
   * When Atlas removes the access by itself, ISO 8601 with time zone: at most 7 days ahead. What has expired is not
   * drift, and is not created again. Default: never.
   */
  readonly deleteAfterDate?: pulumi.Input<string> | undefined;
  /**
   * Take the access over if it exists already: `true` if it is equal to what is declared, `"overwrite"` also changes it,
   * which the preview lists. It is protected from deletion then, unless the option `protect` says otherwise. Default:
   * `false`.
   */
  readonly adopt?: boolean | "overwrite" | undefined;
}

/** What every grant has as outputs. */
export interface AccessOutputs {
  readonly projectId: pulumi.Output<string>;
  readonly identityProvider: pulumi.Output<IdentityProviderReference>;
  readonly roles: pulumi.Output<GrantedRoleInput[]>;
  readonly scopes: pulumi.Output<Scope[] | undefined>;
  readonly labels: pulumi.Output<Label[] | undefined>;
  readonly description: pulumi.Output<string | undefined>;
  readonly deleteAfterDate: pulumi.Output<string | undefined>;
}

export const ACCESS_OUTPUTS = [
  "projectId",
  "identityProvider",
  "roles",
  "scopes",
  "labels",
  "description",
  "deleteAfterDate",
] as const satisfies readonly (keyof AccessOutputs)[];

/** The name of the database user: all of the id after the project. */
export function usernameOf(id: pulumi.Output<string>): pulumi.Output<string> {
  return id.apply((text) => text.slice(text.indexOf("/") + 1));
}
