/** Refreshes the previous deployment before it is compared with the program. */

import type { Context } from "../context.ts";
import { DependencyGraph } from "../plan/graph.ts";
import { isSelected } from "../plan/selection.ts";
import { ensureProvider } from "../process/provider-registry.ts";
import type { ResourceState } from "../state/resource-state.ts";
import { StepExecutor } from "./executor.ts";
import { refreshStep, type Step } from "./steps.ts";

/** References to what is gone are dropped; children of what is gone move up to its parent. */
function repair(resources: readonly ResourceState[]): ResourceState[] {
  const standing = new Set<string>();
  const parents = new Map<string, string>();
  const repaired = resources.map((resource) => {
    const isThere = (urn: string): boolean => standing.has(urn);
    const fixed: ResourceState = {
      ...resource,
      dependencies: resource.dependencies.filter(isThere),
      // Properties that depend on nothing lose their empty lists here, as in the CLI.
      propertyDependencies: Object.fromEntries(
        Object.entries(resource.propertyDependencies)
          .map(([key, urns]) => [key, urns.filter(isThere)] as const)
          .filter(([, urns]) => urns.length > 0),
      ),
      deletedWith: isThere(resource.deletedWith) ? resource.deletedWith : "",
    };
    standing.add(resource.urn);
    return fixed;
  });
  for (const resource of repaired) {
    if (resource.parent !== "" && !standing.has(resource.parent)) {
      resource.parent = parents.get(resource.parent) ?? "";
    }
    parents.set(resource.urn, resource.parent);
  }
  return repaired;
}

/** The maps by which a run looks at a list of resources. */
export function indexed(resources: readonly ResourceState[]): Context["previous"] {
  return {
    resources,
    olds: new Map(resources.filter((resource) => !resource.delete).map((resource) => [resource.urn, resource])),
    graph: new DependencyGraph(resources),
  };
}

/** False if something could not be read; everything else has been refreshed then. */
export async function refreshPrevious(context: Context, parallel: number, signal: AbortSignal): Promise<boolean> {
  const { previous } = context;
  const steps = new Map<ResourceState, Step>();
  for (const resource of previous.resources) {
    if (!isSelected(context.selection, resource.urn)) {
      continue;
    }
    await ensureProvider(context.registry, resource.provider, previous.resources);
    steps.set(resource, refreshStep(resource));
  }
  const executor = new StepExecutor(context, { parallel, ignoreErrors: true, onFailure: () => undefined });
  const abort = (): void => executor.cancel();
  signal.addEventListener("abort", abort);
  await executor.runAll([...steps.values()]);
  await executor.idle();
  signal.removeEventListener("abort", abort);
  const refreshed = previous.resources.flatMap((resource) => {
    const step = steps.get(resource);
    return step === undefined ? resource : (step.new ?? []);
  });
  Object.assign(previous, indexed(repair(refreshed)));
  await context.journal?.rebase(previous.resources);
  return !executor.errored && !signal.aborted;
}
