import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { databaseRoleId, databaseRoleShape } from "../../../schema/database-role.ts";
import {
  type AuthorizationType,
  authorizationTypeSchema,
  type IdentityProviderReference,
  type IdpType,
  idpTypeSchema,
} from "../../../schema/identity-provider.ts";
import { objectIdSchema } from "../../../schema/ids.ts";
import { ROLES_DATABASE } from "../../../schema/roles.ts";
import type {
  ControlPlane,
  LiveDatabaseRole,
  LiveGrant,
  LiveIdentityProvider,
} from "../../control-planes/control-plane.ts";
import { FindingError } from "../../findings.ts";
import { checkedOptions, faultsTogether } from "../../presets/preset.ts";
import { finding } from "../../rules/index.ts";
import { whereCalled } from "./gate/location.ts";
import { asRunError } from "./now-or-later.ts";
import { type Provider, settingsOf } from "./resources/provider.ts";

/**
 * Lookups: what is there already and is managed elsewhere, by what a person knows of it. They ask the control plane while
 * the program runs, in a preview too, and change nothing. What is asked must be known when the program is written.
 */

/** Whom to ask. */
export interface LookupOptions {
  /** The control plane and its credentials. Default: those of the environment, else of the stack configuration. */
  readonly provider?: Provider | undefined;
}

/** What is known of an identity provider, wherever it belongs. */
interface ProviderQuery<A extends AuthorizationType> {
  /** Its name, as the console shows it. */
  readonly configurationName?: string | undefined;
  readonly idpType?: IdpType | undefined;
  /** Given, it is also known to the compiler: an `OidcRole` needs `GROUP`, a `FederatedUser` needs `USER`. */
  readonly authorizationType?: A | undefined;
  readonly issuerUri?: string | undefined;
  readonly audience?: string | undefined;
}

/** What is known of an identity provider in Atlas. */
export interface FederationQuery<A extends AuthorizationType = AuthorizationType> extends ProviderQuery<A> {
  /** The federation: 24 hexadecimal digits, in the address of the Federation Management Console. */
  readonly federationSettingsId: string;
  /** Its id: 24 hexadecimal digits. */
  readonly identityProviderId?: string | undefined;
  readonly projectId?: never;
}

/** What is known of an identity provider in Cloud Manager or Ops Manager, where it has no id. */
export interface ProjectQuery<A extends AuthorizationType = AuthorizationType> extends ProviderQuery<A> {
  /** The project: 24 hexadecimal digits. */
  readonly projectId: string;
  readonly federationSettingsId?: never;
  readonly identityProviderId?: never;
}

/** What is known of an identity provider; together it must fit exactly one. */
export type IdentityProviderQuery<A extends AuthorizationType = AuthorizationType> =
  | FederationQuery<A>
  | ProjectQuery<A>;

/** What of an identity provider may be asked for, beside where it belongs. */
const partOfProvider = {
  configurationName: z.string().optional(),
  identityProviderId: objectIdSchema.optional(),
  idpType: idpTypeSchema.optional(),
  authorizationType: authorizationTypeSchema.optional(),
  issuerUri: z.string().optional(),
  audience: z.string().optional(),
};

/**
 * An identity provider that is there already: what an `OrgConnection`, an `OidcRole` and a `FederatedUser` take as
 * `identityProvider`.
 *
 * @example
 * ```ts
 * const corp = lookupIdentityProvider({ federationSettingsId, configurationName: "corp-entra" });
 * new OrgConnection("platform", { orgId, identityProvider: corp });
 * ```
 * @throws RunError FED240 if none fits, FED241 if several do; both list what there is
 */
export function lookupIdentityProvider<A extends AuthorizationType = AuthorizationType>(
  query: IdentityProviderQuery<A>,
  options: LookupOptions = {},
): Promise<IdentityProviderReference & { readonly authorizationType: A }> {
  return lookup("lookupIdentityProvider", providerQuery, query, options, async (plane, { projectId, ...asked }) => {
    const inProject = projectId !== undefined;
    await requireKind(
      inProject ? "Projects" : "Atlas",
      plane,
      `an identity provider of a ${inProject ? "project" : "federation"}`,
    );
    // One of the two is given; the port has one place for both.
    const scope = projectId ?? (asked.federationSettingsId as string);
    const where = `${inProject ? "project" : "federation"} ${scope}`;
    const there = await plane.identityProviders.list(scope);
    const found = theOnly({ what: "identity provider", where, there, asked, describe: describeProvider });
    return referenceTo(found, projectId) as IdentityProviderReference & { authorizationType: A };
  });
}

/** It is asked for in a federation, or in a project. */
const providerQuery = z
  .strictObject({
    federationSettingsId: objectIdSchema.optional(),
    projectId: objectIdSchema.optional(),
    ...partOfProvider,
  })
  .check(
    faultsTogether(({ federationSettingsId, projectId, identityProviderId }) => {
      if ((federationSettingsId === undefined) === (projectId === undefined)) {
        const message =
          projectId === undefined
            ? "names neither a federation nor a project"
            : "names both a federation and a project";
        return { message, fix: "Give federationSettingsId for Atlas, or projectId for Cloud Manager and Ops Manager." };
      }
      if (projectId === undefined || identityProviderId === undefined) return undefined;
      return {
        message: "has an identityProviderId, which no identity provider of a project has",
        fix: "Ask by configurationName: in Cloud Manager and Ops Manager the name is all there is.",
      };
    }),
  );

/** @throws FindingError FED206 if what is asked for exists on the other kind of control plane only */
async function requireKind(kind: "Atlas" | "Projects", plane: ControlPlane, what: string): Promise<void> {
  const planes = await import("../../control-planes/planes.ts");
  planes[`on${kind}`](plane, what);
}

/** What is known of a connection; of its identity provider only what it takes to tell it from others. */
export interface OrgConnectionQuery extends FederationQuery {
  /** The organization: 24 hexadecimal digits. */
  readonly orgId: string;
}

export interface FoundOrgConnection {
  /** For `OrgConnection.get`. */
  readonly id: string;
  readonly federationSettingsId: string;
  readonly orgId: string;
  readonly identityProvider: IdentityProviderReference;
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
  const schema = z.strictObject({ federationSettingsId: objectIdSchema, orgId: objectIdSchema, ...partOfProvider });
  return lookup("lookupOrgConnection", schema, query, options, async (plane, { orgId, ...asked }) => {
    const { federationSettingsId } = asked;
    const { onAtlas } = await import("../../control-planes/planes.ts");
    const [all, connection] = await Promise.all([
      plane.identityProviders.list(federationSettingsId),
      onAtlas(plane, "an OrgConnection").connections.get(federationSettingsId, orgId),
    ]);
    if (connection === undefined) throw notInFederation(orgId, federationSettingsId);
    const there = all.filter(({ identityProviderId }) => connection.identityProviderIds.includes(identityProviderId));
    const where = `the connections of organization ${orgId}`;
    const found = theOnly({ what: "identity provider", where, there, asked, describe: describeProvider });
    const id = `${federationSettingsId}/${orgId}/${found.identityProviderId}`;
    return { id, federationSettingsId, orgId, identityProvider: referenceTo(found) };
  });
}

function notInFederation(orgId: string, federationSettingsId: string): FindingError {
  const message = `organization ${orgId} is not part of federation ${federationSettingsId}`;
  return new FindingError([finding("FED215", { path: "orgId", message })]);
}

interface GrantQuery {
  /** The project: 24 hexadecimal digits. */
  readonly projectId: string;
  /** Atlas: the identity provider that vouches for them. Default: any. */
  readonly identityProviderId?: string | undefined;
  /** Cloud Manager and Ops Manager: the same by its name. Default: any. */
  readonly configurationName?: string | undefined;
}

/** What a group, a person or a program may do in a project. */
export type FoundGrant = Pick<
  LiveGrant,
  | "projectId"
  | "identityProviderId"
  | "roles"
  | "privileges"
  | "authenticationRestrictions"
  | "scopes"
  | "labels"
  | "description"
  | "deleteAfterDate"
> & {
  /** For `OidcRole.get` or `FederatedUser.get`. */
  readonly id: string;
  /** The name of the database user or role: `{identityProviderId}/{group or principal}`. In Cloud Manager the id is the configuration name. */
  readonly username: string;
};

const grantQuery = {
  projectId: objectIdSchema,
  identityProviderId: objectIdSchema.optional(),
  configurationName: z.string().optional(),
};

export interface OidcRoleQuery extends GrantQuery {
  /** The group, exactly as tokens carry it. */
  readonly group: string;
}

/**
 * What the members of a group may do already.
 *
 * @throws RunError FED240 if there is none, FED241 if several identity providers have such a group; both list what there is
 */
export function lookupOidcRole(
  query: OidcRoleQuery,
  options: LookupOptions = {},
): Promise<FoundGrant & { readonly group: string }> {
  const schema = z.strictObject({ ...grantQuery, group: z.string().min(1) });
  return lookup("lookupOidcRole", schema, query, options, async (plane, { group, ...asked }) => ({
    ...(await grantOf(plane, "GROUP", { ...asked, who: group })),
    group,
  }));
}

export interface FederatedUserQuery extends GrantQuery {
  /** The person or program, exactly as tokens name it. */
  readonly principal: string;
}

/**
 * What one person or program may do already.
 *
 * @throws RunError FED240 if there is none, FED241 if several identity providers have such a principal; both list what there is
 */
export function lookupFederatedUser(
  query: FederatedUserQuery,
  options: LookupOptions = {},
): Promise<FoundGrant & { readonly principal: string }> {
  const schema = z.strictObject({ ...grantQuery, principal: z.string().min(1) });
  return lookup("lookupFederatedUser", schema, query, options, async (plane, { principal, ...asked }) => ({
    ...(await grantOf(plane, "USER", { ...asked, who: principal })),
    principal,
  }));
}

async function grantOf(
  plane: ControlPlane,
  by: AuthorizationType,
  { configurationName, ...query }: GrantQuery & { readonly who: string },
): Promise<FoundGrant> {
  if (query.identityProviderId !== undefined) await requireKind("Atlas", plane, "an identity provider with an id");
  if (configurationName !== undefined) await requireKind("Projects", plane, "access under a configuration name");
  const asked = { ...query, identityProviderId: query.identityProviderId ?? configurationName };
  const there = (await plane.access.list(asked.projectId)).filter((grant) => grant.by === by);
  const what = by === "GROUP" ? "access of a group" : "access of a person or program";
  const describe = ({ who, identityProviderId }: LiveGrant) => `${who} through identity provider ${identityProviderId}`;
  const found = theOnly({ what, where: `project ${asked.projectId}`, there, asked, describe });
  const { by: _, who, ...rest } = found;
  const username = `${rest.identityProviderId}/${who}`;
  return { id: `${rest.projectId}/${username}`, username, ...rest };
}

export interface DatabaseRoleQuery {
  /** The project: 24 hexadecimal digits. */
  readonly projectId: string;
  readonly roleName: string;
  /** Where it lives. Atlas knows `admin` only. Default: `admin`. */
  readonly database?: string | undefined;
}

/** A user-defined role of a project. */
export interface FoundDatabaseRole extends LiveDatabaseRole {
  /** For `DatabaseRole.get`. */
  readonly id: string;
}

/** A user-defined role that is there already. @throws RunError FED240 if there is none: it lists those that there are */
export function lookupDatabaseRole(query: DatabaseRoleQuery, options: LookupOptions = {}): Promise<FoundDatabaseRole> {
  const { roleName, database } = databaseRoleShape.shape;
  const schema = z.strictObject({ projectId: objectIdSchema, roleName, database });
  return lookup("lookupDatabaseRole", schema, query, options, async (plane, asked) => {
    const there = await plane.databaseRoles.list(asked.projectId);
    const where = `project ${asked.projectId}`;
    const found = theOnly({ what: "user-defined role", where, there, asked, describe: nameOfRole });
    return { id: databaseRoleId(found), ...found };
  });
}

function nameOfRole({ roleName, database }: LiveDatabaseRole): string {
  return database === ROLES_DATABASE ? roleName : `${roleName}@${database}`;
}

/** Checks what is asked, connects, and puts every error into a form that ends a program with its text alone. */
function lookup<S extends z.ZodType, R>(
  name: string,
  schema: S,
  query: unknown,
  { provider }: LookupOptions,
  find: (plane: ControlPlane, asked: z.output<S>) => Promise<R>,
): Promise<R> {
  // Before anything is waited for: a stack is lost then.
  const location = whereCalled(name);
  const run = async () => {
    const asked = checkedOptions(name, schema, query);
    // Only now: a program that looks nothing up loads no HTTP client.
    const { connect } = await import("../../control-planes/connect.ts");
    return find(connect({ env: process.env, config: settings(provider) }), asked);
  };
  return run().catch((error: unknown) => {
    throw asRunError(error, location);
  });
}

/** Reads a setting by its key without `mongofed:`, as a provider process does. */
function settings(provider: Provider | undefined): (key: string) => string | undefined {
  if (provider === undefined) return (key) => pulumi.runtime.getConfig(`mongofed:${key}`);
  const given = settingsOf(provider);
  return (key) => given[`mongofed:${key}`];
}

/** @param projectId the project that it belongs to, if it does */
function referenceTo(live: LiveIdentityProvider, projectId?: string): IdentityProviderReference {
  const { federationSettingsId, identityProviderId, configurationName, idpType, authorizationType } = live;
  const place = projectId === undefined ? { federationSettingsId, identityProviderId } : { projectId };
  return { ...place, configurationName, idpType, authorizationType };
}

function describeProvider(live: LiveIdentityProvider): string {
  const { configurationName, identityProviderId, idpType, authorizationType, issuerUri, audience } = live;
  const id = identityProviderId === configurationName ? "" : `${identityProviderId}, `;
  return `${configurationName} (${id}${idpType}, ${authorizationType}, issuer ${issuerUri}, audience ${audience})`;
}

interface Search<T extends object> {
  /** What is looked for, in one or a few words. */
  readonly what: string;
  readonly where: string;
  readonly there: readonly T[];
  /** What it must have, property by property. */
  readonly asked: { readonly [K in keyof T]?: T[K] | undefined };
  describe(item: T): string;
}

/** The one item that has all that is asked. @throws FindingError FED240 or FED241, with what there is instead */
function theOnly<T extends object>({ what, where, there, asked, describe }: Search<T>): T {
  const wanted = Object.entries(asked).filter(([, value]) => value !== undefined) as [keyof T & string, unknown][];
  const found = there.filter((item) => wanted.every(([key, value]) => item[key] === value));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const list = (items: readonly T[]) => items.map((item) => `\n  ${describe(item)}`).join("");
  const named = (key: string, value: unknown) => `${WORDS[key] ?? `with ${key}`} ${JSON.stringify(value)}`;
  const conditions = wanted.filter(([key]) => !SCOPES.has(key)).map(([key, value]) => ` ${named(key, value)}`);
  const fitting = conditions.join("");
  if (found.length > 1) {
    const message = `${found.length} of them fit the ${what}${fitting} in ${where}`;
    throw new FindingError([finding("FED241", { message, why: `These fit:${list(found)}` })]);
  }
  const why = there.length === 0 ? "There is none at all." : `These are there:${list(there)}`;
  throw new FindingError([finding("FED240", { message: `there is no ${what}${fitting} in ${where}`, why })]);
}

/** What a property is called where its own name is not what the user wrote. */
const WORDS: Readonly<Record<string, string>> = { who: "for" };

/** Where is looked, which a message says by itself. */
const SCOPES: ReadonlySet<string> = new Set(["federationSettingsId", "projectId"]);
