import type { Label, Scope } from "../../schema/access.ts";
import type { AuthenticationRestriction } from "../../schema/authentication-restrictions.ts";
import type { AuthorizationType, IdentityProviderSettings } from "../../schema/identity-provider.ts";
import type { Phrase } from "../../schema/phrase.ts";
import type { Privilege } from "../../schema/privileges.ts";
import type { TlsMode } from "../../schema/project-tls.ts";
import type { ProviderScope } from "../../schema/reference.ts";
import type { GrantedRole } from "../../schema/roles.ts";
import type { NamedHost } from "./pinned-hosts.ts";

export type { IdentityProviderSettings } from "../../schema/identity-provider.ts";

/**
 * The operations that resources need from a control plane. Names and shapes are the product's (a configuration has a
 * `configurationName`), so that a resource reads the same on every server.
 */
export type ControlPlane = AtlasPlane | ProjectPlane;

/** The operations that every control plane has. */
interface AnyPlane {
  /** The base URL, for messages and for binding state to the plane it came from. */
  readonly baseUrl: string;
  /** The source of the credentials, in a user's words. Never a secret. */
  readonly credentialsSource: string;
  /** The host of credentials that a `Provider` names. State records it. */
  readonly host?: NamedHost | undefined;
  readonly identityProviders: IdentityProviders;
  readonly access: Access;
  readonly principals: Principals;
  readonly databaseRoles: DatabaseRoles;
  readonly projects: Projects;
  /**
   * The scope whose identity providers a project can grant access through. `undefined` if there is none, or if the
   * credentials cannot read it.
   */
  scopeOf(projectId: string): Promise<ProviderScope | undefined>;
  /**
   * Users of a project without an identity provider, such as `backup-operator@admin`, with their roles. Atlas lists
   * none.
   */
  otherUsers(projectId: string): Promise<readonly { readonly name: string; readonly roles: readonly GrantedRole[] }[]>;
  /**
   * Changes of this run that another client has overwritten since, in words. Only a control plane without conditional
   * writes has it.
   */
  overwritten?(): Promise<string[]>;
}

/** MongoDB Atlas: an identity provider belongs to a federation, and organizations are connected to it. */
export interface AtlasPlane extends AnyPlane {
  readonly name: "atlas";
  readonly connections: Connections;
  readonly organizations: Organizations;
}

/** Cloud Manager and Ops Manager: everything belongs to a project. */
export interface ProjectPlane extends AnyPlane {
  readonly name: "cloud-manager" | "ops-manager";
  readonly security: Security;
  readonly projectTls: ProjectTls;
  overwritten(): Promise<string[]>;
}

/** An OIDC identity provider as the control plane has it now. */
export interface LiveIdentityProvider extends IdentityProviderSettings {
  readonly scope: ProviderScope;
  /** Begins the name of every principal, and identifies the provider: its id in Atlas, else the configuration name. */
  readonly prefix: string;
  /** The connected organizations, from the provider's own record. */
  readonly connectedOrgIds: readonly string[];
}

export interface IdentityProviders {
  /**
   * All OIDC identity providers of a federation or project, of both types. Listed once a run and shared. A write to the
   * scope invalidates the listing. `fresh` ignores it.
   */
  list(scopeId: string, options?: { readonly fresh?: boolean }): Promise<readonly LiveIdentityProvider[]>;
  /**
   * One identity provider. `undefined` only if it is gone for certain: the API answers 404 while its scope can be read.
   * Throws every other error.
   */
  get(scopeId: string, prefix: string): Promise<LiveIdentityProvider | undefined>;
  /**
   * Creates exactly one. If the response is lost, checks whether the server created it: the API has no idempotency key,
   * so a second request would create a second provider.
   */
  create(scopeId: string, settings: IdentityProviderSettings): Promise<LiveIdentityProvider>;
  /** Sends only `changes`. Returns the whole identity provider. */
  update(
    scopeId: string,
    prefix: string,
    current: Pick<LiveIdentityProvider, "idpType">,
    changes: Partial<IdentityProviderSettings>,
  ): Promise<LiveIdentityProvider>;
  /** Deletes it. A missing one counts as deleted. */
  delete(scopeId: string, prefix: string): Promise<void>;
  /** Revokes the signing keys that clusters have cached. All sessions through this provider end. */
  revokeJwks(scopeId: string, prefix: string): Promise<void>;
}

/** The connections of one organization in a federation. */
export interface LiveConnection {
  readonly federationSettingsId: string;
  readonly orgId: string;
  /** OIDC identity providers of both types that are connected to the organization. */
  readonly identityProviderIds: readonly string[];
}

export interface Connections {
  /** All organizations of a federation. Listed once a run, like the identity providers. */
  list(federationSettingsId: string, options?: { readonly fresh?: boolean }): Promise<readonly LiveConnection[]>;
  /** One organization's connections. `undefined` only if the organization is certainly not part of the federation. */
  get(federationSettingsId: string, orgId: string): Promise<LiveConnection | undefined>;
  /**
   * Adds one id to an organization's connections, removes one, or swaps two in a single request. Keeps all others, and
   * every setting that the request would reset. Verifies the result. If another client wrote at the same time, merges
   * again a few times, then throws a ConflictError.
   */
  change(
    federationSettingsId: string,
    orgId: string,
    change: { readonly add?: string; readonly remove?: string },
  ): Promise<LiveConnection>;
  /** The name of an organization, for messages. Its id if the name cannot be read. */
  orgName(orgId: string): Promise<string>;
  /** The federation of an organization. `undefined` if it has none, or if the credentials cannot read it. */
  federationOf(orgId: string): Promise<string | undefined>;
}

/** Reads whole organizations of Atlas, for import and access reports. */
export interface Organizations {
  /** The organizations that the credentials can read. */
  list(): Promise<readonly { readonly orgId: string; readonly name: string }[]>;
  /** The projects of an organization that the credentials can read. Listed once a run. */
  projects(orgId: string): Promise<readonly LiveProject[]>;
  /**
   * The federation of an organization. `undefined` if it has none. Unlike `Connections.federationOf`, throws if the
   * credentials cannot read it.
   */
  federation(orgId: string): Promise<string | undefined>;
  /** The SAML identity providers of a federation. mongofed does not manage them. */
  samlProviders(federationSettingsId: string): Promise<readonly { readonly id: string; readonly name: string }[]>;
}

/** A person, group or program with access. Its name begins with the prefix of its identity provider. */
export interface Principal {
  /** The prefix of its identity provider, as `LiveIdentityProvider` has it. */
  readonly prefix: string;
  readonly who: string;
  /** The project that grants it something, as a user knows it. */
  readonly project: string;
  readonly projectId: string;
}

export interface Principals {
  /**
   * All principals with access in the projects of an organization (Atlas) or in one project, including the writes of this
   * run. Lists parts that the credentials cannot read in `unreadable` instead of throwing: the caller warns about the
   * known principals.
   */
  list(
    orgOrProjectId: string,
    options?: { readonly fresh?: boolean },
  ): Promise<{ readonly principals: readonly Principal[]; readonly unreadable: readonly string[] }>;
}

/** The recipient of a grant. The server keeps it unique within a project. */
export interface Grantee {
  readonly prefix: string;
  /** A group of the identity provider, or one of its people or programs. */
  readonly by: AuthorizationType;
  /** The group or principal, without the prefix. May hold any character, slashes too. */
  readonly who: string;
}

/** The settings of a grant. */
export interface GrantSettings {
  readonly roles: readonly GrantedRole[];
  /** Privileges of a group beside its roles. Cloud Manager only. */
  readonly privileges: readonly Privilege[];
  /** Empty: from everywhere. Cloud Manager only. */
  readonly authenticationRestrictions: readonly AuthenticationRestriction[];
  /** Empty: every cluster. This and the following settings are for Atlas only. */
  readonly scopes: readonly Scope[];
  readonly labels: readonly Label[];
  readonly description: string | undefined;
  /** ISO 8601, as the server writes it. */
  readonly deleteAfterDate: string | undefined;
}

/** The live access of a group, person or program in a project. */
export interface LiveGrant extends Grantee, GrantSettings {
  readonly projectId: string;
}

/** A database user without an identity provider. */
export interface OtherUser {
  /** `backup-operator@admin` */
  readonly name: string;
  /** How the user logs in: `password`, `X.509`, `LDAP`, `AWS IAM`. */
  readonly authentication: string;
}

export interface Access {
  /**
   * All grants of a project to principals of identity providers, without other users. Listed once a run and shared, with
   * the writes of this run. `fresh` ignores the shared listing.
   */
  list(projectId: string, options?: { readonly fresh?: boolean }): Promise<readonly LiveGrant[]>;
  /** The other users of a project, from the same listing. */
  others(projectId: string): Promise<readonly OtherUser[]>;
  /** One grant. `undefined` only if it is gone for certain: the API answers 404 while the project can be read. */
  get(projectId: string, grantee: Grantee): Promise<LiveGrant | undefined>;
  /**
   * Creates a grant. Throws a ConflictError if it exists, unless an earlier attempt of this call created it and the
   * response was lost.
   */
  create(projectId: string, grantee: Grantee, settings: GrantSettings): Promise<LiveGrant>;
  /**
   * Sends only `changes`, and the fields that the API requires each time. Returns the whole grant. An `undefined` setting is
   * removed. MongoDB does not document whether an expiry date can be removed: a date that stays is an error. Atlas refuses
   * to add a date to a grant without one.
   */
  update(projectId: string, grantee: Grantee, changes: Partial<GrantSettings>): Promise<LiveGrant>;
  /** Deletes it. A missing one counts as deleted. */
  delete(projectId: string, grantee: Grantee): Promise<void>;
}

/** A user-defined role, as the control plane has it now. */
export interface LiveDatabaseRole {
  readonly projectId: string;
  readonly roleName: string;
  readonly database: string;
  readonly privileges: readonly Privilege[];
  readonly roles: readonly GrantedRole[];
}
export type DatabaseRoleSettings = Pick<LiveDatabaseRole, "privileges" | "roles">;

/** Name and database identify a role. Atlas has the database `admin` only. */
export type RoleKey = Pick<LiveDatabaseRole, "roleName" | "database">;

/** Sends the writes to one project one by one, because Atlas loses concurrent writes. */
export interface DatabaseRoles {
  /** All user-defined roles of a project, with canonical privileges. Listed once a run. A write invalidates the listing. */
  list(projectId: string, options?: { readonly fresh?: boolean }): Promise<readonly LiveDatabaseRole[]>;
  get(projectId: string, role: RoleKey): Promise<LiveDatabaseRole | undefined>;
  create(projectId: string, role: RoleKey, settings: DatabaseRoleSettings): Promise<LiveDatabaseRole>;
  update(projectId: string, role: RoleKey, changes: Partial<DatabaseRoleSettings>): Promise<LiveDatabaseRole>;
  /**
   * Deletes a role. A missing one counts as deleted. The trap: Atlas silently removes the role from users that have other
   * roles too, and refuses only if a user would have none left.
   */
  delete(projectId: string, role: RoleKey): Promise<void>;
  /** Every role that can be granted. In Cloud Manager this includes the roles of groups. */
  grantable(projectId: string): Promise<readonly GrantedRole[]>;
}

export interface LiveProject {
  readonly projectId: string;
  readonly name: string;
  readonly orgId: string;
}

export interface LiveCluster {
  readonly name: string;
  /** `M10`, or `M0` for a free cluster. `undefined` if the API does not return it. */
  readonly tier: string | undefined;
  /** `8.0.12` */
  readonly version: string | undefined;
  readonly paused: boolean;
  /** Whether it is an Enterprise build, which OIDC requires. `undefined` if the API does not return it. Atlas has no others. */
  readonly enterprise: boolean | undefined;
}

/** How far a change has got to the clusters. */
export interface Rollout {
  /** Clusters that have not applied it yet. */
  readonly pending: readonly string[];
  readonly elapsedMs: number;
}

export interface Projects {
  /** Read once a run. Throws if the project cannot be read. */
  get(projectId: string): Promise<LiveProject>;
  /**
   * The name of the system that manages the project from outside the console, such as `mongodb-enterprise-operator`.
   * `undefined` if there is none, or if the credentials cannot read it. Read once a run. Atlas has none.
   */
  externalSystem(projectId: string): Promise<string | undefined>;
  /** The clusters of the project, read once a run. */
  clusters(projectId: string): Promise<readonly LiveCluster[]>;
  /**
   * Waits until every cluster of the project that is not paused has applied the changes of users and roles that were
   * sent before this call. All callers for one project share the requests. Returns the clusters that are still pending when
   * `limitMs` has passed or the run is stopped. Waits for a failing server as for a pending cluster. Throws if the
   * credentials cannot read the clusters, although the changes are made.
   */
  applied(
    projectId: string,
    options: { readonly limitMs: number; readonly onProgress?: (rollout: Rollout) => void },
  ): Promise<Rollout>;
}

/** Why something cannot be done in a project, and what to do first. */
export interface Refusal {
  readonly message: string;
  readonly fix: Phrase;
}

/** The authentication settings of a project's deployments, for clients and the MongoDB Agent. */
export interface LiveSecurity {
  /** Why the project cannot have an identity provider yet. `undefined` if it can. */
  readonly notReadyForOidc: Refusal | undefined;
  /** Why its last identity provider cannot be deleted. `undefined` if it can. */
  readonly notReadyWithoutOidc: Refusal | undefined;
  /** Mechanisms of clients by MongoDB's names: `SCRAM-SHA-256`. */
  readonly mechanisms: readonly string[];
  /** Whether Cloud Manager runs them itself. Others need their login settings by hand. */
  readonly managesMonitoring: boolean;
  readonly managesBackup: boolean;
}

export interface Security {
  /** Read once a run, including the writes of this run. */
  get(projectId: string): Promise<LiveSecurity>;
}

/** A setting of every process: one value, or the value of each process where they differ. An empty text is none. */
export type PerProcess = string | Readonly<Record<string, string>>;

/** The TLS settings of a project. Those that are `undefined` are not set. */
export interface TlsSettings {
  /** The mode of the processes that are not disabled. */
  readonly mode: PerProcess | undefined;
  readonly caFilePath: string | undefined;
  readonly caFilePathWindows: string | undefined;
  /** Of the same processes. */
  readonly clusterCaFilePath: PerProcess | undefined;
  /** `OPTIONAL` or `REQUIRE`. */
  readonly clientCertificateMode: string | undefined;
}

/** A process that is not disabled. */
export interface TlsProcess {
  readonly name: string;
  readonly mode: TlsMode;
  readonly hasCertificate: boolean;
  /** Whether it has a CA file of its own, beside that of the project. */
  readonly hasCaFile: boolean;
  /** The operating system of its host, as far as the paths of the process tell it. */
  readonly system: "Linux" | "Windows" | undefined;
}

export interface LiveProjectTls extends TlsSettings {
  readonly projectId: string;
  readonly processes: readonly TlsProcess[];
  /** The value of a key that earlier versions of mongofed wrote for `clusterCaFilePath`, and that no server reads. */
  readonly unreadClusterCaFilePath: string | undefined;
}

export type TlsChanges = Partial<TlsSettings & Pick<LiveProjectTls, "unreadClusterCaFilePath">>;

/** The TLS settings of a project. They always exist, so they are only changed. */
export interface ProjectTls {
  get(projectId: string, options?: { readonly fresh?: boolean }): Promise<LiveProjectTls>;
  /** Writes the settings in `changes` in one request. `undefined` removes a setting. */
  update(projectId: string, changes: TlsChanges): Promise<LiveProjectTls>;
  /** Removes the key that no server reads with the next write to the project. */
  removeUnread(projectId: string): void;
}

/**
 * Whether a failed write may have taken effect: its response was lost, or its verification failed. Errors of every control
 * plane have a field `sent` for it.
 */
export function mayHaveHappened(error: unknown): boolean {
  return error instanceof Error && "sent" in error && error.sent !== "no";
}
