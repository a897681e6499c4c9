// Generated from the field tables in schema/ by `npm run docs`. Do not edit.

import type * as pulumi from "@pulumi/pulumi";
import type { AuthorizationType } from "../../../../../schema/identity-provider.ts";

/** The options that the presets for people and for programs share. */
interface EntraOptions {
  /**
   * The directory: "Directory (tenant) ID" under Entra admin center, App registrations, your application,
   * Overview.
   */
  readonly tenantId: pulumi.Input<string>;
  /**
   * The app registration: "Application (client) ID" under Entra admin center, App registrations, your
   * application, Overview. Not its object id, which the page shows below it.
   */
  readonly applicationId: pulumi.Input<string>;
  /**
   * The cloud of the directory: `public`, `usGovernment` (portal.azure.us) or `china` (portal.azure.cn).
   * Default: `public`.
   */
  readonly cloud?: pulumi.Input<"public" | "usGovernment" | "china"> | undefined;
}

/** The options that the presets for people and for programs share. */
interface OktaOptions {
  /**
   * Your Okta domain, such as `example.okta.com`, or a custom domain: in the menu under your name at the top
   * right of the Admin Console.
   */
  readonly domain: pulumi.Input<string>;
  /**
   * The custom authorization server: the last part of its Issuer URI, behind /oauth2/, under Okta Admin
   * Console, Security, API, Authorization Servers: "default", or an id that begins with "aus". The org
   * authorization server does not work.
   */
  readonly authorizationServer: pulumi.Input<string>;
}

/** The options that the presets for people and for programs share. */
interface PingOptions {
  /**
   * The environment of PingOne: "Environment ID" under PingOne admin console, Settings, Environment
   * Properties. Omit it if you set issuerUri.
   */
  readonly environmentId?: pulumi.Input<string> | undefined;
  /**
   * The host of PingOne: `auth.pingone.com`, or the host of another region (.eu, .ca, .com.au, .sg, .asia), as
   * in the Issuer under Applications, the application, Configuration. Default: `auth.pingone.com`.
   */
  readonly domain?: pulumi.Input<string> | undefined;
  /**
   * The whole issuer, for PingFederate, PingAM and PingOne with a custom domain: `issuer` of the metadata
   * document that the OIDC settings link to. It replaces environmentId.
   */
  readonly issuerUri?: pulumi.Input<string> | undefined;
  /**
   * "Audience" under PingOne admin console, Applications, Resources, your custom resource, Overview. With
   * PingFederate, the audience that the access token manager sets.
   */
  readonly audience: pulumi.Input<string>;
}

/** The options that the presets for people and for programs share. */
interface OidcOptions {
  /**
   * The `issuer` of the metadata document, character by character. A slash at its end counts. MongoDB fetches
   * the document from {issuer}/.well-known/openid-configuration.
   */
  readonly issuerUri: pulumi.Input<string>;
  /**
   * The `aud` claim of the access tokens. It must be a single value: MongoDB rejects a token that lists
   * several audiences.
   */
  readonly audience: pulumi.Input<string>;
}

/** The options of the preset `entraWorkforce`. */
export interface EntraWorkforceArgs<A extends AuthorizationType = "GROUP"> extends EntraOptions {
  /**
   * `GROUP`: grant access to the groups in the token. `USER`: grant access to each person or program. Default:
   * `GROUP`.
   */
  readonly authorizationType?: A | undefined;
}

/** The options of the preset `entraWorkload`. */
export interface EntraWorkloadArgs<A extends AuthorizationType = "USER"> extends EntraOptions {
  /**
   * The value of requestedAccessTokenVersion (accessTokenAcceptedVersion in the older form) in the Manifest of
   * the app registration. Null means 1. Default: 2, which MongoDB's documentation requires.
   */
  readonly tokenVersion?: pulumi.Input<1 | 2> | undefined;
  /**
   * Only with `tokenVersion: 1`: "Application ID URI" under Expose an API of the app registration, if the
   * tokens carry another `aud` than `api://{applicationId}`. Version 2 tokens carry the application id.
   */
  readonly applicationIdUri?: pulumi.Input<string> | undefined;
  /**
   * `USER`: grant access to each person or program. `GROUP`: grant access to the groups in the token. Default:
   * `USER`.
   */
  readonly authorizationType?: A | undefined;
}

/** The options of the preset `googleCloud`. */
export interface GoogleCloudArgs {
  /**
   * A value of your own, which no screen shows. The programs request it: it is TOKEN_RESOURCE in the driver's
   * connection string.
   */
  readonly audience: pulumi.Input<string>;
}

/** The options of the preset `okta`. */
export interface OktaArgs<A extends AuthorizationType = "GROUP"> extends OktaOptions {
  /**
   * "Client ID" of the native application: Admin Console, Applications, the application, General.
   */
  readonly clientId: pulumi.Input<string>;
  /**
   * "Audience" of the authorization server, under Okta Admin Console, Security, API, Authorization Servers,
   * Settings. Default: `api://default` for the server "default", else the client id.
   */
  readonly audience?: pulumi.Input<string> | undefined;
  /**
   * `GROUP`: grant access to the groups in the token. `USER`: grant access to each person or program. Default:
   * `GROUP`.
   */
  readonly authorizationType?: A | undefined;
}

/** The options of the preset `oktaWorkload`. */
export interface OktaWorkloadArgs<A extends AuthorizationType = "USER"> extends OktaOptions {
  /**
   * "Audience" of the authorization server, under Okta Admin Console, Security, API, Authorization Servers,
   * Settings.
   */
  readonly audience: pulumi.Input<string>;
  /**
   * `USER`: grant access to each person or program. `GROUP`: grant access to the groups in the token. Default:
   * `USER`.
   */
  readonly authorizationType?: A | undefined;
}

/** The options of the preset `ping`. */
export interface PingArgs<A extends AuthorizationType = "GROUP"> extends PingOptions {
  /**
   * "Client ID" of the native application: Applications, the application, Configuration.
   */
  readonly clientId: pulumi.Input<string>;
  /**
   * A scope of the custom resource, under PingOne admin console, Applications, Resources, your custom
   * resource, Scopes. Without a scope, the token is for PingOne itself, or is not a JWT.
   */
  readonly scope: pulumi.Input<string>;
  /**
   * `GROUP`: grant access to the groups in the token. `USER`: grant access to each person or program. Default:
   * `GROUP`.
   */
  readonly authorizationType?: A | undefined;
}

/** The options of the preset `pingWorkload`. */
export interface PingWorkloadArgs<A extends AuthorizationType = "USER"> extends PingOptions {
  /**
   * `USER`: grant access to each person or program. `GROUP`: grant access to the groups in the token. Default:
   * `USER`.
   */
  readonly authorizationType?: A | undefined;
}

/** The options of the preset `githubActions`. */
export interface GithubActionsArgs {
  /**
   * A value of your own, which no screen shows. The workflow requests it: core.getIDToken(audience). Do not
   * use GitHub's default, the address of the owner, which tokens for other services carry too.
   */
  readonly audience: pulumi.Input<string>;
  /**
   * The slug of an enterprise that has an issuer of its own: the part after github.com/enterprises/ in the
   * address of its page. Default: none, which is the issuer of github.com.
   */
  readonly enterprise?: pulumi.Input<string> | undefined;
  /**
   * The host of GitHub Enterprise Server, or `SUBDOMAIN.ghe.com`, as in the address of your repositories.
   * MongoDB must reach it. Default: github.com.
   */
  readonly host?: pulumi.Input<string> | undefined;
}

/** The options of the preset `kubernetes`. */
export interface KubernetesArgs {
  /**
   * The issuer of the cluster's service account tokens: `kubectl get --raw /.well-known/openid-configuration`
   * shows it as `issuer`. AKS, EKS and GKE also show it as the OIDC issuer of the cluster.
   */
  readonly issuerUri: pulumi.Input<string>;
  /**
   * A value of your own, which no screen shows. The pod requests it: `audience` of its projected
   * serviceAccountToken volume.
   */
  readonly audience: pulumi.Input<string>;
}

/** The options of the preset `oidc`. */
export interface OidcArgs<A extends AuthorizationType = "GROUP"> extends OidcOptions {
  /**
   * The client id of the public (native) application that people log in with.
   */
  readonly clientId: pulumi.Input<string>;
  /**
   * The scopes that put the audience and the groups into the token, if your provider needs any. mongosh and
   * Compass add `openid`, and `offline_access` where the metadata document lists it. Default: none.
   */
  readonly requestedScopes?: pulumi.Input<readonly pulumi.Input<string>[]> | undefined;
  /**
   * `GROUP`: grant access to the groups in the token. `USER`: grant access to each person or program. Default:
   * `GROUP`.
   */
  readonly authorizationType?: A | undefined;
}

/** The options of the preset `oidcWorkload`. */
export interface OidcWorkloadArgs<A extends AuthorizationType = "USER"> extends OidcOptions {
  /**
   * `USER`: grant access to each person or program. `GROUP`: grant access to the groups in the token. Default:
   * `USER`.
   */
  readonly authorizationType?: A | undefined;
}
