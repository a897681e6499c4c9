import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { AuthorizationType, IdentityProviderReference, IdpType } from "../../../schema/identity-provider.ts";
import {
  databaseRoleLookup,
  type FoundDatabaseRole,
  type FoundGrant,
  type FoundOrgConnection,
  federatedUserLookup,
  identityProviderLookup,
  type Lookup,
  oidcRoleLookup,
  orgConnectionLookup,
} from "../../lookups/index.ts";
import { checkedOptions } from "../../presets/preset.ts";
import { currentRun } from "../../run-scope.ts";
import { hostsChecked } from "./gate/hold.ts";
import { whereCalled } from "./gate/location.ts";
import { asRunError } from "./lift-output.ts";
import { settingsOf } from "./provider-settings.ts";
import type { Provider } from "./resources/provider.ts";

export type { FoundDatabaseRole, FoundGrant, FoundOrgConnection } from "../../lookups/index.ts";

/**
 * Lookups find existing objects that are managed elsewhere, by properties that a person knows. They read the control
 * plane while the program runs, in a preview too, and change nothing. The search values must be plain values.
 */

/** Selects the control plane of a lookup. */
export interface LookupOptions {
  /** The control plane and its credentials. Default: those of the environment, else of the stack configuration. */
  readonly provider?: Provider | undefined;
}

/** An identity provider as every control plane describes it. */
interface ProviderQuery<A extends AuthorizationType> {
  /** The configuration name, as the console shows it. */
  readonly configurationName?: string | undefined;
  /** `WORKFORCE` or `WORKLOAD`. */
  readonly idpType?: IdpType | undefined;
  /** Tells the compiler too: an `OidcRole` needs `GROUP`, a `FederatedUser` needs `USER`. */
  readonly authorizationType?: A | undefined;
  /** The issuer: exactly the `iss` claim of tokens. */
  readonly issuerUri?: string | undefined;
  /** The audience: exactly the `aud` claim of tokens. */
  readonly audience?: string | undefined;
}

/** An identity provider as Atlas describes it. */
export interface FederationQuery<A extends AuthorizationType = AuthorizationType> extends ProviderQuery<A> {
  /** The federation: 24 hexadecimal digits, in the address of the Federation Management Console. */
  readonly federationSettingsId: string;
  /** The id of the identity provider: 24 hexadecimal digits. */
  readonly identityProviderId?: string | undefined;
  /** Cloud Manager and Ops Manager only, instead of the federation. */
  readonly projectId?: undefined;
}

/** An identity provider as Cloud Manager or Ops Manager describes it: it has no id. */
export interface ProjectQuery<A extends AuthorizationType = AuthorizationType> extends ProviderQuery<A> {
  /** The project: 24 hexadecimal digits. */
  readonly projectId: string;
  /** Atlas only, instead of the project. */
  readonly federationSettingsId?: undefined;
  /** Atlas only. */
  readonly identityProviderId?: undefined;
}

/** Search values for an identity provider. Together they must match exactly one. */
export type IdentityProviderQuery<A extends AuthorizationType = AuthorizationType> =
  | FederationQuery<A>
  | ProjectQuery<A>;

/**
 * An identity provider that is there already: what an `OrgConnection`, an `OidcRole` and a `FederatedUser` take as
 * `identityProvider`.
 *
 * @example
 * ```ts
 * const corp = lookupIdentityProvider({ federationSettingsId, configurationName: "corp-entra" });
 * new OrgConnection("platform", { orgId, identityProvider: corp });
 * ```
 * @throws RunError FED240 if none fits, FED241 if several do; both list the candidates
 */
export function lookupIdentityProvider<A extends AuthorizationType = AuthorizationType>(
  query: IdentityProviderQuery<A>,
  options: LookupOptions = {},
): Promise<IdentityProviderReference & { readonly authorizationType: A }> {
  return lookup("lookupIdentityProvider", identityProviderLookup, query, options) as Promise<
    IdentityProviderReference & { readonly authorizationType: A }
  >;
}

/** Search values for a connection. The identity provider needs only values that distinguish it from others. */
export interface OrgConnectionQuery extends FederationQuery {
  /** The organization: 24 hexadecimal digits. */
  readonly orgId: string;
}

/**
 * An identity provider that an organization is connected to already.
 *
 * @throws RunError FED240 if none fits, FED241 if several do; both list what the organization is connected to
 */
export function lookupOrgConnection(
  query: OrgConnectionQuery,
  options: LookupOptions = {},
): Promise<FoundOrgConnection> {
  return lookup("lookupOrgConnection", orgConnectionLookup, query, options);
}

interface GrantQuery {
  /** The project: 24 hexadecimal digits. */
  readonly projectId: string;
  /** Atlas: the identity provider of the grant. Default: any. */
  readonly identityProviderId?: string | undefined;
  /** Cloud Manager and Ops Manager: the same by its name. Default: any. */
  readonly configurationName?: string | undefined;
}

export interface OidcRoleQuery extends GrantQuery {
  /** The group, exactly as tokens carry it. */
  readonly group: string;
}

/**
 * Looks up the access of a group.
 *
 * @throws RunError FED240 if there is none, FED241 if several identity providers have such a group; both list the candidates
 */
export function lookupOidcRole(
  query: OidcRoleQuery,
  options: LookupOptions = {},
): Promise<FoundGrant & { readonly group: string }> {
  return lookup("lookupOidcRole", oidcRoleLookup, query, options);
}

export interface FederatedUserQuery extends GrantQuery {
  /** The person or program, exactly as tokens name it. */
  readonly principal: string;
}

/**
 * Looks up the access of one person or program.
 *
 * @throws RunError FED240 if there is none, FED241 if several identity providers have such a principal; both list the candidates
 */
export function lookupFederatedUser(
  query: FederatedUserQuery,
  options: LookupOptions = {},
): Promise<FoundGrant & { readonly principal: string }> {
  return lookup("lookupFederatedUser", federatedUserLookup, query, options);
}

export interface DatabaseRoleQuery {
  /** The project: 24 hexadecimal digits. */
  readonly projectId: string;
  /** The name of the role. */
  readonly roleName: string;
  /** Where it lives. Atlas knows `admin` only. Default: `admin`. */
  readonly database?: string | undefined;
}

/** A user-defined role that is there already. @throws RunError FED240 if there is none: it lists those that there are */
export function lookupDatabaseRole(query: DatabaseRoleQuery, options: LookupOptions = {}): Promise<FoundDatabaseRole> {
  return lookup("lookupDatabaseRole", databaseRoleLookup, query, options);
}

/** Checks what is asked, connects, and puts every error into a form that ends a program with its text alone. */
function lookup<Schema extends z.ZodObject, Found>(
  name: string,
  { query: schema, find }: Lookup<Schema, Found>,
  query: unknown,
  { provider }: LookupOptions,
): Promise<Found> {
  // Before anything is waited for: a stack is lost then.
  const location = whereCalled(name);
  const run = async () => {
    const asked = checkedOptions(name, schema, query);
    // Only now: a program that looks nothing up loads no HTTP client.
    const { connect } = await import("../../control-planes/connect.ts");
    await hostsChecked();
    return find(connect({ env: currentRun().env, config: settings(provider) }), asked);
  };
  return run().catch((error: unknown) => {
    throw asRunError(error, location);
  });
}

/** Reads a setting by its key without `mongofed:`, as a provider process does. */
function settings(provider: Provider | undefined): (key: string) => string | undefined {
  if (provider === undefined)
    return (key) => (key === "provider" ? undefined : pulumi.runtime.getConfig(`mongofed:${key}`));
  const given = settingsOf(provider);
  return (key) => given[`mongofed:${key}`];
}
