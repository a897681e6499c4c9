/** The state that all parts of one preview or update share. */

import type { EngineEvent, Severity, StepOp } from "./events.ts";
import type { DependencyGraph } from "./plan/graph.ts";
import type { Selection } from "./plan/selection.ts";
import type { ProviderRegistry } from "./process/provider-registry.ts";
import type { Journal } from "./state/journal.ts";
import type { ResourceState } from "./state/resource-state.ts";

/** An error that was printed already. */
export class Told extends Error {
  override name = "Told";
}

/** The resources before the program ran. A refresh replaces these lists. */
interface Previous {
  resources: readonly ResourceState[];
  /** By urn, without the old halves of unfinished replacements. */
  olds: ReadonlyMap<string, ResourceState>;
  graph: DependencyGraph;
}

export interface Context {
  readonly dryRun: boolean;
  readonly stack: string;
  readonly project: string;
  /** True for the command `refresh`: there, refreshes count as the changes that they found. */
  readonly isRefresh: boolean;
  readonly selection: Selection;
  readonly previous: Previous;
  /** The resources in the state file now, which in a preview are those before the run. */
  readonly recorded: () => readonly ResourceState[];
  readonly registry: ProviderRegistry;
  /** Not in a preview. */
  readonly journal: Journal | undefined;
  readonly changes: Partial<Record<StepOp, number>>;
  diagnose(severity: Severity, message: string, urn?: string): void;
  emit(event: EngineEvent): void;
}

/** Reports the problem and stops the caller. */
export function fail(context: Context, message: string, urn?: string): never {
  context.diagnose("error", message, urn);
  throw new Told(message);
}
