import type { Behaviour } from "../state.ts";
import type { AtlasCall } from "./route.ts";
import { type AtlasWorld, sameId, type WorldCluster } from "./world.ts";

/*
 * The API answers before the clusters know: a new user cannot log in yet, and a deleted one still can, until the status
 * of the cluster says APPLIED.
 */

/** Makes a change of users or roles, which the project's clusters have yet to apply. */
export function commitAccess(call: AtlasCall, projectId: string, change: (world: AtlasWorld) => AtlasWorld): void {
  call.commit((world) => rollOut(change(world), projectId, call.behaviour, call.now));
}

/** Returns the state in which a project's clusters know a change from the moment `since`. */
export function rollOut(world: AtlasWorld, projectId: string, behaviour: Behaviour, since: number): AtlasWorld {
  const clusters = world.clusters.map((cluster): WorldCluster => {
    if (!sameId(cluster.projectId, projectId)) return cluster;
    const seconds = cluster.applySeconds ?? behaviour.applySeconds;
    return { ...cluster, appliesAt: seconds === "never" ? seconds : since + seconds * 1000 };
  });
  return { ...world, clusters };
}

/** That a paused cluster applies nothing until it runs again is a guess on the strict side. */
export function changeStatus(cluster: WorldCluster, now: number): "PENDING" | "APPLIED" {
  if (cluster.changeStatus === "PENDING") return "PENDING";
  const { appliesAt } = cluster;
  if (appliesAt === undefined) return "APPLIED";
  return cluster.paused || appliesAt === "never" || now < appliesAt ? "PENDING" : "APPLIED";
}
