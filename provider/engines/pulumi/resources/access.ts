import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { ACCESS_SETTINGS, type Label, type Scope, type scopeSchema } from "../../../../schema/access.ts";
import type { AuthenticationRestriction } from "../../../../schema/authentication-restrictions.ts";
import type { AuthorizationType, IdentityProviderReference } from "../../../../schema/identity-provider.ts";
import type { GrantedRoleInput } from "../../../../schema/roles.ts";
import { type Connection, type ConnectionArgs, connection } from "../connection.ts";
import { HeldResource } from "./held-resource.ts";
import { IdentityProvider, type IdentityProviderOutputs } from "./identity-provider.ts";
import type { Given } from "./inputs.ts";

/** An identity provider as another resource takes it: the resource, or its reference. */
export type IdentityProviderInput<A extends AuthorizationType = AuthorizationType> =
  | IdentityProvider<A>
  // One of which the type does not say how it authorizes, such as `IdentityProvider.get` gives.
  | IdentityProvider<AuthorizationType>
  // No resource: each has all that a reference has, and would pass for one whatever it authorizes by.
  | (Given<IdentityProviderReference> & { readonly urn?: never });

/** One that belongs to a project of Cloud Manager or Ops Manager. */
export type ProjectIdentityProvider<A extends AuthorizationType = AuthorizationType> = IdentityProvider<
  A,
  pulumi.Input<string>
>;

export type AnyIdentityProviderInput = IdentityProviderInput<"GROUP"> | IdentityProviderInput<"USER">;

/** The identity provider that vouches, and the project: of one that belongs to a project it need not be said. */
export type Vouched<A extends AuthorizationType> =
  | {
      readonly identityProvider: Extract<IdentityProviderInput<A>, IdentityProvider>;
      readonly projectId: pulumi.Input<string>;
    }
  | {
      readonly identityProvider:
        | Exclude<IdentityProviderInput<A>, IdentityProvider>
        | ProjectIdentityProvider<A>
        | ProjectIdentityProvider;
      readonly projectId?: pulumi.Input<string> | undefined;
    };

/** One of either control plane. */
export type AnyProvider =
  | AnyIdentityProviderInput
  | ProjectIdentityProvider<"GROUP">
  | ProjectIdentityProvider<"USER">
  | ProjectIdentityProvider;

/** What a resource takes in place of the identity provider that the program gave. */
export function referenceOf(given: AnyProvider): unknown {
  return given instanceof IdentityProvider ? (given.reference as IdentityProviderOutputs) : given;
}

/** What is granted, and where. */
export interface AccessArgs {
  /**
   * The roles that are granted: `"readWrite@app"`, `"read@app.orders"` for one collection, `"atlasAdmin@admin"`, or
   * objects `{ role, database, collection }`. Built-in ones, and those of a `DatabaseRole`. At least one.
   */
  readonly roles: Given<readonly GrantedRoleInput[]>;
  /**
   * Cloud Manager and Ops Manager: the addresses from which they may log in, and at which servers, as IP addresses or
   * CIDR ranges: `[{ clientSource: ["10.0.0.0/8"] }]`. Of several entries one must fit. Default: from everywhere.
   */
  readonly authenticationRestrictions?: Given<readonly AuthenticationRestriction[]> | undefined;
  /** Atlas: the clusters of the project that they may use: `{ name: "cluster0" }`. Default: all. */
  readonly scopes?: Given<readonly z.input<typeof scopeSchema>[]> | undefined;
  /** Atlas: keys and values for tools of your own, which it does not show. Default: none. */
  readonly labels?: Given<readonly Label[]> | undefined;
  /** Atlas: what this access is for, at most 100 characters. Default: none. */
  readonly description?: pulumi.Input<string> | undefined;
  /**
   * Atlas: when it removes the access by itself, ISO 8601 with time zone: at most 7 days ahead. What has expired is not
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

/** What a group's access and one person's or program's are alike in. */
export abstract class AccessResource extends HeldResource {
  declare readonly projectId: pulumi.Output<string>;
  declare readonly identityProvider: pulumi.Output<IdentityProviderReference>;
  declare readonly roles: pulumi.Output<GrantedRoleInput[]>;
  declare readonly authenticationRestrictions: pulumi.Output<AuthenticationRestriction[] | undefined>;
  declare readonly scopes: pulumi.Output<Scope[] | undefined>;
  declare readonly labels: pulumi.Output<Label[] | undefined>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly deleteAfterDate: pulumi.Output<string | undefined>;

  /** `{prefix}/{who}`: the name of the database user, or of the role. The prefix is the identity provider's id in Atlas, else its name. Known also while an update is previewed. */
  readonly username: pulumi.Output<string>;

  readonly #through: AnyProvider;

  protected constructor({ kind, name, args, own }: Grant, options: pulumi.CustomResourceOptions | undefined) {
    const inputs = { ...args, identityProvider: referenceOf(args.identityProvider) };
    super({ kind, name, args: inputs, inputs, outputs: [...OUTPUTS, ...own] }, options);
    // All of the id after the project.
    this.username = this.id.apply((id) => id.slice(id.indexOf("/") + 1));
    this.#through = args.identityProvider;
  }

  /**
   * What they need to connect: for a program the connection string of its driver, for people the commands of mongosh
   * and the fields of Compass. Nothing secret is in it.
   */
  connection(args: ConnectionArgs): Connection {
    return connection(this.#through, args);
  }
}

interface Grant {
  readonly kind: "OidcRole" | "FederatedUser";
  readonly name: string;
  readonly args: Omit<AccessArgs, "roles"> & { readonly identityProvider: AnyProvider };
  /** The input that says for whom it is, and others of this kind alone. */
  readonly own: readonly string[];
}

const OUTPUTS = [
  "projectId",
  "identityProvider",
  ...ACCESS_SETTINGS.filter((setting) => setting !== "privileges"),
] as const satisfies readonly (keyof AccessResource)[];
