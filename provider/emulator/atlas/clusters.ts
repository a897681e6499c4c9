import { z } from "zod";
import { objectIdSchema } from "../../../schema/atlas.ts";
import { timestamp } from "../clock.ts";
import { newObjectId } from "../secrets.ts";
import { requireProject } from "./access.ts";
import { notFound } from "./errors.ts";
import { includeCount, page } from "./pagination.ts";
import { changeStatus } from "./rollout.ts";
import { type AtlasCall, type AtlasRoute, ok, V2023_01_01, V2024_08_05 } from "./route.ts";
import { applySecondsSchema, sameId, type WorldCluster } from "./world.ts";

/** A cluster of the seed. Default: an idle M10 on AWS with MongoDB 8.0. */
export const clusterSeedSchema = z.strictObject({
  id: objectIdSchema.optional(),
  name: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9-]*$/),
  instanceSize: z.string().default("M10"),
  providerName: z.string().default("AWS"),
  regionName: z.string().default("US_EAST_1"),
  mongoDBMajorVersion: z.string().default("8.0"),
  mongoDBVersion: z.string().optional(),
  stateName: z.string().default("IDLE"),
  paused: z.boolean().default(false),
  changeStatus: z.enum(["PENDING", "APPLIED"]).default("APPLIED"),
  applySeconds: applySecondsSchema.optional(),
});

export function newCluster(projectId: string, seed: z.output<typeof clusterSeedSchema>, now: number): WorldCluster {
  const { id, mongoDBVersion, ...fields } = seed;
  return {
    ...fields,
    id: id ?? newObjectId(now),
    projectId,
    created: timestamp(now),
    mongoDBVersion: mongoDBVersion ?? `${fields.mongoDBMajorVersion}.12`,
  };
}

/** Older versions of these endpoints have another shape, which the emulator does not imitate: asking for one is 406. */
const versions = [V2024_08_05];

export const clusterRoutes: readonly AtlasRoute[] = [
  {
    method: "GET",
    path: "/groups/:groupId/clusters",
    versions,
    rateLimit: "clusters",
    handle(call) {
      const project = requireProject(call, call.params.groupId ?? "");
      const clusters = call.world.clusters.filter(({ projectId }) => sameId(projectId, project.id));
      return page(
        call,
        clusters.map((cluster) => clusterBody(call, cluster)),
        [includeCount(call.query), ["includeDeletedWithRetainedBackups", "false"]],
      );
    },
  },
  {
    method: "GET",
    path: "/groups/:groupId/clusters/:clusterName",
    versions,
    rateLimit: "clusters",
    handle: (call) => ok(clusterBody(call, requireCluster(call))),
  },
  {
    method: "GET",
    path: "/groups/:groupId/clusters/:clusterName/status",
    versions: [V2023_01_01],
    rateLimit: "clusters",
    handle: (call) => ok({ changeStatus: changeStatus(requireCluster(call), call.now) }),
  },
];

function requireCluster(call: AtlasCall): WorldCluster {
  const project = requireProject(call, call.params.groupId ?? "");
  const name = call.params.clusterName ?? "";
  const cluster = call.world.clusters.find((one) => sameId(one.projectId, project.id) && one.name === name);
  if (cluster === undefined) {
    const detail = `No cluster named ${name} exists in group ${project.id}.`;
    throw notFound("CLUSTER_NOT_FOUND", detail, name, project.id);
  }
  return cluster;
}

/** The recorded keys of a replica set, without the many that repeat the hardware once more (`effective…`). */
function clusterBody({ origin }: AtlasCall, cluster: WorldCluster) {
  const { id, name, projectId, instanceSize } = cluster;
  const self = `${origin}/api/atlas/v2/groups/${projectId}/clusters/${name}`;
  const domain = `${id.slice(-6)}.mongodb.net`;
  const host = name.toLowerCase();
  const nodes = [0, 1, 2].map((node) => `${host}-shard-00-0${node}.${domain}:27017`).join(",");
  const shared = /^M[025]$/.test(instanceSize);
  const hardware = (nodeCount: number) =>
    shared ? { instanceSize } : { instanceSize, diskIOPS: 3000, diskSizeGB: 30, ebsVolumeType: "STANDARD", nodeCount };

  return {
    adaptiveCapacity: null,
    advancedConfiguration: {
      customOpensslCipherConfigTls12: [],
      customOpensslCipherConfigTls13: [],
      minimumEnabledTlsProtocol: "TLS1_2",
      tlsCipherConfigMode: "DEFAULT",
    },
    backupEnabled: false,
    biConnector: { enabled: false, readPreference: "secondary" },
    clusterType: "REPLICASET",
    connectionStrings: {
      standard: `mongodb://${nodes}/?ssl=true&authSource=admin&replicaSet=atlas-${id.slice(-6)}-shard-0`,
      standardSrv: `mongodb+srv://${host}.${domain}`,
    },
    createDate: cluster.created,
    diskWarmingMode: "FULLY_WARMED",
    effectiveDatabaseEdition: "CORE",
    encryptionAtRestProvider: "NONE",
    featureCompatibilityVersion: cluster.mongoDBMajorVersion,
    globalClusterSelfManagedSharding: false,
    groupId: projectId,
    id,
    internalClusterRole: "NONE",
    labels: [],
    links: [
      { href: self, rel: "self" },
      { href: `${self}/backup/restoreJobs`, rel: "https://cloud.mongodb.com/restoreJobs" },
      { href: `${self}/backup/snapshots`, rel: "https://cloud.mongodb.com/snapshots" },
    ],
    mongoDBMajorVersion: cluster.mongoDBMajorVersion,
    mongoDBVersion: cluster.mongoDBVersion,
    name,
    paused: cluster.paused,
    pitEnabled: false,
    redactClientLogData: false,
    replicationSpecs: [
      {
        id,
        regionConfigs: [
          {
            ...(shared ? { backingProviderName: cluster.providerName } : {}),
            electableSpecs: hardware(3),
            priority: 7,
            providerName: shared ? "TENANT" : cluster.providerName,
            regionName: cluster.regionName,
          },
        ],
        zoneId: id,
        zoneName: "Zone 1",
      },
    ],
    retainBackups: false,
    rootCertType: "ISRGROOTX1",
    stateName: cluster.stateName,
    tags: [],
    terminationProtectionEnabled: false,
    useAwsTimeBasedSnapshotCopyForFastInitialSync: false,
    versionReleaseSystem: "LTS",
  };
}
