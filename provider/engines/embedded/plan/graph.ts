/** Who depends on whom in a deployment, whose list is ordered so that everything stands after what it depends on. */

import { dependencyUrns, type ResourceState } from "../state/resource-state.ts";
import { parseReference } from "../state/urn.ts";

export class DependencyGraph {
  readonly #resources: readonly ResourceState[];
  readonly #index: ReadonlyMap<ResourceState, number>;
  /** Children of all degrees. */
  readonly #children = new Map<string, number[]>();

  constructor(resources: readonly ResourceState[]) {
    this.#resources = resources;
    this.#index = new Map(resources.map((state, index) => [state, index]));
    const byUrn = new Map<string, ResourceState>();
    for (const [index, state] of resources.entries()) {
      byUrn.set(state.urn, state);
      for (let parent = state.parent; parent !== ""; parent = byUrn.get(parent)?.parent ?? "") {
        const children = this.#children.get(parent) ?? [];
        children.push(index);
        this.#children.set(parent, children);
      }
    }
  }

  contains(state: ResourceState): boolean {
    return this.#index.has(state);
  }

  /** All that depends on a resource, directly or not, in the order of the deployment. Being a child does not count. */
  dependents(root: ResourceState, ignored: ReadonlySet<string>): ResourceState[] {
    const start = this.#index.get(root);
    if (start === undefined) {
      return [];
    }
    const found: ResourceState[] = [];
    const urns = new Set([root.urn]);
    for (const candidate of this.#resources.slice(start + 1)) {
      const depends =
        !ignored.has(candidate.urn) &&
        (dependencyUrns(candidate).some((urn) => urns.has(urn)) ||
          (candidate.provider !== "" && urns.has(parseReference(candidate.provider).urn)));
      if (depends) {
        found.push(candidate);
        urns.add(candidate.urn);
      }
    }
    return found;
  }

  /**
   * Returns the direct dependencies of a resource: its provider, parent and declared dependencies. A component among
   * them adds its children that precede the resource.
   */
  dependencies(state: ResourceState): Set<ResourceState> {
    const found = new Set<ResourceState>();
    const index = this.#index.get(state);
    if (index === undefined) {
      return found;
    }
    const urns = new Set(dependencyUrns(state));
    if (state.provider !== "") {
      urns.add(parseReference(state.provider).urn);
    }
    for (const candidate of this.#resources.slice(0, index)) {
      if (urns.has(candidate.urn)) {
        found.add(candidate);
        for (const child of candidate.custom ? [] : (this.#children.get(candidate.urn) ?? [])) {
          const resource = this.#resources[child];
          if (child < index && resource !== undefined) {
            found.add(resource);
          }
        }
      }
      if (candidate.urn === state.parent) {
        found.add(candidate);
      }
    }
    return found;
  }

  /** All that a resource depends on, directly or not. */
  transitiveDependencies(state: ResourceState): Set<ResourceState> {
    const found = new Set<ResourceState>();
    const queue = [state];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const dependency of this.dependencies(next)) {
        if (!found.has(dependency)) {
          found.add(dependency);
          queue.push(dependency);
        }
      }
    }
    return found;
  }
}
