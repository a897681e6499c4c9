import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { objectIdSchema } from "../../schema/atlas.ts";
import { clusterSeedSchema, newCluster } from "./atlas/clusters.ts";
import { customDbRoleSeedSchema, newCustomDbRole } from "./atlas/custom-db-role.ts";
import { databaseUserSeedSchema, newDatabaseUser } from "./atlas/database-user.ts";
import { newIdentityProvider } from "./atlas/identity-provider.ts";
import { type AtlasWorld, newConnectedOrg } from "./atlas/world.ts";
import { timestamp } from "./clock.ts";
import { documentSchema, jsonOf } from "./cloud-manager/edits.ts";
import { exampleAutomationConfig } from "./cloud-manager/example.ts";
import { agentsSchema, type CloudManagerWorld, newDeployment } from "./cloud-manager/world.ts";
import { type Credential, roleAssignmentSchema } from "./credentials.ts";
import { newObjectId, newPrivateKey, newPublicKey } from "./secrets.ts";
import { behaviourSchema, type State, stateSchema } from "./state.ts";

/** The initial state of the emulator. Missing ids and keys are generated. Names and fields are those of the API. */
const seedSchema = z.strictObject({
  $schema: z.string().optional().meta({ description: "The JSON Schema of this file, for editors." }),
  organizations: z
    .array(
      z.strictObject({
        id: objectIdSchema.optional(),
        name: z.string(),
        projects: z
          .array(
            z.strictObject({
              id: objectIdSchema.optional(),
              name: z.string(),
              clusters: z
                .array(clusterSeedSchema)
                .default([])
                .meta({ description: "Clusters, in the fields of the Atlas API." }),
              databaseUsers: z
                .array(databaseUserSeedSchema)
                .default([])
                .meta({ description: "Database users, in the fields of the Atlas API." }),
              customDbRoles: z
                .array(customDbRoleSeedSchema)
                .default([])
                .meta({ description: "User-defined roles, in the fields of the Atlas API." }),
              automationConfig: z
                .union([z.literal("example"), documentSchema])
                .optional()
                .meta({
                  description:
                    "Makes it a project of Cloud Manager: the document as an object or JSON text, or `example`, a replica set in use.",
                }),
              agents: agentsSchema
                .prefault({})
                .meta({ description: "The behavior of the MongoDB Agents of the project." }),
              managedBy: z.string().optional().meta({
                description:
                  "The system that manages the project from outside the console, such as `mongodb-enterprise-operator`.",
              }),
            }),
          )
          .default([])
          .meta({ description: "Projects of the organization, of Atlas or of Cloud Manager." }),
      }),
    )
    .min(1)
    .meta({ description: "Organizations with their projects." }),
  federations: z
    .array(
      z.strictObject({
        id: objectIdSchema.optional(),
        federatedDomains: z.array(z.string()).default([]).meta({ description: "Verified domains." }),
        identityProviders: z
          .array(z.looseObject({ protocol: z.enum(["SAML", "OIDC"]) }))
          .default([])
          .meta({
            description: "Identity providers in the fields of the Atlas API. Missing fields get the API's defaults.",
          }),
        connectedOrgs: z
          .array(z.looseObject({ orgId: objectIdSchema }))
          .default([])
          .meta({
            description: "The organizations in the federation, with settings that differ from a new connection.",
          }),
      }),
    )
    .default([])
    .meta({ description: "Federations of Atlas with their identity providers." }),
  apiKeys: z
    .array(
      z.strictObject({
        name: z.string().optional(),
        publicKey: z.string().optional(),
        privateKey: z.string().optional(),
        roles: z.array(roleAssignmentSchema).optional(),
      }),
    )
    .default([])
    .meta({
      description: "API keys. Without any, one key owns every organization. A key without roles owns them too.",
    }),
  serviceAccounts: z
    .array(
      z.strictObject({
        name: z.string().optional(),
        clientId: z.string().optional(),
        clientSecret: z.string().optional(),
        secretExpiresAt: z.iso.datetime().optional(),
        roles: z.array(roleAssignmentSchema).optional(),
      }),
    )
    .default([])
    .meta({ description: "Service accounts. One without roles owns every organization." }),
  behaviour: behaviourSchema
    .prefault({})
    .meta({ description: "Answers to questions that the API documentation leaves open, for tests." }),
});
export type Seed = z.input<typeof seedSchema>;

/** The JSON Schema of a seed file, for editors. */
export function seedJsonSchema(): object {
  return z.toJSONSchema(seedSchema, { io: "input", unrepresentable: "any" });
}

/** One empty organization with a federation, one project with one cluster, and a key that owns it. */
export const defaultSeed: Seed = {
  organizations: [
    {
      id: "5f1ed0c0ffee5f1ed0c0ffe1",
      name: "Example",
      projects: [{ id: "5f1ed0c0ffee5f1ed0c0ffe2", name: "example", clusters: [{ name: "Cluster0" }] }],
    },
  ],
  federations: [{ id: "5f1ed0c0ffee5f1ed0c0ffe3", connectedOrgs: [{ orgId: "5f1ed0c0ffee5f1ed0c0ffe1" }] }],
};

/** Reads a seed from a YAML or JSON file. */
export function readSeed(file: string): Seed {
  const result = seedSchema.safeParse(parseYaml(readFileSync(file, "utf8")));
  if (!result.success) throw new Error(`${file} is not a seed of the emulator:\n${z.prettifyError(result.error)}`);
  return result.data;
}

/** Returns the state that a seed describes. Adds an API key if the seed has none, because every organization has an owner. */
export function stateFromSeed(seed: Seed, now: number): State {
  const { organizations, federations, apiKeys, serviceAccounts, behaviour } = seedSchema.parse(seed);
  const atlas: AtlasWorld = {
    organizations: [],
    projects: [],
    clusters: [],
    databaseUsers: [],
    customDbRoles: [],
    federations: [],
  };
  const cloudManager: CloudManagerWorld = { deployments: [] };

  for (const { id, name, projects } of organizations) {
    const orgId = id ?? newObjectId(now);
    atlas.organizations.push({ id: orgId, name });
    for (const project of projects) {
      const projectId = project.id ?? newObjectId(now);
      atlas.projects.push({ id: projectId, name: project.name, orgId, created: timestamp(now) });
      atlas.clusters.push(...project.clusters.map((cluster) => newCluster(projectId, cluster, now)));
      atlas.databaseUsers.push(...project.databaseUsers.map((user) => newDatabaseUser(projectId, user)));
      atlas.customDbRoles.push(...project.customDbRoles.map((role) => newCustomDbRole(projectId, role)));
      if (project.automationConfig !== undefined) {
        const given = project.automationConfig === "example" ? exampleAutomationConfig : project.automationConfig;
        cloudManager.deployments.push(newDeployment(projectId, jsonOf(given), project.agents, project.managedBy));
      }
    }
  }
  for (const { id, federatedDomains, identityProviders, connectedOrgs } of federations) {
    atlas.federations.push({
      id: id ?? newObjectId(now),
      federatedDomains,
      identityProviders: identityProviders.map((fields) => newIdentityProvider(fields, now)),
      connectedOrgs: connectedOrgs.map((fields) => ({ ...newConnectedOrg(fields.orgId), ...fields })),
      jwksRevocations: {},
    });
  }

  const ownerEverywhere = atlas.organizations.map(({ id }) => ({ orgId: id, roleName: "ORG_OWNER" }));
  const credentials: Credential[] = (apiKeys.length === 0 ? [{ name: "owner" }] : apiKeys).map(
    (key: Partial<(typeof apiKeys)[number]>, index) => ({
      kind: "api-key",
      name: key.name ?? `api-key-${index + 1}`,
      publicKey: key.publicKey ?? newPublicKey(),
      privateKey: key.privateKey ?? newPrivateKey(),
      roles: key.roles ?? ownerEverywhere,
    }),
  );
  for (const [index, account] of serviceAccounts.entries()) {
    credentials.push({
      kind: "service-account",
      name: account.name ?? `service-account-${index + 1}`,
      clientId: account.clientId ?? `mdb_sa_id_${newObjectId(now)}`,
      clientSecret: account.clientSecret ?? `mdb_sa_sk_${randomBytes(30).toString("base64url")}`,
      ...(account.secretExpiresAt === undefined ? {} : { secretExpiresAt: account.secretExpiresAt }),
      roles: account.roles ?? ownerEverywhere,
    });
  }

  const state = stateSchema.parse({ credentials, behaviour, atlas, cloudManager });
  refuseDangling(state);
  return state;
}

/** Rejects a seed that refers to missing objects: the real control plane cannot have such a state. */
function refuseDangling({ atlas, credentials }: State): void {
  const orgs = new Set(atlas.organizations.map(({ id }) => id));
  const projects = new Set(atlas.projects.map(({ id }) => id));
  const names = new Set<string>();
  for (const { name, roles } of credentials) {
    if (names.has(name)) throw new Error(`two credentials of the seed are called ${name}`);
    names.add(name);
    for (const role of roles) {
      if ("orgId" in role ? !orgs.has(role.orgId) : !projects.has(role.groupId)) {
        throw new Error(
          `credential ${name} has a role in ${"orgId" in role ? role.orgId : role.groupId}, which the seed lacks`,
        );
      }
    }
  }
  const connected = new Set<string>();
  for (const federation of atlas.federations) {
    const oidc = new Set(federation.identityProviders.map(({ id }) => id));
    const saml = new Set(federation.identityProviders.map(({ oktaIdpId }) => oktaIdpId));
    for (const org of federation.connectedOrgs) {
      if (!orgs.has(org.orgId))
        throw new Error(`federation ${federation.id} connects ${org.orgId}, which the seed lacks`);
      if (connected.has(org.orgId)) throw new Error(`organization ${org.orgId} is in two federations`);
      connected.add(org.orgId);
      const unknown = [
        ...(org.dataAccessIdentityProviderIds ?? []).filter((id) => !oidc.has(id)),
        ...(org.identityProviderId && !saml.has(org.identityProviderId) ? [org.identityProviderId] : []),
      ];
      if (unknown.length > 0)
        throw new Error(`organization ${org.orgId} is connected to ${unknown[0]}, which the seed lacks`);
    }
  }
}
