import type * as pulumi from "@pulumi/pulumi";
import type { AuthorizationType } from "../../../schema/identity-provider.ts";
import type { EntraCloud } from "../../presets/entra.ts";
import { presets } from "../../presets/index.ts";
import { liftSettings, type WorkforcePreset, type WorkloadPreset } from "./lift-output.ts";

/**
 * The presets for programs. The descriptions are those of the schemas in `provider/presets`; a test holds that they are
 * the same.
 */

interface Authorization<A extends AuthorizationType> {
  readonly authorizationType?: A | undefined;
}

interface EntraArgs {
  /** The directory: "Directory (tenant) ID" under Entra admin center, App registrations, your application, Overview. */
  readonly tenantId: pulumi.Input<string>;
  /**
   * The app registration: "Application (client) ID" under Entra admin center, App registrations, your application,
   * Overview. Not its object id, which the page shows below it.
   */
  readonly applicationId: pulumi.Input<string>;
  /**
   * The cloud of the directory: `public`, `usGovernment` (portal.azure.us) or `china` (portal.azure.cn). Default:
   * `public`.
   */
  readonly cloud?: pulumi.Input<EntraCloud> | undefined;
}

export interface EntraWorkforceArgs<A extends AuthorizationType = "GROUP"> extends EntraArgs, Authorization<A> {
  /**
   * `GROUP`: grant access to the groups in the token. `USER`: grant access to each person or program. Default: `GROUP`.
   */
  readonly authorizationType?: A | undefined;
}

/**
 * People of Microsoft Entra ID. They are identified by `oid`, the object id: mail addresses change hands, and `sub` is
 * another one for every application. `mongofed idp guide entraWorkforce` says what to register.
 *
 * @example
 * ```ts
 * new IdentityProvider("staff", { federationSettingsId, configurationName: "corp", ...entraWorkforce({ tenantId, applicationId }) });
 * ```
 * @throws RunError that lists everything that is wrong with what is given plainly
 */
export function entraWorkforce<A extends AuthorizationType = "GROUP">(args: EntraWorkforceArgs<A>): WorkforcePreset<A> {
  return liftSettings(presets.entraWorkforce, args);
}

export interface EntraWorkloadArgs<A extends AuthorizationType = "USER"> extends EntraArgs, Authorization<A> {
  /**
   * The value of requestedAccessTokenVersion (accessTokenAcceptedVersion in the older form) in the Manifest of the app
   * registration. Null means 1. Default: 2, which MongoDB's documentation requires.
   */
  readonly tokenVersion?: pulumi.Input<1 | 2> | undefined;
  /**
   * Only with `tokenVersion: 1`: "Application ID URI" under Expose an API of the app registration, if the tokens carry
   * another `aud` than `api://{applicationId}`. Version 2 tokens carry the application id.
   */
  readonly applicationIdUri?: pulumi.Input<string> | undefined;
  /**
   * `USER`: grant access to each person or program. `GROUP`: grant access to the groups in the token. Default: `USER`.
   */
  readonly authorizationType?: A | undefined;
}

/**
 * Programs of Microsoft Entra ID: managed identities and service principals, identified by `sub`, which for a program
 * is the object id of its service principal. `mongofed idp guide entraWorkload` says what to register.
 *
 * @throws RunError that lists everything that is wrong with what is given plainly
 */
export function entraWorkload<A extends AuthorizationType = "USER">(args: EntraWorkloadArgs<A>): WorkloadPreset<A> {
  return liftSettings(presets.entraWorkload, args);
}

export interface GoogleCloudArgs {
  /**
   * A value of your own, which no screen shows. The programs request it: it is TOKEN_RESOURCE in the driver's
   * connection string.
   */
  readonly audience: pulumi.Input<string>;
}

/**
 * Programs on Google Cloud, identified by the unique id of their service account. `mongofed idp guide googleCloud` says
 * what to do.
 *
 * @throws RunError that lists everything that is wrong with what is given plainly
 */
export function googleCloud(args: GoogleCloudArgs): WorkloadPreset<"USER"> {
  return liftSettings(presets.googleCloud, args);
}

interface OktaServer {
  /**
   * Your Okta domain, such as `example.okta.com`, or a custom domain: in the menu under your name at the top right of
   * the Admin Console.
   */
  readonly domain: pulumi.Input<string>;
  /**
   * The custom authorization server: the last part of its Issuer URI, behind /oauth2/, under Okta Admin Console,
   * Security, API, Authorization Servers: "default", or an id that begins with "aus". The org authorization server does
   * not work.
   */
  readonly authorizationServer: pulumi.Input<string>;
}

export interface OktaArgs<A extends AuthorizationType = "GROUP"> extends OktaServer, Authorization<A> {
  /** "Client ID" of the native application: Admin Console, Applications, the application, General. */
  readonly clientId: pulumi.Input<string>;
  /**
   * "Audience" of the authorization server, under Okta Admin Console, Security, API, Authorization Servers, Settings.
   * Default: `api://default` for the server "default", else the client id.
   */
  readonly audience?: pulumi.Input<string> | undefined;
  /**
   * `GROUP`: grant access to the groups in the token. `USER`: grant access to each person or program. Default: `GROUP`.
   */
  readonly authorizationType?: A | undefined;
}

/**
 * People of Okta, identified by `uid`, the id of the person: `sub` of Okta's access tokens is the login, usually a mail
 * address. `mongofed idp guide okta` says what to register.
 *
 * @throws RunError that lists everything that is wrong with what is given plainly
 */
export function okta<A extends AuthorizationType = "GROUP">(args: OktaArgs<A>): WorkforcePreset<A> {
  return liftSettings(presets.okta, args);
}

export interface OktaWorkloadArgs<A extends AuthorizationType = "USER"> extends OktaServer, Authorization<A> {
  /** "Audience" of the authorization server, under Okta Admin Console, Security, API, Authorization Servers, Settings. */
  readonly audience: pulumi.Input<string>;
  /**
   * `USER`: grant access to each person or program. `GROUP`: grant access to the groups in the token. Default: `USER`.
   */
  readonly authorizationType?: A | undefined;
}

/**
 * Programs of Okta that get tokens by their client credentials, identified by their client id. `mongofed idp guide
 * oktaWorkload` says what to register.
 *
 * @throws RunError that lists everything that is wrong with what is given plainly
 */
export function oktaWorkload<A extends AuthorizationType = "USER">(args: OktaWorkloadArgs<A>): WorkloadPreset<A> {
  return liftSettings(presets.oktaWorkload, args);
}

interface PingServer {
  /**
   * The environment of PingOne: "Environment ID" under PingOne admin console, Settings, Environment Properties. Omit it
   * if you set issuerUri.
   */
  readonly environmentId?: pulumi.Input<string> | undefined;
  /**
   * The host of PingOne: `auth.pingone.com`, or the host of another region (.eu, .ca, .com.au, .sg, .asia), as in the
   * Issuer under Applications, the application, Configuration. Default: `auth.pingone.com`.
   */
  readonly domain?: pulumi.Input<string> | undefined;
  /**
   * The whole issuer, for PingFederate, PingAM and PingOne with a custom domain: `issuer` of the metadata document that
   * the OIDC settings link to. It replaces environmentId.
   */
  readonly issuerUri?: pulumi.Input<string> | undefined;
  /**
   * "Audience" under PingOne admin console, Applications, Resources, your custom resource, Overview. With PingFederate,
   * the audience that the access token manager sets.
   */
  readonly audience: pulumi.Input<string>;
}

export interface PingArgs<A extends AuthorizationType = "GROUP"> extends PingServer, Authorization<A> {
  /** "Client ID" of the native application: Applications, the application, Configuration. */
  readonly clientId: pulumi.Input<string>;
  /**
   * A scope of the custom resource, under PingOne admin console, Applications, Resources, your custom resource, Scopes.
   * Without a scope, the token is for PingOne itself, or is not a JWT.
   */
  readonly scope: pulumi.Input<string>;
  /**
   * `GROUP`: grant access to the groups in the token. `USER`: grant access to each person or program. Default: `GROUP`.
   */
  readonly authorizationType?: A | undefined;
}

/**
 * People of PingOne, PingFederate or PingAM, identified by `sub`, the user id. `mongofed idp guide ping` says what to
 * register.
 *
 * @throws RunError that lists everything that is wrong with what is given plainly
 */
export function ping<A extends AuthorizationType = "GROUP">(args: PingArgs<A>): WorkforcePreset<A> {
  return liftSettings(presets.ping, args);
}

export interface PingWorkloadArgs<A extends AuthorizationType = "USER"> extends PingServer, Authorization<A> {
  /**
   * `USER`: grant access to each person or program. `GROUP`: grant access to the groups in the token. Default: `USER`.
   */
  readonly authorizationType?: A | undefined;
}

/**
 * Programs of Ping that get tokens by their client credentials. The token must be given a `sub`: `mongofed idp guide
 * pingWorkload` says how.
 *
 * @throws RunError that lists everything that is wrong with what is given plainly
 */
export function pingWorkload<A extends AuthorizationType = "USER">(args: PingWorkloadArgs<A>): WorkloadPreset<A> {
  return liftSettings(presets.pingWorkload, args);
}

export interface GithubActionsArgs {
  /**
   * A value of your own, which no screen shows. The workflow requests it: core.getIDToken(audience). Do not use
   * GitHub's default, the address of the owner, which tokens for other services carry too.
   */
  readonly audience: pulumi.Input<string>;
  /**
   * The slug of an enterprise that has an issuer of its own: the part after github.com/enterprises/ in the address of
   * its page. Default: none, which is the issuer of github.com.
   */
  readonly enterprise?: pulumi.Input<string> | undefined;
  /**
   * The host of GitHub Enterprise Server, or `SUBDOMAIN.ghe.com`, as in the address of your repositories. MongoDB must
   * reach it. Default: github.com.
   */
  readonly host?: pulumi.Input<string> | undefined;
}

/**
 * Workflows of GitHub Actions, identified by repository and what they run for. `mongofed idp guide githubActions` says
 * what to do.
 *
 * @throws RunError that lists everything that is wrong with what is given plainly
 */
export function githubActions(args: GithubActionsArgs): WorkloadPreset<"USER"> {
  return liftSettings(presets.githubActions, args);
}

export interface KubernetesArgs {
  /**
   * The issuer of the cluster's service account tokens: `kubectl get --raw /.well-known/openid-configuration` shows it
   * as `issuer`. AKS, EKS and GKE also show it as the OIDC issuer of the cluster.
   */
  readonly issuerUri: pulumi.Input<string>;
  /**
   * A value of your own, which no screen shows. The pod requests it: `audience` of its projected serviceAccountToken
   * volume.
   */
  readonly audience: pulumi.Input<string>;
}

/**
 * Pods of a Kubernetes cluster, identified by their service account. `mongofed idp guide kubernetes` says what to do.
 *
 * @throws RunError that lists everything that is wrong with what is given plainly
 */
export function kubernetes(args: KubernetesArgs): WorkloadPreset<"USER"> {
  return liftSettings(presets.kubernetes, args);
}

interface OidcServer {
  /**
   * The `issuer` of the metadata document, character by character. A slash at its end counts. MongoDB fetches the
   * document from {issuer}/.well-known/openid-configuration.
   */
  readonly issuerUri: pulumi.Input<string>;
  /**
   * The `aud` claim of the access tokens. It must be a single value: MongoDB rejects a token that lists several
   * audiences.
   */
  readonly audience: pulumi.Input<string>;
}

export interface OidcArgs<A extends AuthorizationType = "GROUP"> extends OidcServer, Authorization<A> {
  /** The client id of the public (native) application that people log in with. */
  readonly clientId: pulumi.Input<string>;
  /**
   * The scopes that put the audience and the groups into the token, if your provider needs any. mongosh and Compass add
   * `openid`, and `offline_access` where the metadata document lists it. Default: none.
   */
  readonly requestedScopes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * `GROUP`: grant access to the groups in the token. `USER`: grant access to each person or program. Default: `GROUP`.
   */
  readonly authorizationType?: A | undefined;
}

/**
 * People of any provider with a standard metadata document, identified by `sub`: Keycloak, Auth0, ForgeRock, ADFS and
 * others. To use another claim, write `userClaim` or `groupsClaim` after the preset. `mongofed idp guide oidc` lists the
 * steps at the provider.
 *
 * @example
 * ```ts
 * new IdentityProvider("staff", { …, ...oidc({ issuerUri, clientId, audience: "mongodb" }), groupsClaim: "teams" });
 * ```
 * @throws RunError that lists every problem with the plain arguments
 */
export function oidc<A extends AuthorizationType = "GROUP">(args: OidcArgs<A>): WorkforcePreset<A> {
  return liftSettings(presets.oidc, args);
}

export interface OidcWorkloadArgs<A extends AuthorizationType = "USER"> extends OidcServer, Authorization<A> {
  /**
   * `USER`: grant access to each person or program. `GROUP`: grant access to the groups in the token. Default: `USER`.
   */
  readonly authorizationType?: A | undefined;
}

/**
 * Programs of any provider with a standard metadata document, identified by `sub`. `mongofed idp guide oidcWorkload`
 * lists the steps at the provider.
 *
 * @throws RunError that lists every problem with the plain arguments
 */
export function oidcWorkload<A extends AuthorizationType = "USER">(args: OidcWorkloadArgs<A>): WorkloadPreset<A> {
  return liftSettings(presets.oidcWorkload, args);
}
