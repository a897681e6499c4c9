import {
  type Cluster,
  clusterListSchema,
  clusterStatusSchema,
  type Group,
  groupSchema,
} from "../../../schema/atlas.ts";
import { path } from "../../http/index.ts";
import type { LiveCluster, LiveProject, Projects, Rollout } from "../control-plane.ts";
import type { AtlasApi } from "./api.ts";
import type { Call } from "./call.ts";
import { AtlasError } from "./errors.ts";
import { Listings } from "./listings.ts";
import { listAll } from "./pages.ts";
import { Rollouts } from "./rollouts.ts";

export class AtlasProjects implements Projects {
  readonly #api: AtlasApi;
  readonly #projects = new Listings<LiveProject>();
  readonly #clusters = new Listings<readonly LiveCluster[]>();
  readonly #rollouts = new Map<string, Rollouts>();

  constructor(api: AtlasApi) {
    this.#api = api;
  }

  get(projectId: string): Promise<LiveProject> {
    return this.#projects.get(projectId, () => askProject(this.#api, projectId));
  }

  async externalSystem(): Promise<undefined> {
    return undefined;
  }

  clusters(projectId: string): Promise<readonly LiveCluster[]> {
    return this.#clusters.get(projectId, async () => {
      const call: Call = {
        operation: `list the clusters of project ${projectId}`,
        method: "GET",
        path: path`/api/atlas/v2/groups/${projectId}/clusters`,
        version: "2024-08-05",
        bucket: "clusters",
      };
      return (await listAll(this.#api, call, clusterListSchema)).map(toCluster);
    });
  }

  async applied(
    projectId: string,
    options: { readonly limitMs: number; readonly onProgress?: (rollout: Rollout) => void },
  ): Promise<Rollout> {
    const running = (await this.clusters(projectId)).filter(({ paused }) => !paused);
    const rollouts =
      this.#rollouts.get(projectId) ?? new Rollouts(this.#api, (cluster) => this.#isApplied(projectId, cluster));
    this.#rollouts.set(projectId, rollouts);
    return rollouts.wait(
      running.map(({ name }) => name),
      options,
    );
  }

  async #isApplied(projectId: string, cluster: string): Promise<boolean> {
    const call: Call = {
      operation: `ask whether a cluster of project ${projectId} has applied the changes`,
      method: "GET",
      path: path`/api/atlas/v2/groups/${projectId}/clusters/${cluster}/status`,
      version: "2023-01-01",
      bucket: "clusters",
    };
    try {
      return (await this.#api.ask(call, clusterStatusSchema)).changeStatus === "APPLIED";
    } catch (error) {
      // Deleted while we wait. A project that is out of reach answers with another code.
      if (error instanceof AtlasError && error.errorCode === "CLUSTER_NOT_FOUND") return true;
      throw error;
    }
  }
}

/** Asks for a project now, whatever is remembered of it: the proof that a 404 of something in it means that it is gone. */
export async function askProject(api: AtlasApi, projectId: string): Promise<LiveProject> {
  const call: Call = {
    operation: `read project ${projectId}`,
    method: "GET",
    path: path`/api/atlas/v2/groups/${projectId}`,
    version: "2023-01-01",
    bucket: "projects",
  };
  const { id, name, orgId }: Group = await api.ask(call, groupSchema);
  return { projectId: id.toLowerCase(), name, orgId: orgId.toLowerCase() };
}

function toCluster({ name, paused, mongoDBVersion, replicationSpecs }: Cluster): LiveCluster {
  const hardware = replicationSpecs?.flatMap(({ regionConfigs }) => regionConfigs ?? []);
  return {
    name,
    tier: hardware?.find(({ electableSpecs }) => electableSpecs?.instanceSize !== undefined)?.electableSpecs
      ?.instanceSize,
    version: mongoDBVersion,
    paused: paused ?? false,
    enterprise: undefined,
  };
}
