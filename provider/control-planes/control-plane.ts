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
  /** Where the credentials came from, in a user's words; never a secret. */
  readonly credentialsSource: string;
  /** Where the credentials go, if a `Provider` names them. State records it. */
  readonly host?: NamedHost | undefined;
  readonly identityProviders: IdentityProviders;
  readonly access: Access;
  readonly principals: Principals;
  readonly databaseRoles: DatabaseRoles;
  readonly projects: Projects;
  /**
   * The scope whose identity providers a project can grant access through; `undefined` if there is none, or the
   * credentials may not see it.
   */
  scopeOf(projectId: string): Promise<ProviderScope | undefined>;
  /**
   * Users of a project without an identity provider, such as `backup-operator@admin`, with their roles. Atlas lists
   * none.
   */
  otherUsers(projectId: string): Promise<readonly { readonly name: string; readonly roles: readonly GrantedRole[] }[]>;
  /**
   * Changes of this run that somebody else has overwritten since, in words. Only a control plane without conditional
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
  /** Organizations that the provider is connected to, as the provider itself says. */
  readonly connectedOrgIds: readonly string[];
}

export interface IdentityProviders {
  /**
   * All OIDC identity providers of a federation or project, of both types. Listed once a run and shared; a write to
   * the scope forgets the listing, and `fresh` does not look at it.
   */
  list(scopeId: string, options?: { readonly fresh?: boolean }): Promise<readonly LiveIdentityProvider[]>;
  /**
   * One identity provider. `undefined` means gone for certain: a 404 for it while its scope can be read. Every
   * other trouble is thrown.
   */
  get(scopeId: string, prefix: string): Promise<LiveIdentityProvider | undefined>;
  /**
   * Creates exactly one. When the answer is lost, it looks whether the server made it before it gives up: the API
   * knows no idempotency key, and asking again would make a second one.
   */
  create(scopeId: string, settings: IdentityProviderSettings): Promise<LiveIdentityProvider>;
  /** Sends only `changes`, and answers with the whole. */
  update(
    scopeId: string,
    prefix: string,
    current: Pick<LiveIdentityProvider, "idpType">,
    changes: Partial<IdentityProviderSettings>,
  ): Promise<LiveIdentityProvider>;
  /** Deletes it; one that is not there any more counts as deleted. */
  delete(scopeId: string, prefix: string): Promise<void>;
  /** Makes every cluster forget the signing keys that it has cached: everybody is logged out. */
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
  /** One organization's connections; `undefined` if it is for certain not part of the federation. */
  get(federationSettingsId: string, orgId: string): Promise<LiveConnection | undefined>;
  /**
   * Adds one id to an organization's connections, removes one, or swaps one for another in a single request. All
   * others, and every setting that the request would reset, stay as they are. Verified afterwards; when somebody
   * else wrote at the same moment it is merged anew, a few times, and then a clear conflict.
   */
  change(
    federationSettingsId: string,
    orgId: string,
    change: { readonly add?: string; readonly remove?: string },
  ): Promise<LiveConnection>;
  /** The name of an organization, for messages; its id if it cannot be read. */
  orgName(orgId: string): Promise<string>;
  /** The federation that an organization is in; `undefined` if it is in none, or the credentials may not see it. */
  federationOf(orgId: string): Promise<string | undefined>;
}

/** Reads what an organization of Atlas holds, for those who look at all of it. */
export interface Organizations {
  /** The organizations that the credentials may see. */
  list(): Promise<readonly { readonly orgId: string; readonly name: string }[]>;
  /** The projects of an organization that the credentials may see; listed once a run. */
  projects(orgId: string): Promise<readonly LiveProject[]>;
  /**
   * The federation that an organization is in; `undefined` if it is in none. Throws where the credentials may not read it,
   * unlike `Connections.federationOf`.
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
   * Everyone that the projects of an organization (Atlas) or one project grants something to, with the writes of this
   * run. Parts that the credentials cannot read are listed in `unreadable` instead of thrown: the caller warns about
   * the known principals.
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
  /** Empty: every cluster. Atlas only, as all that follows. */
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

/** A database user that is no grant to a principal of an identity provider. */
export interface OtherUser {
  /** `backup-operator@admin` */
  readonly name: string;
  /** How the user logs in: `password`, `X.509`, `LDAP`, `AWS IAM`. */
  readonly authentication: string;
}

export interface Access {
  /**
   * All grants of a project to principals of identity providers; other users are not told of. Listed once a run and
   * shared; what this run has written is entered, and `fresh` does not look at what is remembered.
   */
  list(projectId: string, options?: { readonly fresh?: boolean }): Promise<readonly LiveGrant[]>;
  /** The users of a project that are no grants, from the same listing. */
  others(projectId: string): Promise<readonly OtherUser[]>;
  /** One grant. `undefined` means gone for certain: a 404 for it while its project can be read. */
  get(projectId: string, grantee: Grantee): Promise<LiveGrant | undefined>;
  /**
   * Creates it. One that is there already is a `ConflictError`, unless it is what an attempt of this very call has made
   * whose answer was lost.
   */
  create(projectId: string, grantee: Grantee, settings: GrantSettings): Promise<LiveGrant>;
  /**
   * Sends only `changes`, with what the API wants to be told again each time, and answers with the whole. A setting that
   * is there as `undefined` is taken off. Whether Atlas lets an expiry date be taken off is not documented: it is tried,
   * and a date that stays is an error. It refuses to give one to a grant that has none.
   */
  update(projectId: string, grantee: Grantee, changes: Partial<GrantSettings>): Promise<LiveGrant>;
  /** Deletes it; one that is not there any more counts as deleted. */
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

/** A role is told from others by its name and database: Atlas knows `admin` only. */
export type RoleKey = Pick<LiveDatabaseRole, "roleName" | "database">;

/** Writes to one project are sent one after the other: Atlas loses some of those that come at once. */
export interface DatabaseRoles {
  /** All user-defined roles of a project, with canonical privileges; listed once a run. A write forgets the listing. */
  list(projectId: string, options?: { readonly fresh?: boolean }): Promise<readonly LiveDatabaseRole[]>;
  get(projectId: string, role: RoleKey): Promise<LiveDatabaseRole | undefined>;
  create(projectId: string, role: RoleKey, settings: DatabaseRoleSettings): Promise<LiveDatabaseRole>;
  update(projectId: string, role: RoleKey, changes: Partial<DatabaseRoleSettings>): Promise<LiveDatabaseRole>;
  /**
   * Deletes it; one that is not there any more counts as deleted. The trap: Atlas takes the role from whoever has others
   * beside it, without a word, and refuses only where nothing would be left to somebody.
   */
  delete(projectId: string, role: RoleKey): Promise<void>;
  /** Every role that another role or a user can be granted: in Cloud Manager also the roles of groups. */
  grantable(projectId: string): Promise<readonly GrantedRole[]>;
}

export interface LiveProject {
  readonly projectId: string;
  readonly name: string;
  readonly orgId: string;
}

export interface LiveCluster {
  readonly name: string;
  /** `M10`, or `M0` for a free one; `undefined` if the server does not say. */
  readonly tier: string | undefined;
  /** `8.0.12` */
  readonly version: string | undefined;
  readonly paused: boolean;
  /** Whether it is an Enterprise build, which OIDC takes; `undefined` if the server does not say. Atlas runs no others. */
  readonly enterprise: boolean | undefined;
}

/** How far a change has got to the clusters. */
export interface Rollout {
  /** Clusters that have not applied it yet. */
  readonly pending: readonly string[];
  readonly elapsedMs: number;
}

export interface Projects {
  /** Asked once a run; throws where it cannot be read. */
  get(projectId: string): Promise<LiveProject>;
  /**
   * The name of the system that manages the project from outside the console, such as `mongodb-enterprise-operator`.
   * `undefined` where there is none, or where the credentials cannot read it. Asked once a run; Atlas has none.
   */
  externalSystem(projectId: string): Promise<string | undefined>;
  /** Its clusters; asked once a run. */
  clusters(projectId: string): Promise<readonly LiveCluster[]>;
  /**
   * Waits until every cluster of the project that is not paused has applied the changes of users and roles that were
   * sent before this call. All who wait for one project share the questions. Answers with what is still pending when
   * `limitMs` has passed, or the run was told to stop: nothing, if all is well. A server in trouble is waited out like
   * a pending cluster; what the credentials may not read is thrown, although the changes themselves are made.
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

/** How the deployments of a project let clients and the MongoDB Agent in. */
export interface LiveSecurity {
  /** Why the project cannot have an identity provider yet; `undefined` if it can. */
  readonly notReadyForOidc: Refusal | undefined;
  /** Why its last identity provider cannot go; `undefined` if it can. */
  readonly notReadyWithoutOidc: Refusal | undefined;
  /** Mechanisms of clients by MongoDB's names: `SCRAM-SHA-256`. */
  readonly mechanisms: readonly string[];
  /** Whether Cloud Manager runs them itself: others must be told by hand how to log in. */
  readonly managesMonitoring: boolean;
  readonly managesBackup: boolean;
}

export interface Security {
  /** Read once a run; a write of this run is in it. */
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

/** The one set of TLS settings that a project has: they are never created or deleted, only changed. */
export interface ProjectTls {
  get(projectId: string, options?: { readonly fresh?: boolean }): Promise<LiveProjectTls>;
  /** Sets the settings that `changes` names, in one write; `undefined` takes a setting away. */
  update(projectId: string, changes: TlsChanges): Promise<LiveProjectTls>;
  /** Takes the key that no server reads away with the next write to the project, whatever that is for. */
  removeUnread(projectId: string): void;
}

/**
 * Whether a write that failed may have taken effect all the same: its answer was lost, or it could not be verified.
 * Errors of every control plane say so in a field `sent`.
 */
export function mayHaveHappened(error: unknown): boolean {
  return error instanceof Error && "sent" in error && error.sent !== "no";
}
