import type { AuthorizationType } from "../../../schema/identity-provider.ts";
import { presets } from "../../presets/index.ts";
import { liftSettings, type WorkforcePreset, type WorkloadPreset } from "./lift-output.ts";
import type * as args from "./resources/inputs/presets.ts";

/** The presets for programs. */

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
export function entraWorkforce<A extends AuthorizationType = "GROUP">(
  options: args.EntraWorkforceArgs<A>,
): WorkforcePreset<A> {
  return liftSettings(presets.entraWorkforce, options);
}

/**
 * Programs of Microsoft Entra ID: managed identities and service principals, identified by `sub`, which for a program
 * is the object id of its service principal. `mongofed idp guide entraWorkload` says what to register.
 *
 * @throws RunError that lists everything that is wrong with what is given plainly
 */
export function entraWorkload<A extends AuthorizationType = "USER">(
  options: args.EntraWorkloadArgs<A>,
): WorkloadPreset<A> {
  return liftSettings(presets.entraWorkload, options);
}

/**
 * Programs on Google Cloud, identified by the unique id of their service account. `mongofed idp guide googleCloud` says
 * what to do.
 *
 * @throws RunError that lists everything that is wrong with what is given plainly
 */
export function googleCloud(options: args.GoogleCloudArgs): WorkloadPreset<"USER"> {
  return liftSettings(presets.googleCloud, options);
}

/**
 * People of Okta, identified by `uid`, the id of the person: `sub` of Okta's access tokens is the login, usually a mail
 * address. `mongofed idp guide okta` says what to register.
 *
 * @throws RunError that lists everything that is wrong with what is given plainly
 */
export function okta<A extends AuthorizationType = "GROUP">(options: args.OktaArgs<A>): WorkforcePreset<A> {
  return liftSettings(presets.okta, options);
}

/**
 * Programs of Okta that get tokens by their client credentials, identified by their client id. `mongofed idp guide
 * oktaWorkload` says what to register.
 *
 * @throws RunError that lists everything that is wrong with what is given plainly
 */
export function oktaWorkload<A extends AuthorizationType = "USER">(
  options: args.OktaWorkloadArgs<A>,
): WorkloadPreset<A> {
  return liftSettings(presets.oktaWorkload, options);
}

/**
 * People of PingOne, PingFederate or PingAM, identified by `sub`, the user id. `mongofed idp guide ping` says what to
 * register.
 *
 * @throws RunError that lists everything that is wrong with what is given plainly
 */
export function ping<A extends AuthorizationType = "GROUP">(options: args.PingArgs<A>): WorkforcePreset<A> {
  return liftSettings(presets.ping, options);
}

/**
 * Programs of Ping that get tokens by their client credentials. The token must be given a `sub`: `mongofed idp guide
 * pingWorkload` says how.
 *
 * @throws RunError that lists everything that is wrong with what is given plainly
 */
export function pingWorkload<A extends AuthorizationType = "USER">(
  options: args.PingWorkloadArgs<A>,
): WorkloadPreset<A> {
  return liftSettings(presets.pingWorkload, options);
}

/**
 * Workflows of GitHub Actions, identified by repository and what they run for. `mongofed idp guide githubActions` says
 * what to do.
 *
 * @throws RunError that lists everything that is wrong with what is given plainly
 */
export function githubActions(options: args.GithubActionsArgs): WorkloadPreset<"USER"> {
  return liftSettings(presets.githubActions, options);
}

/**
 * Pods of a Kubernetes cluster, identified by their service account. `mongofed idp guide kubernetes` says what to do.
 *
 * @throws RunError that lists everything that is wrong with what is given plainly
 */
export function kubernetes(options: args.KubernetesArgs): WorkloadPreset<"USER"> {
  return liftSettings(presets.kubernetes, options);
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
export function oidc<A extends AuthorizationType = "GROUP">(options: args.OidcArgs<A>): WorkforcePreset<A> {
  return liftSettings(presets.oidc, options);
}

/**
 * Programs of any provider with a standard metadata document, identified by `sub`. `mongofed idp guide oidcWorkload`
 * lists the steps at the provider.
 *
 * @throws RunError that lists every problem with the plain arguments
 */
export function oidcWorkload<A extends AuthorizationType = "USER">(
  options: args.OidcWorkloadArgs<A>,
): WorkloadPreset<A> {
  return liftSettings(presets.oidcWorkload, options);
}
