/** Writes down, in the state file, every step before and after it is taken. */

import type { StepOp } from "../events.ts";
import type { ResourceState } from "./resource-state.ts";
import type { Operation, Snapshot } from "./snapshot.ts";
import type { StateWriter } from "./state-file.ts";
import { deepEqual } from "./values.ts";

/** Whether a resource that did not change is still to be written, for the sake of something that a diff does not see. */
function mustWrite(old: ResourceState, state: ResourceState): boolean {
  const essence = ({
    created,
    modified,
    sourcePosition,
    dependencies,
    propertyDependencies,
    aliases,
    initErrors,
    ...rest
  }: ResourceState) => ({ ...rest, dependencies: dependencies.toSorted() }) as never;
  return !deepEqual(essence(old), essence(state));
}

/** The engine has one more operation than users see, for its own records. */
type EngineOp = StepOp | "remove-pending-replace";

/** The part of a step that the state file is written from. */
export interface StepRecord {
  readonly op: EngineOp;
  readonly old: ResourceState | undefined;
  readonly new: ResourceState | undefined;
  /** The state that stands for the step in dependency graphs and among pending operations. */
  readonly res: ResourceState;
  /** The pending operation in the state file while the step runs. */
  readonly operation: Operation["type"] | undefined;
}

export class Journal {
  readonly #snapshot: Snapshot;
  readonly #writer: StateWriter;

  constructor(snapshot: Snapshot, writer: StateWriter) {
    this.#snapshot = snapshot;
    this.#writer = writer;
  }

  /** After a refresh the run goes on from another list. */
  async rebase(resources: readonly ResourceState[]): Promise<void> {
    this.#snapshot.base = resources;
    await this.#writer.save();
  }

  async save(): Promise<void> {
    await this.#writer.save();
  }

  async begin(step: StepRecord): Promise<void> {
    if (step.operation !== undefined) {
      this.#snapshot.begin(step.res, step.operation);
      await this.#writer.save();
    }
  }

  /** `successful` also for what was made but not well: it exists and belongs into the state. */
  async end(step: StepRecord, successful: boolean): Promise<void> {
    const { old, new: state } = step;
    this.#snapshot.end(step.res);
    if (successful) {
      switch (step.op) {
        case "same":
          if (old !== undefined && state !== undefined) {
            this.#snapshot.drop(old);
            this.#snapshot.add(state);
            if (!mustWrite(old, state)) {
              return;
            }
          }
          break;
        case "create":
        case "create-replacement":
          if (state !== undefined) {
            this.#snapshot.add(state);
          }
          if (old?.pendingReplacement === true) {
            this.#snapshot.drop(old);
          }
          break;
        case "update":
        case "read":
        case "read-replacement":
          // The old half of a read that replaces stays until its deletion.
          if (old !== undefined && step.op !== "read-replacement") {
            this.#snapshot.drop(old);
          }
          if (state !== undefined) {
            this.#snapshot.add(state);
          }
          break;
        case "delete":
        case "delete-replaced":
        case "discard":
        case "discard-replaced":
          if (old !== undefined && !old.pendingReplacement) {
            this.#snapshot.drop(old);
          }
          break;
        case "remove-pending-replace":
          if (old !== undefined) {
            this.#snapshot.drop(old);
          }
          break;
        default:
          return;
      }
    }
    if (step.op !== "refresh" && step.op !== "replace") {
      await this.#writer.save();
    }
  }
}
