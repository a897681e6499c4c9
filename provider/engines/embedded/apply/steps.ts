/**
 * The operations of the engine on one resource. The plan creates a step, and a free worker applies it. By then its
 * states are final, except for the provider's response.
 */

import type { Context } from "../context.ts";
import type { PropertyMap, StepMetadata, StepOp } from "../events.ts";
import { diffResource } from "../plan/resource-diff.ts";
import { type Diff, InitError, type ProviderClient } from "../process/provider-client.ts";
import type { StepRecord } from "../state/journal.ts";
import { type ResourceState, stepState } from "../state/resource-state.ts";
import { isDefaultProvider, isProviderType, makeReference } from "../state/urn.ts";
import { deepEqual, UNKNOWN } from "../state/values.ts";

export interface Step extends StepRecord {
  readonly urn: string;
  readonly type: string;
  /** Whether the step is one change to a user, not half of one. */
  readonly logical: boolean;
  readonly replaceKeys: readonly string[];
  /** The operation that a refresh found. Other steps have none. */
  readonly resultOp?: StepOp;
  apply(context: Context): Promise<void>;
  /** Tells the program; called once the state is on the disk. */
  done(): void;
}

/** A protected resource is not deleted; the other deletions go on, so that all such errors are told in one run. */
export class DeleteProtected extends Error {
  override name = "DeleteProtected";
  constructor(urn: string) {
    super(
      `resource "${urn}" cannot be deleted\n` +
        "because it is protected. To unprotect the resource, either remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`, or use the command:\n" +
        `\`pulumi state unprotect '${urn}'\``,
    );
  }
}

/** Steps that users never hear of. */
export function isInternal(step: Step): boolean {
  return step.op === "remove-pending-replace" || isDefaultProvider(step.urn);
}

export function metadata(step: Step, op: StepOp): StepMetadata {
  return {
    op,
    urn: step.urn,
    type: step.type,
    ...(step.old === undefined ? {} : { old: stepState(step.old) }),
    ...(step.new === undefined ? {} : { new: stepState(step.new) }),
    ...(step.replaceKeys.length === 0 ? {} : { replaceKeys: step.replaceKeys }),
    ...(step.resultOp === undefined ? {} : { resultOp: step.resultOp }),
  };
}

function now(): string {
  return new Date().toISOString();
}

function clientOf(context: Context, state: ResourceState): ProviderClient {
  const client = context.registry.get(state.provider);
  if (client === undefined) {
    throw new Error(`unknown provider '${state.provider}' for resource ${state.urn}`);
  }
  return client;
}

const nothing = (): void => undefined;

export function sameStep(old: ResourceState, state: ResourceState, done: () => void): Step {
  return {
    ...common("same", state, old, state),
    async apply(context) {
      state.id = old.id;
      state.outputs = old.outputs;
      if (isProviderType(state.type)) {
        // A provider that calls changed inputs no change goes on with the inputs that it had.
        await context.registry.same({ ...state, inputs: old.inputs }, true);
      }
    },
    done,
  };
}

function common(
  op: StepRecord["op"],
  res: ResourceState,
  old: ResourceState | undefined,
  state: ResourceState | undefined,
): Pick<Step, "op" | "urn" | "type" | "old" | "new" | "res" | "logical" | "replaceKeys" | "operation"> {
  return {
    op,
    urn: res.urn,
    type: res.type,
    old,
    new: state,
    res,
    logical: true,
    replaceKeys: [],
    operation: undefined,
  };
}

export interface Replacement {
  readonly old: ResourceState;
  readonly replaceKeys: readonly string[];
  /** True when the new object is made first: the old one is then marked for deletion at the end of the run. */
  readonly deleteAfterwards: boolean;
}

export function createStep(state: ResourceState, done: () => void, replacement?: Replacement): Step {
  return {
    ...common(replacement === undefined ? "create" : "create-replacement", state, replacement?.old, state),
    logical: replacement === undefined,
    replaceKeys: replacement?.replaceKeys ?? [],
    operation: "creating",
    async apply(context) {
      let failure: InitError | undefined;
      if (state.custom) {
        failure = await create(context, state);
      }
      state.created = now();
      state.modified = state.created;
      if (replacement?.deleteAfterwards === true) {
        replacement.old.delete = true;
      }
      if (failure !== undefined) {
        throw failure;
      }
    },
    done,
  };
}

/** Sets id and outputs; the answer is the failure of an object that exists all the same. */
async function create(context: Context, state: ResourceState): Promise<InitError | undefined> {
  if (isProviderType(state.type)) {
    const { id, outputs } = await context.registry.create(state.urn, state.inputs);
    state.id = id;
    state.outputs = outputs;
    return undefined;
  }
  if (context.dryRun) {
    // Without a preview, the inputs are all that is known of the outputs.
    const client = clientOf(context, state);
    state.outputs = client.previews ? (await client.create(state, true)).outputs : { ...state.inputs };
    return undefined;
  }
  try {
    const { id, outputs } = await clientOf(context, state).create(state);
    state.id = id;
    state.outputs = outputs;
    return undefined;
  } catch (error) {
    if (!(error instanceof InitError)) {
      throw error;
    }
    state.id = error.id;
    state.outputs = error.outputs;
    state.initErrors = [...error.reasons];
    return error;
  }
}

export function updateStep(old: ResourceState, state: ResourceState, done: () => void): Step {
  return {
    ...common("update", state, old, state),
    operation: "updating",
    async apply(context) {
      state.id = old.id;
      state.created = old.created;
      state.modified = old.modified;
      if (!state.custom) {
        return;
      }
      const failure = await update(context, old, state);
      state.modified = now();
      if (failure !== undefined) {
        throw failure;
      }
    },
    done,
  };
}

async function update(context: Context, old: ResourceState, state: ResourceState): Promise<InitError | undefined> {
  if (isProviderType(state.type)) {
    state.outputs = await context.registry.update(state.urn, old.id, state.inputs);
    return undefined;
  }
  if (context.dryRun) {
    const client = clientOf(context, state);
    state.outputs = client.previews ? await client.update(old, state, true) : { ...state.inputs };
    return undefined;
  }
  try {
    state.outputs = await clientOf(context, state).update(old, state);
    return undefined;
  } catch (error) {
    if (!(error instanceof InitError)) {
      throw error;
    }
    state.outputs = error.outputs;
    state.initErrors = [...error.reasons];
    return error;
  }
}

/** The displayed step of a replacement. Its halves are separate steps. */
export function replaceStep(old: ResourceState, state: ResourceState, replaceKeys: readonly string[]): Step {
  return { ...common("replace", state, old, state), replaceKeys, apply: async () => undefined, done: nothing };
}

export interface Deletion {
  /** Part of a replacement: protection was judged when that was decided. */
  readonly replacing: boolean;
  /** The entry stays in the state until the new object exists. */
  readonly pendingReplacement: boolean;
  /** Everything that this run deletes, for `deletedWith`. */
  readonly deletes: ReadonlySet<string>;
}

function deleteOp(old: ResourceState, replacing: boolean): StepOp {
  if (old.external) {
    return replacing ? "discard-replaced" : "discard";
  }
  return replacing ? "delete-replaced" : "delete";
}

export function deleteStep(old: ResourceState, { replacing, pendingReplacement, deletes }: Deletion): Step {
  return {
    ...common(deleteOp(old, replacing), old, old, undefined),
    logical: !replacing,
    operation: "deleting",
    async apply(context) {
      if (!replacing && old.protect) {
        throw new DeleteProtected(old.urn);
      }
      const untouched =
        context.dryRun || old.external || old.retainOnDelete || !old.custom || deletes.has(old.deletedWith);
      if (!untouched && isProviderType(old.type)) {
        context.registry.delete(makeReference(old.urn, old.id));
      } else if (!untouched) {
        await clientOf(context, old).delete(old);
      }
      // Only now: while this mark stands, an interrupted deletion would not be tried again.
      if (pendingReplacement) {
        old.pendingReplacement = true;
      }
    },
    done: nothing,
  };
}

/** An earlier run deleted the object and did not create its replacement. The program no longer declares it. */
export function removePendingReplaceStep(old: ResourceState): Step {
  return {
    ...common("remove-pending-replace", old, old, undefined),
    logical: false,
    apply: async () => undefined,
    done: nothing,
  };
}

/** `get`: reads an object that this stack does not own, in previews too. */
export function readStep(
  old: ResourceState | undefined,
  state: ResourceState,
  replacing: boolean,
  done: () => void,
): Step {
  return {
    ...common(replacing ? "read-replacement" : "read", state, old, state),
    logical: !replacing,
    operation: "reading",
    async apply(context) {
      if (state.id === UNKNOWN) {
        state.outputs = {};
      } else {
        const read = await clientOf(context, state).read(state.urn, state.id, state.inputs, state.inputs);
        if (read.outputs === undefined) {
          throw new Error(`resource '${state.id}' does not exist`);
        }
        state.outputs = read.outputs;
        state.initErrors = [...read.initErrors];
        state.id = read.id === "" ? state.id : read.id;
      }
      if (replacing && old !== undefined) {
        old.delete = true;
      }
      state.created = old?.created;
      const changed =
        old !== undefined && !(deepEqual(state.inputs, old.inputs) && deepEqual(state.outputs, old.outputs));
      state.modified = changed ? now() : old?.modified;
    },
    done,
  };
}

function refreshResult(old: ResourceState, state: ResourceState | undefined, diff: Diff | undefined): StepOp {
  if (state === undefined) {
    return "delete";
  }
  const same = old.external ? deepEqual(old.outputs, state.outputs) : state === old || diff?.changes === "none";
  return same ? "same" : "update";
}

/** Refreshes the state of one resource. */
export function refreshStep(old: ResourceState): Step {
  let state: ResourceState | undefined = old;
  let diff: Diff | undefined;
  return {
    ...common("refresh", old, old, old),
    logical: false,
    get new() {
      return state;
    },
    get resultOp() {
      return refreshResult(old, state, diff);
    },
    async apply(context) {
      if (!old.custom || isProviderType(old.type) || old.pendingReplacement) {
        return;
      }
      const client = clientOf(context, old);
      const read = await client.read(old.urn, old.id, old.inputs, old.outputs);
      if (read.initErrors.length > 0) {
        context.diagnose(
          "warning",
          `Refreshed resource is in an unhealthy state:\n* ${read.initErrors.join("\n* ")}`,
          old.urn,
        );
      }
      if (read.id === "" || read.outputs === undefined) {
        state = undefined;
        return;
      }
      const inputs: PropertyMap = read.inputs ?? old.inputs;
      const outputs = read.outputs;
      const changed = !(deepEqual(inputs, old.inputs) && deepEqual(outputs, old.outputs));
      const refreshed = {
        ...old,
        id: read.id,
        inputs,
        outputs,
        initErrors: [...read.initErrors],
        modified: changed ? now() : old.modified,
      };
      if (!old.external) {
        // The sides are exchanged: the next `up` would revert the live change.
        diff = await diffResource(context, client, { ...refreshed, ignoreChanges: old.ignoreChanges }, old.inputs);
      }
      state = refreshed;
    },
    done: nothing,
  };
}
