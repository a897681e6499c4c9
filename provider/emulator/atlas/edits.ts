import { z } from "zod";
import { objectIdSchema } from "../../../schema/atlas.ts";
import { timestamp } from "../clock.ts";
import { newObjectId } from "../secrets.ts";
import type { Behaviour } from "../state.ts";
import { clusterSeedSchema, newCluster } from "./clusters.ts";
import { applyDatabaseAccessEdit, changedFields, databaseAccessEditSchemas } from "./database-access-edits.ts";
import { newIdentityProvider } from "./identity-provider.ts";
import { changeStatus, rollOut } from "./rollout.ts";
import {
  type AtlasWorld,
  changeFederation,
  type Federation,
  findConnectedOrg,
  findIdentityProvider,
  newConnectedOrg,
  sameId,
  type WorldConnectedOrg,
  type WorldIdentityProvider,
} from "./world.ts";

const fields = z.record(z.string(), z.unknown());

/**
 * Changes of other clients, of the console, or of MongoDB itself. They skip the checks of the API, so that a test can
 * also create an invalid state.
 */
export const atlasEditSchemas = [
  z.strictObject({ edit: z.literal("add-organization"), id: objectIdSchema.optional(), name: z.string() }),
  z.strictObject({
    edit: z.literal("add-project"),
    id: objectIdSchema.optional(),
    orgId: objectIdSchema,
    name: z.string(),
  }),
  z.strictObject({ edit: z.literal("remove-project"), id: objectIdSchema }),
  z.strictObject({ edit: z.literal("add-cluster"), projectId: objectIdSchema, cluster: clusterSeedSchema }),
  z.strictObject({
    edit: z.literal("update-cluster"),
    projectId: objectIdSchema,
    name: z.string(),
    fields: clusterSeedSchema.omit({ id: true, name: true }).partial(),
  }),
  ...databaseAccessEditSchemas,
  /** The organization joins a federation, or leaves it. */
  z.strictObject({
    edit: z.literal("add-connected-org"),
    federationSettingsId: objectIdSchema,
    orgId: objectIdSchema,
    fields: fields.default({}),
  }),
  z.strictObject({ edit: z.literal("remove-connected-org"), orgId: objectIdSchema }),
  /** Sets any fields of a connection, known or not: `{ domainRestrictionEnabled: true }`. */
  z.strictObject({ edit: z.literal("update-connected-org"), orgId: objectIdSchema, fields }),
  /** OIDC or SAML; what is left out gets the API's defaults, and fields the API does not know are kept. */
  z.strictObject({ edit: z.literal("add-identity-provider"), federationSettingsId: objectIdSchema, fields }),
  /** Sets any fields, known or not, and removes those in `unset`. */
  z.strictObject({
    edit: z.literal("update-identity-provider"),
    id: objectIdSchema,
    fields: fields.default({}),
    unset: z.array(z.string()).default([]),
  }),
  /** Removes it and its connections. */
  z.strictObject({ edit: z.literal("remove-identity-provider"), id: objectIdSchema }),
  /** Connects or disconnects one identity provider, OIDC or SAML. */
  z.strictObject({ edit: z.literal("connect"), orgId: objectIdSchema, identityProviderId: objectIdSchema }),
  z.strictObject({ edit: z.literal("disconnect"), orgId: objectIdSchema, identityProviderId: objectIdSchema }),
] as const;
type AtlasEdit = z.output<(typeof atlasEditSchemas)[number]>;

/** Returns the state after an edit, and the id of the object. Throws if the object does not exist. */
export function applyAtlasEdit(
  world: AtlasWorld,
  edit: AtlasEdit,
  behaviour: Behaviour,
  now: number,
): { world: AtlasWorld; id: string } {
  switch (edit.edit) {
    case "add-organization": {
      const id = edit.id ?? newObjectId(now);
      return { id, world: { ...world, organizations: [...world.organizations, { id, name: edit.name }] } };
    }
    case "add-project": {
      const id = edit.id ?? newObjectId(now);
      const project = { id, name: edit.name, orgId: edit.orgId, created: timestamp(now) };
      return { id, world: { ...world, projects: [...world.projects, project] } };
    }
    case "remove-project":
      return {
        id: edit.id,
        world: {
          ...world,
          projects: world.projects.filter(({ id }) => !sameId(id, edit.id)),
          clusters: world.clusters.filter(({ projectId }) => !sameId(projectId, edit.id)),
          databaseUsers: world.databaseUsers.filter(({ projectId }) => !sameId(projectId, edit.id)),
          customDbRoles: world.customDbRoles.filter(({ projectId }) => !sameId(projectId, edit.id)),
        },
      };
    case "add-cluster": {
      const cluster = newCluster(edit.projectId, edit.cluster, now);
      return { id: cluster.id, world: { ...world, clusters: [...world.clusters, cluster] } };
    }
    case "update-cluster": {
      const old = world.clusters.find((one) => sameId(one.projectId, edit.projectId) && one.name === edit.name);
      if (old === undefined) throw new Error(`no cluster ${edit.name} in project ${edit.projectId}`);
      const { appliesAt, ...rest } = old;
      // A pause does not revert applied changes. A status in the edit overrides changes under way.
      const underWay = edit.fields.changeStatus === undefined && changeStatus(old, now) === "PENDING";
      const changed = {
        ...rest,
        ...(underWay && appliesAt !== undefined ? { appliesAt } : {}),
        ...Object.fromEntries(Object.entries(edit.fields).filter(([, value]) => value !== undefined)),
      };
      const clusters = world.clusters.map((one) => (one === old ? changed : one));
      return { id: old.id, world: { ...world, clusters } };
    }
    case "add-database-user":
    case "update-database-user":
    case "remove-database-user":
    case "add-custom-role":
    case "update-custom-role":
    case "remove-custom-role": {
      const { id, world: changed } = applyDatabaseAccessEdit(world, edit);
      return { id, world: rollOut(changed, edit.projectId, behaviour, now) };
    }
    case "add-connected-org":
      return change(edit.orgId, world, federationById(world, edit.federationSettingsId), (old) => ({
        ...old,
        connectedOrgs: [...old.connectedOrgs, { ...newConnectedOrg(edit.orgId), ...edit.fields }],
      }));
    case "remove-connected-org":
      return change(edit.orgId, world, federationWithOrg(world, edit.orgId), (old) => ({
        ...old,
        connectedOrgs: old.connectedOrgs.filter(({ orgId }) => !sameId(orgId, edit.orgId)),
      }));
    case "update-connected-org":
      return changeOrg(world, edit.orgId, (old) => ({ ...old, ...edit.fields }));
    case "add-identity-provider": {
      const provider = newIdentityProvider(edit.fields, now);
      return change(provider.id, world, federationById(world, edit.federationSettingsId), (old) => ({
        ...old,
        identityProviders: [...old.identityProviders, provider],
      }));
    }
    case "update-identity-provider": {
      return change(edit.id, world, federationWithProvider(world, edit.id), (old) => ({
        ...old,
        identityProviders: old.identityProviders.map((provider) =>
          sameId(provider.id, edit.id) ? changedFields(provider, edit) : provider,
        ),
      }));
    }
    case "remove-identity-provider": {
      const federation = federationWithProvider(world, edit.id);
      const provider = findIdentityProvider(federation, edit.id)!;
      return change(edit.id, world, federation, (old) => ({
        ...old,
        identityProviders: old.identityProviders.filter(({ id }) => id !== provider.id),
        connectedOrgs: old.connectedOrgs.map((org) => disconnected(org, provider)),
      }));
    }
    case "connect":
    case "disconnect": {
      const provider = findIdentityProvider(federationWithOrg(world, edit.orgId), edit.identityProviderId);
      if (provider === undefined) throw new Error(`no identity provider ${edit.identityProviderId} in that federation`);
      const step = edit.edit === "connect" ? connected : disconnected;
      return changeOrg(world, edit.orgId, (old) => step(old, provider));
    }
  }
}

function connected(org: WorldConnectedOrg, provider: WorldIdentityProvider): WorldConnectedOrg {
  if (provider.protocol === "SAML") return { ...org, identityProviderId: provider.oktaIdpId };
  return {
    ...org,
    dataAccessIdentityProviderIds: [...new Set([...(org.dataAccessIdentityProviderIds ?? []), provider.id])],
  };
}

function disconnected(org: WorldConnectedOrg, provider: WorldIdentityProvider): WorldConnectedOrg {
  if (provider.protocol === "SAML") {
    return org.identityProviderId === provider.oktaIdpId ? { ...org, identityProviderId: null } : org;
  }
  const left = (org.dataAccessIdentityProviderIds ?? []).filter((id) => !sameId(id, provider.id));
  return { ...org, dataAccessIdentityProviderIds: left };
}

function change(
  id: string,
  world: AtlasWorld,
  { id: federationId }: Federation,
  step: (old: Federation) => Federation,
) {
  return { id, world: changeFederation(world, federationId, step) };
}

function changeOrg(world: AtlasWorld, orgId: string, step: (old: WorldConnectedOrg) => WorldConnectedOrg) {
  return change(orgId, world, federationWithOrg(world, orgId), (old) => ({
    ...old,
    connectedOrgs: old.connectedOrgs.map((org) => (sameId(org.orgId, orgId) ? step(org) : org)),
  }));
}

function federationById(world: AtlasWorld, id: string): Federation {
  return found(
    world.federations.find((federation) => sameId(federation.id, id)),
    `no federation ${id}`,
  );
}

function federationWithOrg(world: AtlasWorld, orgId: string): Federation {
  return found(
    world.federations.find((federation) => findConnectedOrg(federation, orgId)),
    `organization ${orgId} is in no federation`,
  );
}

function federationWithProvider(world: AtlasWorld, id: string): Federation {
  return found(
    world.federations.find((federation) => findIdentityProvider(federation, id)),
    `no identity provider ${id}`,
  );
}

function found(federation: Federation | undefined, otherwise: string): Federation {
  if (federation === undefined) throw new Error(otherwise);
  return federation;
}
