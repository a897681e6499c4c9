import type { RunsOn } from "../../schema/connection.ts";

/** A place where a driver gets tokens by itself: its `ENVIRONMENT`. */
export type Environment = "azure" | "gcp" | "k8s";

/**
 * How a callback gets a token. Each has its function in `examples/node-callback`, but for `google-id-token`: the ID
 * token of a service account, which Google's own library fetches for an audience.
 */
export type CallbackFlow = "azure-managed-identity" | "github-actions" | "client-credentials" | "google-id-token";

/** The consequences of the place where a program runs. */
export interface Place {
  /** Absent: no driver knows this place, and the program needs a callback. */
  readonly environment?: Environment;
  /** The callback that fits here; with an `environment`, the one for who does not want the built-in way. */
  readonly callback: CallbackFlow;
}

const google: Place = { environment: "gcp", callback: "client-credentials" };
const pods: Place = { environment: "k8s", callback: "client-credentials" };
const otherAzure: Place = { callback: "azure-managed-identity" };
const unknownToDrivers: Place = { callback: "client-credentials" };

/**
 * Built-in authentication by infrastructure, as MongoDB's documentation of Workload Identity Federation lists it. A pod
 * of GKE asks Google's metadata server like any other machine there.
 */
export const PLACES: Readonly<Record<RunsOn, Place>> = {
  "compute-engine": google,
  "app-engine-standard": google,
  "app-engine-flexible": google,
  "cloud-functions": google,
  "cloud-run": google,
  gke: google,
  "cloud-build": google,
  "azure-vm": { environment: "azure", callback: "client-credentials" },
  aks: pods,
  eks: pods,
  kubernetes: pods,
  "azure-app-service": otherAzure,
  "azure-functions": otherAzure,
  "azure-container-apps": otherAzure,
  "github-actions": { callback: "github-actions" },
  "on-premises": unknownToDrivers,
  elsewhere: unknownToDrivers,
};
