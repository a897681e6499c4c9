import { z } from "zod";
import { databaseRoleId, databaseRoleShape } from "../../schema/database-role.ts";
import {
  type AuthorizationType,
  authorizationTypeSchema,
  type IdentityProviderReference,
  idpTypeSchema,
} from "../../schema/identity-provider.ts";
import { objectIdSchema } from "../../schema/ids.ts";
import { referenceTo } from "../../schema/reference.ts";
import { ROLES_DATABASE } from "../../schema/roles.ts";
import type {
  ControlPlane,
  LiveDatabaseRole,
  LiveGrant,
  LiveIdentityProvider,
} from "../control-planes/control-plane.ts";
import { FindingError } from "../findings.ts";
import { faultsTogether } from "../presets/preset.ts";
import { finding } from "../rules/index.ts";
import { findOne } from "./find-one.ts";

/**
 * Finds an existing object, managed elsewhere, by properties that a person knows. It changes nothing. A lookup throws a
 * FindingError that lists the existing objects: FED240 if none matches, FED241 if several match.
 */
export interface Lookup<Schema extends z.ZodObject, Found> {
  /** The search properties. */
  readonly query: Schema;
  find(plane: ControlPlane, asked: z.output<Schema>): Promise<Found>;
}

/** Only so that types are inferred. */
function lookup<Schema extends z.ZodObject, Found>(one: Lookup<Schema, Found>): Lookup<Schema, Found> {
  return one;
}

const federationSettingsId = objectIdSchema.meta({
  description: "The federation: 24 hexadecimal digits, in the address of the Federation Management Console.",
});
const projectId = objectIdSchema.meta({ description: "The project: 24 hexadecimal digits." });

/** Search properties of an identity provider, without its federation or project. */
const partOfProvider = {
  configurationName: z.string().optional().meta({ description: "Its name, as the console shows it." }),
  identityProviderId: objectIdSchema.optional().meta({ description: "Atlas: its id." }),
  idpType: idpTypeSchema.optional(),
  authorizationType: authorizationTypeSchema.optional(),
  issuerUri: z.string().optional(),
  audience: z.string().optional(),
};

/** An identity provider, asked for in a federation or in a project. */
export const identityProviderLookup = lookup({
  query: z
    .strictObject({
      federationSettingsId: federationSettingsId.optional(),
      projectId: projectId.optional(),
      ...partOfProvider,
    })
    .check(
      faultsTogether(({ federationSettingsId, projectId, identityProviderId }) => {
        if ((federationSettingsId === undefined) === (projectId === undefined)) {
          const message =
            projectId === undefined
              ? "names neither a federation nor a project"
              : "names both a federation and a project";
          return {
            message,
            fix: "Give federationSettingsId for Atlas, or projectId for Cloud Manager and Ops Manager.",
          };
        }
        if (projectId === undefined || identityProviderId === undefined) return undefined;
        return {
          message: "has an identityProviderId, which no identity provider of a project has",
          fix: "Ask by configurationName: in Cloud Manager and Ops Manager the name is all there is.",
        };
      }),
    ),
  async find(plane, { projectId, ...asked }): Promise<IdentityProviderReference> {
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
    return referenceTo(
      findOne({ what: "identity provider", where, there: there.map(asAsked), asked, describe: describeProvider }),
    );
  },
});

/** @throws FindingError FED206 if what is asked for exists on the other kind of control plane only */
async function requireKind(kind: "Atlas" | "Projects", plane: ControlPlane, what: string): Promise<void> {
  const planes = await import("../control-planes/planes.ts");
  planes[`on${kind}`](plane, what);
}

export interface FoundOrgConnection {
  /** For `OrgConnection.get`. */
  readonly id: string;
  readonly federationSettingsId: string;
  readonly orgId: string;
  readonly identityProvider: IdentityProviderReference;
}

/** An identity provider that an organization is connected to. */
export const orgConnectionLookup = lookup({
  query: z.strictObject({
    federationSettingsId,
    orgId: objectIdSchema.meta({ description: "The organization: 24 hexadecimal digits." }),
    ...partOfProvider,
  }),
  async find(plane, { orgId, ...asked }): Promise<FoundOrgConnection> {
    const { federationSettingsId } = asked;
    const { onAtlas } = await import("../control-planes/planes.ts");
    const [all, connection] = await Promise.all([
      plane.identityProviders.list(federationSettingsId),
      onAtlas(plane, "an OrgConnection").connections.get(federationSettingsId, orgId),
    ]);
    if (connection === undefined) throw notInFederation(orgId, federationSettingsId);
    const there = all.filter(({ prefix }) => connection.identityProviderIds.includes(prefix)).map(asAsked);
    const where = `the connections of organization ${orgId}`;
    const found = findOne({ what: "identity provider", where, there, asked, describe: describeProvider });
    const id = `${federationSettingsId}/${orgId}/${found.prefix}`;
    return { id, federationSettingsId, orgId, identityProvider: referenceTo(found) };
  },
});

function notInFederation(orgId: string, federationSettingsId: string): FindingError {
  const message = `organization ${orgId} is not part of federation ${federationSettingsId}`;
  return new FindingError([finding("FED215", { path: "orgId", message })]);
}

/** The access of a group, person or program in a project. */
export type FoundGrant = Pick<
  LiveGrant,
  | "projectId"
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
  /** The prefix of the principal: in Atlas the id of the identity provider, in Cloud Manager the configuration name. */
  readonly identityProviderId: string;
  /** The name of the database user or role: `{prefix}/{group or principal}`. */
  readonly username: string;
};

const grantQuery = {
  projectId,
  identityProviderId: objectIdSchema
    .optional()
    .meta({ description: "Atlas: the identity provider of the grant. Default: any." }),
  configurationName: z
    .string()
    .optional()
    .meta({ description: "Cloud Manager and Ops Manager: the same by its name. Default: any." }),
};

/** Finds the access of a group. */
export const oidcRoleLookup = lookup({
  query: z.strictObject({
    ...grantQuery,
    group: z.string().min(1).meta({ description: "The group, exactly as tokens carry it." }),
  }),
  async find(plane, { group, ...asked }): Promise<FoundGrant & { readonly group: string }> {
    return { ...(await grantOf(plane, "GROUP", { ...asked, who: group })), group };
  },
});

/** Finds the access of one person or program. */
export const federatedUserLookup = lookup({
  query: z.strictObject({
    ...grantQuery,
    principal: z.string().min(1).meta({ description: "The person or program, exactly as tokens name it." }),
  }),
  async find(plane, { principal, ...asked }): Promise<FoundGrant & { readonly principal: string }> {
    return { ...(await grantOf(plane, "USER", { ...asked, who: principal })), principal };
  },
});

interface GrantQuery {
  readonly projectId: string;
  readonly identityProviderId?: string | undefined;
  readonly configurationName?: string | undefined;
  readonly who: string;
}

async function grantOf(
  plane: ControlPlane,
  by: AuthorizationType,
  { configurationName, identityProviderId, ...query }: GrantQuery,
): Promise<FoundGrant> {
  if (identityProviderId !== undefined) await requireKind("Atlas", plane, "an identity provider with an id");
  if (configurationName !== undefined) await requireKind("Projects", plane, "access under a configuration name");
  const asked = { ...query, prefix: identityProviderId ?? configurationName };
  const there = (await plane.access.list(asked.projectId)).filter((grant) => grant.by === by);
  const what = by === "GROUP" ? "access of a group" : "access of a person or program";
  const describe = ({ who, prefix }: LiveGrant) => `${who} through identity provider ${prefix}`;
  const found = findOne({ what, where: `project ${asked.projectId}`, there, asked, describe });
  const { by: _, who, prefix, ...rest } = found;
  const username = `${prefix}/${who}`;
  return { id: `${rest.projectId}/${username}`, username, identityProviderId: prefix, ...rest };
}

/** A user-defined role of a project. */
export interface FoundDatabaseRole extends LiveDatabaseRole {
  /** For `DatabaseRole.get`. */
  readonly id: string;
}

/** A user-defined role. */
export const databaseRoleLookup = lookup({
  query: z.strictObject({
    projectId,
    roleName: databaseRoleShape.shape.roleName,
    database: databaseRoleShape.shape.database,
  }),
  async find(plane, asked): Promise<FoundDatabaseRole> {
    const there = await plane.databaseRoles.list(asked.projectId);
    const where = `project ${asked.projectId}`;
    const found = findOne({ what: "user-defined role", where, there, asked, describe: nameOfRole });
    return { id: databaseRoleId(found), ...found };
  },
});

function nameOfRole({ roleName, database }: LiveDatabaseRole): string {
  return database === ROLES_DATABASE ? roleName : `${roleName}@${database}`;
}

/** An identity provider under the names of the query. */
function asAsked(live: LiveIdentityProvider) {
  const key = live.scope.kind === "federation" ? "federationSettingsId" : "projectId";
  return { ...live, [key]: live.scope.id, identityProviderId: live.prefix } as LiveIdentityProvider & {
    readonly federationSettingsId?: string;
    readonly identityProviderId: string;
  };
}

function describeProvider(live: LiveIdentityProvider): string {
  const { configurationName, prefix, idpType, authorizationType, issuerUri, audience } = live;
  const id = prefix === configurationName ? "" : `${prefix}, `;
  return `${configurationName} (${id}${idpType}, ${authorizationType}, issuer ${issuerUri}, audience ${audience})`;
}
