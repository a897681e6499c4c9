/** Asks a provider what changed, and decides by the inputs where it does not know. */

import type { Context } from "../context.ts";
import type { PropertyMap } from "../events.ts";
import type { Diff, ProviderClient } from "../process/provider-client.ts";
import type { ResourceState } from "../state/resource-state.ts";
import { changedKeys } from "../state/values.ts";
import { ignoreChanges } from "./property-path.ts";

const INIT_ERROR_KEY = "#initerror";

export interface ResourceDiff extends Diff {
  /** Known only where the engine compared the inputs itself. */
  readonly changedKeys: readonly string[];
}

/** Returns the inputs with the old values of ignored properties. Reports paths that name no property. */
export function withIgnoredChanges(
  context: Context,
  urn: string,
  inputs: PropertyMap,
  oldInputs: PropertyMap,
  paths: readonly string[],
): PropertyMap {
  const result = ignoreChanges(inputs, oldInputs, paths);
  if (result.invalid.length > 0) {
    const list = result.invalid.join(", ");
    context.diagnose("info", `cannot ignore changes in added or removed elements of the path: "${list}"`, urn);
  }
  return result.inputs;
}

export async function diffResource(
  context: Context,
  client: ProviderClient,
  old: ResourceState,
  news: PropertyMap,
): Promise<ResourceDiff> {
  const diff = await client.diff(old.urn, old.id, old.inputs, old.outputs, news, old.ignoreChanges);
  if (diff.changes !== "unknown") {
    return { ...diff, changedKeys: [] };
  }
  const keys = changedKeys(old.inputs, withIgnoredChanges(context, old.urn, news, old.inputs, old.ignoreChanges));
  return { ...diff, changes: keys.length === 0 ? "none" : "some", changedKeys: keys };
}

/** `replaceOnChanges` and what an unfinished object adds to a diff. */
export function applyReplaceOnChanges<D extends ResourceDiff>(
  diff: D,
  paths: readonly string[],
  hasInitErrors: boolean,
): D {
  if (diff.changes !== "some" && !hasInitErrors) {
    return diff;
  }
  const forced = diff.changedKeys.filter((key) => paths.includes(key) || paths.includes("*"));
  const byInitError = hasInitErrors && (paths.includes(INIT_ERROR_KEY) || paths.includes("*"));
  return {
    ...diff,
    changes: byInitError ? "some" : diff.changes,
    replaces: [...new Set([...diff.replaces, ...forced]), ...(byInitError ? [INIT_ERROR_KEY] : [])],
  };
}
