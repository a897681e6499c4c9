// Generated from the field tables in schema/ by `npm run docs`. Do not edit.

import type * as pulumi from "@pulumi/pulumi";

/** A role to grant: as text, or in parts. */
export type GrantedRoleInput =
  | string
  | {
      readonly role: pulumi.Input<string>;
      readonly database: pulumi.Input<string>;
      readonly collection?: pulumi.Input<string> | undefined;
    };

/** A resource, and the actions that are allowed on it. */
export type PrivilegeInput = {
  readonly resource: pulumi.Input<
    | { readonly cluster: pulumi.Input<true> }
    | { readonly database: pulumi.Input<string>; readonly collection: pulumi.Input<string> }
  >;
  readonly actions: pulumi.Input<readonly pulumi.Input<string>[]>;
};
