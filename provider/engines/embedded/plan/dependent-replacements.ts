/**
 * Which dependents must go before a resource can be deleted and made anew. A dependent goes if it would itself be
 * replaced when what it takes from the resource changes: its provider is asked by a diff in which those inputs are
 * unknown, also outside of previews.
 */

import type { Context } from "../context.ts";
import { ensureProvider } from "../process/provider-registry.ts";
import type { ResourceState } from "../state/resource-state.ts";
import { isProviderType, parseReference } from "../state/urn.ts";
import { UNKNOWN } from "../state/values.ts";
import { applyReplaceOnChanges, diffResource } from "./resource-diff.ts";

export interface DependentReplacement {
  readonly resource: ResourceState;
  readonly keys: readonly string[];
}

/** In the order of the deployment. `impossible` are those that this run has dealt with: they cannot depend on it now. */
export async function dependentReplacements(
  context: Context,
  root: ResourceState,
  impossible: ReadonlySet<string>,
): Promise<DependentReplacement[]> {
  const replaced = new Set([root.urn]);
  const found: DependentReplacement[] = [];
  for (const resource of context.previous.graph.dependents(root, impossible)) {
    const keys = await replacementKeys(context, resource, replaced);
    if (keys !== undefined) {
      found.push({ resource, keys });
      replaced.add(resource.urn);
    }
  }
  return found;
}

/** The keys for whose sake a resource is replaced, or `undefined` if it can stay. */
async function replacementKeys(
  context: Context,
  resource: ResourceState,
  replaced: ReadonlySet<string>,
): Promise<readonly string[] | undefined> {
  if (!resource.custom || resource.external) {
    return undefined;
  }
  const { resources } = context.previous;
  if (resource.provider !== "" && replaced.has(parseReference(resource.provider).urn)) {
    await ensureProvider(context.registry, resource.provider, resources);
    return [];
  }
  if (resource.deletedWith !== "" && replaced.has(resource.deletedWith)) {
    return [];
  }
  const changing = Object.keys(resource.inputs).filter(
    (key) => resource.propertyDependencies[key]?.some((urn) => replaced.has(urn)) === true,
  );
  if (changing.length === 0 || isProviderType(resource.type)) {
    return undefined;
  }
  await ensureProvider(context.registry, resource.provider, resources);
  const client = context.registry.get(resource.provider);
  if (client === undefined) {
    throw new Error(`resource ${resource.urn} has no provider`);
  }
  const inputs = { ...resource.inputs, ...Object.fromEntries(changing.map((key) => [key, UNKNOWN])) };
  const diff = applyReplaceOnChanges(
    await diffResource(context, client, resource, inputs),
    resource.replaceOnChanges,
    false,
  );
  return diff.replaces.length > 0 ? diff.replaces : undefined;
}
