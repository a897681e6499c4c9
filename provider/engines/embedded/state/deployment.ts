/**
 * Pulumi's own deployment format, version 3: what `pulumi stack export` prints and `pulumi stack import` takes.
 * The order of the keys is the one in which the Pulumi CLI writes them, so that two files can be compared line by line.
 */

import type { PropertyMap } from "../events.ts";

export const DEPLOYMENT_VERSION = 3;

/** One resource as it stands in the file. Secrets in `inputs` and `outputs` are ciphertext there. */
export interface ResourceRecord {
  urn: string;
  custom: boolean;
  /** True for the old half of a replacement that is still to be deleted. */
  delete?: boolean;
  id?: string;
  type: string;
  inputs?: PropertyMap;
  outputs?: PropertyMap;
  parent?: string;
  protect?: boolean;
  /** True for a resource that was read (`get`), not made by this stack. */
  external?: boolean;
  dependencies?: string[];
  initErrors?: string[];
  /** `{urn}::{id}` of the provider resource. */
  provider?: string;
  propertyDependencies?: Record<string, string[]>;
  /** Left from a delete-before-replace that was interrupted: already gone, its entry only keeps the dependents' edges. */
  pendingReplacement?: boolean;
  additionalSecretOutputs?: string[];
  aliases?: string[];
  customTimeouts?: { create?: number; update?: number; delete?: number };
  importID?: string;
  retainOnDelete?: boolean;
  deletedWith?: string;
  created?: string;
  modified?: string;
  sourcePosition?: string;
  ignoreChanges?: string[];
  replaceOnChanges?: string[];
}

/** Work that had been begun when the file was written. */
export interface PendingOperation {
  resource: ResourceRecord;
  type: "creating" | "updating" | "deleting" | "reading";
}

interface DeploymentBody {
  manifest: { time: string; magic: string; version: string };
  secrets_providers?: { type: string; state?: Record<string, unknown> };
  resources?: ResourceRecord[];
  pending_operations?: PendingOperation[];
  metadata: Record<string, unknown>;
}

export interface Deployment {
  version: number;
  deployment: DeploymentBody;
}
