/** What is deleted at the end of a run, and in which order. */

import type { StepExecutor } from "../apply/executor.ts";
import { deleteStep, removePendingReplaceStep, type Step } from "../apply/steps.ts";
import type { Context } from "../context.ts";
import { ensureProvider } from "../process/provider-registry.ts";
import type { ResourceState } from "../state/resource-state.ts";
import type { StepGenerator } from "./generator.ts";
import { DependencyGraph } from "./graph.ts";

/** Old halves of replacements, and everything that the program did not ask for again. */
async function decideDeletions(context: Context, generator: StepGenerator): Promise<Step[]> {
  const steps: Step[] = [];
  for (const resource of context.previous.resources) {
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
  return steps;
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
    // What a protected resource needs stays with it.
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
