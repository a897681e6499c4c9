/** Plans the deletions at the end of a run and their order. */

import type { StepExecutor } from "../apply/executor.ts";
import { deleteStep, removePendingReplaceStep, type Step } from "../apply/steps.ts";
import { type Context, Told } from "../context.ts";
import { ensureProvider } from "../process/provider-registry.ts";
import type { ResourceState } from "../state/resource-state.ts";
import type { StepGenerator } from "./generator.ts";
import { DependencyGraph } from "./graph.ts";

/**
 * Selects the resources that a limited run may delete: its targets with all that depends on them, or everything but the
 * excluded resources and their dependencies.
 */
function deletable({ previous, selection }: Context): (resource: ResourceState) => boolean {
  const { targets, excludes } = selection;
  const { graph, resources } = previous;
  if (targets.size > 0) {
    const allowed = new Set<ResourceState>();
    for (const resource of resources) {
      const needs = [...graph.transitiveDependencies(resource), resource];
      if (needs.some(({ urn }) => targets.has(urn))) {
        allowed.add(resource);
      }
    }
    return (resource) => allowed.has(resource);
  }
  const kept = new Set<string>();
  for (const resource of resources.filter(({ urn }) => excludes.has(urn))) {
    for (const { urn } of [...graph.transitiveDependencies(resource), resource]) {
      kept.add(urn);
    }
  }
  return ({ urn }) => !kept.has(urn);
}

/** Old halves of replacements, and everything that the program did not ask for again. */
async function decideDeletions(context: Context, generator: StepGenerator): Promise<Step[]> {
  const steps: Step[] = [];
  const mayDelete = deletable(context);
  for (const resource of context.previous.resources.filter(mayDelete)) {
    if (resource.delete) {
      if (generator.condemned.has(resource)) {
        continue;
      }
      generator.deletes.add(resource.urn);
      steps.push(deleteStep(resource, { replacing: true, pendingReplacement: false, deletes: generator.deletes }));
    } else if (!generator.isTouched(resource.urn)) {
      generator.deletes.add(resource.urn);
      steps.push(
        resource.pendingReplacement
          ? removePendingReplaceStep(resource)
          : deleteStep(resource, { replacing: false, pendingReplacement: false, deletes: generator.deletes }),
      );
    }
    if (generator.deletes.has(resource.urn)) {
      await ensureProvider(context.registry, resource.provider, context.previous.resources);
    }
  }
  refuseUntargeted(context, generator, steps);
  return steps;
}

/** Nothing is deleted that the user did not name, if only for what it depends on. */
function refuseUntargeted(context: Context, generator: StepGenerator, steps: readonly Step[]): void {
  const { targets } = context.selection;
  const unnamed = targets.size === 0 ? [] : steps.filter(({ urn }) => !targets.has(urn));
  for (const { urn } of unnamed) {
    generator.errored = true;
    context.diagnose("error", `Resource '${urn}' will be destroyed but was not specified in --target list.`, urn);
  }
  if (unnamed.length > 0 && !context.dryRun) {
    throw new Told("delete untargeted resource");
  }
}

/** Groups of deletions that do not depend on each other; a group begins when the one before it has ended. */
function schedule(steps: readonly Step[], graph: DependencyGraph): Step[][] {
  const stepOf = new Map(steps.map((step) => [step.res, step]));
  const groups: Step[][] = [];
  while (stepOf.size > 0) {
    const free = [...stepOf.keys()].filter(
      (resource) => ![...graph.dependencies(resource)].some((dependency) => stepOf.has(dependency)),
    );
    if (free.length === 0) {
      throw new Error("the resources to delete depend on each other in a circle");
    }
    groups.push(free.flatMap((resource) => stepOf.get(resource) ?? []));
    for (const resource of free) {
      stepOf.delete(resource);
    }
  }
  return groups.toReversed();
}

export async function performDeletions(
  context: Context,
  generator: StepGenerator,
  executor: StepExecutor,
): Promise<void> {
  const steps = await decideDeletions(context, generator);
  const graph = new DependencyGraph(context.previous.resources);
  const spared = new Set<ResourceState>();
  for (const group of schedule(steps, graph)) {
    // A resource that is not deleted keeps its dependencies.
    for (const { res } of executor.failedSteps) {
      for (const dependency of graph.transitiveDependencies(res)) {
        spared.add(dependency);
      }
    }
    await executor.runAll(group.filter((step) => !spared.has(step.res)));
    if (executor.cancelled) {
      return;
    }
  }
}
