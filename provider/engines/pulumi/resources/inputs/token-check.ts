// Generated from the field tables in schema/ by `npm run docs`. Do not edit.

import type * as pulumi from "@pulumi/pulumi";
import type { TextSource } from "../../token-sources.ts";
import type { FederatedUser } from "../federated-user.ts";
import type { IdentityProviderInput } from "../identity-provider-input.ts";
import type { OidcRole } from "../oidc-role.ts";
import type { GrantedRoleInput } from "./values.ts";

/** The expected result of a token. mongofed checks only what is given. */
export interface TokenExpectationArgs {
  /**
   * The server accepts the token: through any identity provider (`true`), or through this one.
   *
   * @example true
   */
  readonly accepted?: true | string | IdentityProviderInput | undefined;
  /**
   * The server refuses the token: for any reason (`true`), or for the reason with this code.
   *
   * @example "FED103"
   */
  readonly refused?: pulumi.Input<true | string> | undefined;
  /**
   * The value of the user claim, without a prefix.
   *
   * @example "ada@example.com"
   */
  readonly principal?: pulumi.Input<string> | undefined;
  /**
   * The granted roles, exactly these, without the roles that they inherit. `[]`: none.
   *
   * @example ["readWrite@app"]
   */
  readonly roles?: pulumi.Input<readonly pulumi.Input<GrantedRoleInput>[]> | undefined;
  /**
   * Some of the granted or inherited roles.
   *
   * @example ["read@app"]
   */
  readonly rolesAtLeast?: pulumi.Input<readonly pulumi.Input<GrantedRoleInput>[]> | undefined;
  /**
   * The permitted actions: an action of MongoDB, `read` or `write`, and a collection, a database or the
   * cluster.
   *
   * @example ["find app.orders","write app.orders"]
   */
  readonly can?: pulumi.Input<readonly pulumi.Input<string>[]> | undefined;
  /**
   * The denied actions. With a database: on no collection of it. Without a place: nowhere.
   *
   * @example ["write","find billing"]
   */
  readonly cannot?: pulumi.Input<readonly pulumi.Input<string>[]> | undefined;
}

/** A signed token. */
export interface SignedTokenArgs {
  /**
   * The signed token. State holds its digest only. Use `fromFile("dba.jwt")`, `fromEnv("DBA_JWT")`, or the
   * text itself.
   */
  readonly token: TextSource | pulumi.Input<string>;
  /**
   * The claims of a token without a signature, instead of `token`. mongofed adds an issuer, an audience and
   * times where they are missing. Use an object, or `fromFile("claims.json")`.
   */
  readonly claims?: undefined;
  /**
   * The signing keys of the issuer, as a JWKS. Only with `token`. Use an object, or `fromFile("jwks.json")`.
   * Default: the signature is not verified.
   */
  readonly keys?: TextSource | pulumi.Input<object> | undefined;
  /**
   * The time of the login: `"issuedAt"`, which suits tokens that are kept after they expire, `"now"`, or an
   * ISO 8601 time. Default: `"issuedAt"`.
   *
   * @example "now"
   */
  readonly at?: pulumi.Input<string> | undefined;
  /**
   * The MongoDB version of the clusters, `7.0` or later. Default: `8.0`.
   *
   * @example "8.0"
   */
  readonly serverVersion?: pulumi.Input<string> | undefined;
  /**
   * The IP address of the client, for authentication restrictions. Default: unknown.
   *
   * @example "10.0.0.7"
   */
  readonly clientAddress?: pulumi.Input<string> | undefined;
  /**
   * The IP address of the server, for authentication restrictions. Default: unknown.
   *
   * @example "10.0.1.7"
   */
  readonly serverAddress?: pulumi.Input<string> | undefined;
  /**
   * The project whose clusters the login is for: 24 hexadecimal digits. The console shows the id under Project
   * Settings. Default: access in every project counts.
   *
   * @example "5f1e2d3c4b5a69788796a5b4"
   */
  readonly projectId?: pulumi.Input<string> | undefined;
  /**
   * The identity provider that issues the claims. Only with `claims`. Pass the resource, its `reference`, or
   * its name in the program. Default: the identity provider in `accepted`, or the only one.
   */
  readonly identityProvider?: undefined;
  /**
   * The expected result. mongofed checks only what it contains.
   *
   * @example {"accepted":true}
   */
  readonly expect: TokenExpectationArgs;
}

/** The claims of a token without a signature: nothing is signed or kept, and nothing expires. */
export interface ClaimsArgs {
  /**
   * The signed token. State holds its digest only. Use `fromFile("dba.jwt")`, `fromEnv("DBA_JWT")`, or the
   * text itself.
   */
  readonly token?: undefined;
  /**
   * The claims of a token without a signature, instead of `token`. mongofed adds an issuer, an audience and
   * times where they are missing. Use an object, or `fromFile("claims.json")`.
   */
  readonly claims: TextSource | Readonly<Record<string, unknown>> | pulumi.Output<Record<string, unknown>>;
  /**
   * The signing keys of the issuer, as a JWKS. Only with `token`. Use an object, or `fromFile("jwks.json")`.
   * Default: the signature is not verified.
   */
  readonly keys?: undefined;
  /**
   * The time of the login: `"issuedAt"`, which suits tokens that are kept after they expire, `"now"`, or an
   * ISO 8601 time. Default: `"issuedAt"`.
   *
   * @example "now"
   */
  readonly at?: pulumi.Input<string> | undefined;
  /**
   * The MongoDB version of the clusters, `7.0` or later. Default: `8.0`.
   *
   * @example "8.0"
   */
  readonly serverVersion?: pulumi.Input<string> | undefined;
  /**
   * The IP address of the client, for authentication restrictions. Default: unknown.
   *
   * @example "10.0.0.7"
   */
  readonly clientAddress?: pulumi.Input<string> | undefined;
  /**
   * The IP address of the server, for authentication restrictions. Default: unknown.
   *
   * @example "10.0.1.7"
   */
  readonly serverAddress?: pulumi.Input<string> | undefined;
  /**
   * The project whose clusters the login is for: 24 hexadecimal digits. The console shows the id under Project
   * Settings. Default: access in every project counts.
   *
   * @example "5f1e2d3c4b5a69788796a5b4"
   */
  readonly projectId?: pulumi.Input<string> | undefined;
  /**
   * The identity provider that issues the claims. Only with `claims`. Pass the resource, its `reference`, or
   * its name in the program. Default: the identity provider in `accepted`, or the only one.
   */
  readonly identityProvider?: string | IdentityProviderInput | undefined;
  /**
   * The expected result. mongofed checks only what it contains.
   *
   * @example {"accepted":true}
   */
  readonly expect: TokenExpectationArgs;
}

/** The inputs of a `TokenCheck`. */
export interface TokenCheckArgs {
  /**
   * Sample tokens by title: where each is used, and the expected result.
   */
  readonly tokens: Readonly<Record<string, SignedTokenArgs | ClaimsArgs>>;
  /**
   * The identity providers that the tokens are checked against. Default: every identity provider that is
   * declared.
   */
  readonly identityProviders?: readonly IdentityProviderInput[] | undefined;
  /**
   * The access that the tokens are checked against: groups, and people or programs. Default: all access that
   * is declared.
   */
  readonly access?: readonly (OidcRole | FederatedUser)[] | undefined;
}
