// Generated from the field tables in schema/ by `npm run docs`. Do not edit.

import type * as pulumi from "@pulumi/pulumi";
import type { AuthorizationType, IdpType } from "../../../../../schema/identity-provider.ts";
import { GatedResource } from "../gated-resource.ts";

/** The inputs of every identity provider. */
interface CommonArgs<A extends AuthorizationType = AuthorizationType> {
  /**
   * The name of this configuration. On Atlas it is a label of at most 50 characters. On Cloud Manager and Ops
   * Manager it is the prefix of every role and user, made of letters, digits, `-` and `_`. A replacement
   * deletes the old identity provider first. On Cloud Manager and Ops Manager, changing it replaces the
   * resource.
   *
   * @example "corp-entra"
   */
  readonly configurationName: pulumi.Input<string>;
  /**
   * The issuer of the tokens: exactly the `iss` claim. It is an https address without
   * `/.well-known/openid-configuration`. A trailing slash counts. The identity provider's metadata document
   * calls it `issuer`.
   *
   * @example "https://login.microsoftonline.com/1c1f…/v2.0"
   */
  readonly issuerUri: pulumi.Input<string>;
  /**
   * The recipient that the tokens are issued for: exactly the `aud` claim. It is often the client id of the
   * application at the identity provider.
   *
   * @example "8d9e0f1a-2b3c-4d5e-8f60-718293a4b5c6"
   */
  readonly audience: pulumi.Input<string>;
  /**
   * `GROUP`: access follows the groups in the token. `USER`: each person or program is granted access by name.
   */
  readonly authorizationType: pulumi.Input<A>;
  /**
   * The claim that identifies the person or program. Choose a claim whose values are never reassigned.
   * Default: `sub`.
   *
   * @example "oid"
   */
  readonly userClaim?: pulumi.Input<string> | undefined;
  /**
   * The claim that lists the groups. Only if `authorizationType` is `GROUP`. Default: `groups`.
   *
   * @example "roles"
   */
  readonly groupsClaim?: pulumi.Input<string> | undefined;
  /**
   * A new value revokes the signing keys that MongoDB has cached, once. Everyone who logged in through this
   * identity provider is logged out. Use it for a compromised signing key only: a key rotation needs nothing.
   * Cloud Manager and Ops Manager have no API for this. Default: no revocation.
   *
   * @example "2026-08-17"
   */
  readonly revokeJwksTrigger?: pulumi.Input<string> | undefined;
  /**
   * Takes over the object if it already exists. `true` requires that the object equals the declaration.
   * `"overwrite"` also changes it, after mongofed has listed the differences. Objects that mongofed manages
   * already are not affected. Pulumi then protects the resource from deletion, unless the option `protect`
   * says otherwise. Without `adopt`, this protection ends, and the preview says so. Default: `false`.
   */
  readonly adopt?: boolean | "overwrite" | undefined;
  /**
   * Allows changes, disconnections and deletions that lock out people or programs managed elsewhere. A
   * deletion uses the value that the last run recorded. Default: `false`.
   */
  readonly allowLockout?: boolean | undefined;
}

/** The inputs that depend on the control plane, in Atlas. */
interface AtlasArgs<F extends pulumi.Input<string> = pulumi.Input<string>> {
  /**
   * Atlas only. The federation that the identity provider belongs to: 24 hexadecimal digits. Atlas creates the
   * federation when an organization first opens the Federation Management Console. The address of that page
   * contains the id. Changing it replaces the resource.
   *
   * @example "5f1e2d3c4b5a69788796a5b4"
   */
  readonly federationSettingsId: F;
  /** Cloud Manager and Ops Manager only. */
  readonly projectId?: undefined;
  /**
   * Atlas only. The purpose of this configuration, in one sentence. Default: none.
   */
  readonly description?: pulumi.Input<string> | undefined;
}

/** The inputs that depend on the control plane, in a project of Cloud Manager or Ops Manager. */
interface ProjectArgs {
  /** Atlas only. */
  readonly federationSettingsId?: undefined;
  /**
   * Cloud Manager and Ops Manager only. The project that the identity provider belongs to, instead of a
   * federation: 24 hexadecimal digits. The console shows the id under Project Settings. Changing it replaces
   * the resource.
   *
   * @example "5f1e2d3c4b5a69788796a5b4"
   */
  readonly projectId: pulumi.Input<string>;
  /** Atlas only. */
  readonly description?: undefined;
}

/** The inputs that depend on the type, of an identity provider for people. */
interface WorkforceArgs {
  /**
   * The client id of the application that people log in with. Only if `idpType` is `WORKFORCE`. The identity
   * provider shows it on the page of the application.
   *
   * @example "8d9e0f1a-2b3c-4d5e-8f60-718293a4b5c6"
   */
  readonly clientId: pulumi.Input<string>;
  /**
   * The scopes that mongosh and Compass request at login. Add `offline_access` for refresh tokens. Only if
   * `idpType` is `WORKFORCE`. Default: none.
   *
   * @example ["openid","offline_access"]
   */
  readonly requestedScopes?: pulumi.Input<readonly pulumi.Input<string>[]> | undefined;
}

/** The inputs that depend on the type, of an identity provider for programs. */
interface WorkloadArgs {
  /** Only if `idpType` is `WORKFORCE`. */
  readonly clientId?: undefined;
  /** Only if `idpType` is `WORKFORCE`. */
  readonly requestedScopes?: undefined;
}

/** The inputs of an identity provider for people in Atlas. */
export interface AtlasWorkforceArgs<
  A extends AuthorizationType = AuthorizationType,
  F extends pulumi.Input<string> = pulumi.Input<string>,
> extends CommonArgs<A>,
    AtlasArgs<F>,
    WorkforceArgs {
  /**
   * `WORKFORCE` for people, who use mongosh and Compass. `WORKLOAD` for programs, which use drivers. On Atlas,
   * changing it replaces the resource.
   */
  readonly idpType: "WORKFORCE";
  /**
   * Atlas only. The verified email domains whose people this identity provider serves. Atlas needs them when
   * several identity providers are connected. Only if `idpType` is `WORKFORCE`. Default: none.
   *
   * @example ["example.com"]
   */
  readonly associatedDomains?: pulumi.Input<readonly pulumi.Input<string>[]> | undefined;
}

/** The inputs of an identity provider for programs in Atlas. */
export interface AtlasWorkloadArgs<
  A extends AuthorizationType = AuthorizationType,
  F extends pulumi.Input<string> = pulumi.Input<string>,
> extends CommonArgs<A>,
    AtlasArgs<F>,
    WorkloadArgs {
  /**
   * `WORKFORCE` for people, who use mongosh and Compass. `WORKLOAD` for programs, which use drivers. On Atlas,
   * changing it replaces the resource.
   */
  readonly idpType: "WORKLOAD";
  /** Atlas only. Only if `idpType` is `WORKFORCE`. */
  readonly associatedDomains?: undefined;
}

/** The inputs of an identity provider for people in a project of Cloud Manager or Ops Manager. */
export interface ProjectWorkforceArgs<A extends AuthorizationType = AuthorizationType>
  extends CommonArgs<A>,
    ProjectArgs,
    WorkforceArgs {
  /**
   * `WORKFORCE` for people, who use mongosh and Compass. `WORKLOAD` for programs, which use drivers. On Atlas,
   * changing it replaces the resource.
   */
  readonly idpType: "WORKFORCE";
  /** Atlas only. Only if `idpType` is `WORKFORCE`. */
  readonly associatedDomains?: undefined;
}

/** The inputs of an identity provider for programs in a project of Cloud Manager or Ops Manager. */
export interface ProjectWorkloadArgs<A extends AuthorizationType = AuthorizationType>
  extends CommonArgs<A>,
    ProjectArgs,
    WorkloadArgs {
  /**
   * `WORKFORCE` for people, who use mongosh and Compass. `WORKLOAD` for programs, which use drivers. On Atlas,
   * changing it replaces the resource.
   */
  readonly idpType: "WORKLOAD";
  /** Atlas only. Only if `idpType` is `WORKFORCE`. */
  readonly associatedDomains?: undefined;
}

/** The outputs of an `IdentityProvider` that are also inputs. */
export abstract class IdentityProviderProperties extends GatedResource {
  /**
   * `WORKFORCE` for people, who use mongosh and Compass. `WORKLOAD` for programs, which use drivers. On Atlas,
   * changing it replaces the resource.
   */
  declare readonly idpType: pulumi.Output<IdpType>;
  /**
   * The name of this configuration. On Atlas it is a label of at most 50 characters. On Cloud Manager and Ops
   * Manager it is the prefix of every role and user, made of letters, digits, `-` and `_`. A replacement
   * deletes the old identity provider first. On Cloud Manager and Ops Manager, changing it replaces the
   * resource.
   *
   * @example "corp-entra"
   */
  declare readonly configurationName: pulumi.Output<string>;
  /**
   * Atlas only. The purpose of this configuration, in one sentence. Default: none.
   */
  declare readonly description: pulumi.Output<string | undefined>;
  /**
   * The issuer of the tokens: exactly the `iss` claim. It is an https address without
   * `/.well-known/openid-configuration`. A trailing slash counts. The identity provider's metadata document
   * calls it `issuer`.
   *
   * @example "https://login.microsoftonline.com/1c1f…/v2.0"
   */
  declare readonly issuerUri: pulumi.Output<string>;
  /**
   * The recipient that the tokens are issued for: exactly the `aud` claim. It is often the client id of the
   * application at the identity provider.
   *
   * @example "8d9e0f1a-2b3c-4d5e-8f60-718293a4b5c6"
   */
  declare readonly audience: pulumi.Output<string>;
  /**
   * The client id of the application that people log in with. Only if `idpType` is `WORKFORCE`. The identity
   * provider shows it on the page of the application.
   *
   * @example "8d9e0f1a-2b3c-4d5e-8f60-718293a4b5c6"
   */
  declare readonly clientId: pulumi.Output<string>;
  /**
   * The scopes that mongosh and Compass request at login. Add `offline_access` for refresh tokens. Only if
   * `idpType` is `WORKFORCE`. Default: none.
   *
   * @example ["openid","offline_access"]
   */
  declare readonly requestedScopes: pulumi.Output<string[] | undefined>;
  /**
   * Atlas only. The verified email domains whose people this identity provider serves. Atlas needs them when
   * several identity providers are connected. Only if `idpType` is `WORKFORCE`. Default: none.
   *
   * @example ["example.com"]
   */
  declare readonly associatedDomains: pulumi.Output<string[] | undefined>;
  /**
   * `GROUP`: access follows the groups in the token. `USER`: each person or program is granted access by name.
   */
  declare readonly authorizationType: pulumi.Output<AuthorizationType>;
  /**
   * The claim that identifies the person or program. Choose a claim whose values are never reassigned.
   * Default: `sub`.
   *
   * @example "oid"
   */
  declare readonly userClaim: pulumi.Output<string>;
  /**
   * The claim that lists the groups. Only if `authorizationType` is `GROUP`. Default: `groups`.
   *
   * @example "roles"
   */
  declare readonly groupsClaim: pulumi.Output<string | undefined>;
}

export const IDENTITY_PROVIDER_OUTPUTS = [
  "federationSettingsId",
  "projectId",
  "idpType",
  "configurationName",
  "description",
  "issuerUri",
  "audience",
  "clientId",
  "requestedScopes",
  "associatedDomains",
  "authorizationType",
  "userClaim",
  "groupsClaim",
] as const;
