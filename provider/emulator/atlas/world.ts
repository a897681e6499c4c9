import { z } from "zod";
import { connectedOrgConfigSchema, objectIdSchema } from "../../../schema/atlas.ts";

/**
 * The content of the emulated Atlas. Identity providers and connections keep the API's form with unknown keys, so that
 * tests see lost foreign keys.
 */
const organizationSchema = z.strictObject({ id: objectIdSchema, name: z.string() });
export type WorldOrganization = z.infer<typeof organizationSchema>;

const projectSchema = z.strictObject({
  id: objectIdSchema,
  name: z.string(),
  orgId: objectIdSchema,
  created: z.string(),
});
export type WorldProject = z.infer<typeof projectSchema>;

/** Seconds, or `never`. */
export const applySecondsSchema = z.union([z.number().nonnegative(), z.literal("never")]);

const clusterSchema = z.strictObject({
  id: objectIdSchema,
  name: z.string(),
  projectId: objectIdSchema,
  created: z.string(),
  /** The tier: `M0`, `M10`, … */
  instanceSize: z.string(),
  /** The cloud that it runs on; a shared tier answers `TENANT` and this one as `backingProviderName`. */
  providerName: z.string(),
  regionName: z.string(),
  mongoDBMajorVersion: z.string(),
  mongoDBVersion: z.string(),
  stateName: z.string(),
  paused: z.boolean(),
  /** `PENDING` holds until an edit says otherwise; with `APPLIED` it goes by `appliesAt`. */
  changeStatus: z.enum(["PENDING", "APPLIED"]),
  /** The cluster's own time to apply a change of users or roles, instead of the one in `behaviour`. */
  applySeconds: applySecondsSchema.optional(),
  /** When it has applied the last change, in milliseconds. */
  appliesAt: z.union([z.number(), z.literal("never")]).optional(),
});
export type WorldCluster = z.infer<typeof clusterSchema>;

/** As the API answers it, without `links`, and with `projectId` for `groupId`. */
const databaseUserSchema = z.looseObject({
  projectId: objectIdSchema,
  username: z.string(),
  databaseName: z.string(),
  oidcAuthType: z.string(),
  roles: z.array(
    z.looseObject({ roleName: z.string(), databaseName: z.string(), collectionName: z.string().optional() }),
  ),
  deleteAfterDate: z.string().optional(),
});
export type WorldDatabaseUser = z.infer<typeof databaseUserSchema>;

/** As the API answers it, with `projectId`. */
const customDbRoleSchema = z.looseObject({
  projectId: objectIdSchema,
  roleName: z.string(),
  actions: z.array(z.looseObject({ action: z.string(), resources: z.array(z.looseObject({})) })),
  inheritedRoles: z.array(z.looseObject({ role: z.string(), db: z.string() })),
});
export type WorldCustomDbRole = z.infer<typeof customDbRoleSchema>;

const identityProviderSchema = z.looseObject({
  id: objectIdSchema,
  protocol: z.string(),
  idpType: z.string(),
  oktaIdpId: z.string().nullable(),
});
/** As the API answers it, without `associatedOrgs`: that is worked out from the connections. */
export type WorldIdentityProvider = z.infer<typeof identityProviderSchema>;
export type WorldConnectedOrg = z.infer<typeof connectedOrgConfigSchema>;

const federationSchema = z.strictObject({
  id: objectIdSchema,
  federatedDomains: z.array(z.string()),
  identityProviders: z.array(identityProviderSchema),
  connectedOrgs: z.array(connectedOrgConfigSchema),
  /** How often the keys of an identity provider were revoked, by its id; survives the identity provider. */
  jwksRevocations: z.record(z.string(), z.number().int()),
});
export type Federation = z.infer<typeof federationSchema>;

export const atlasWorldSchema = z.strictObject({
  organizations: z.array(organizationSchema),
  projects: z.array(projectSchema),
  clusters: z.array(clusterSchema),
  databaseUsers: z.array(databaseUserSchema).default([]),
  customDbRoles: z.array(customDbRoleSchema).default([]),
  federations: z.array(federationSchema),
});
export type AtlasWorld = z.infer<typeof atlasWorldSchema>;

/** Ids are compared without regard to case: an object id is a number, and clients exist that upper-case it. */
export function sameId(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

export function findFederation(world: AtlasWorld, id: string): Federation | undefined {
  return world.federations.find((federation) => sameId(federation.id, id));
}

/** The user-defined roles of a project. */
export function customDbRolesOf(world: AtlasWorld, projectId: string): WorldCustomDbRole[] {
  return world.customDbRoles.filter((role) => sameId(role.projectId, projectId));
}

/** The users of each project by its id in lower case. No write changes a list of users in place. */
const usersByProject = new WeakMap<readonly WorldDatabaseUser[], ReadonlyMap<string, WorldDatabaseUser[]>>();

/** The database users of a project. */
export function databaseUsersOf({ databaseUsers }: AtlasWorld, projectId: string): readonly WorldDatabaseUser[] {
  const known = usersByProject.get(databaseUsers);
  const users = known ?? Map.groupBy(databaseUsers, (user) => user.projectId.toLowerCase());
  usersByProject.set(databaseUsers, users);
  return users.get(projectId.toLowerCase()) ?? [];
}

/** The federation that an organization is in; an organization is in one at most. */
export function federationOfOrg(world: AtlasWorld, orgId: string): Federation | undefined {
  return world.federations.find((federation) => findConnectedOrg(federation, orgId));
}

export function findConnectedOrg(federation: Federation, orgId: string): WorldConnectedOrg | undefined {
  return federation.connectedOrgs.find((org) => sameId(org.orgId, orgId));
}

export function findIdentityProvider(federation: Federation, id: string): WorldIdentityProvider | undefined {
  return federation.identityProviders.find((provider) => sameId(provider.id, id));
}

/** The organizations that an identity provider is connected to: OIDC by its id, SAML by the legacy one. */
export function orgsConnectedTo(federation: Federation, provider: WorldIdentityProvider): WorldConnectedOrg[] {
  return federation.connectedOrgs.filter((org) =>
    provider.protocol === "SAML"
      ? provider.oktaIdpId !== null && org.identityProviderId === provider.oktaIdpId
      : (org.dataAccessIdentityProviderIds ?? []).some((id) => sameId(id, provider.id)),
  );
}

/** Returns the state with one federation changed. */
export function changeFederation(
  world: AtlasWorld,
  id: string,
  change: (federation: Federation) => Federation,
): AtlasWorld {
  return {
    ...world,
    federations: world.federations.map((federation) => (sameId(federation.id, id) ? change(federation) : federation)),
  };
}

/** An organization that has just joined a federation, as recorded. */
export function newConnectedOrg(orgId: string): WorldConnectedOrg {
  return {
    dataAccessIdentityProviderIds: [],
    domainAllowList: [],
    domainRestrictionEnabled: false,
    identityProviderId: null,
    instantUserProvisioningDisabled: false,
    orgId,
    postAuthRoleGrants: ["ORG_OWNER"],
    roleMappings: [],
    userConflicts: null,
  };
}
