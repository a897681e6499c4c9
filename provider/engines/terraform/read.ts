import type { Context, Props } from "../../resources/definition.ts";
import { type Applied, fingerprint } from "../../resources/state/compare.ts";
import { withWholeReference } from "../shared/whole-reference.ts";
import type { Handling, ImportAnswer, ImportRequest, ObjectValue, ReadRequest, StateAnswer } from "./protocol.ts";
import { NEVER_LIVE, type Resource, resourceOf } from "./resources.ts";
import type { Session } from "./session.ts";
import { idIn, objectIn, outputsIn, privateText } from "./state.ts";
import { toTerraform } from "./values.ts";

/** Reads from the listing that all share, so that a plan of a thousand users costs pages. */
export async function readResource(session: Session, request: ReadRequest, handling: Handling): Promise<StateAnswer> {
  session.noteRead();
  const { typeName, currentState: state, private: privateState } = request;
  const resource = resourceOf(typeName);
  const place = { fields: resource.inputs, config: state };
  // Deletions need no more than the state, and objects may be gone already.
  if (session.destroys) return { newState: state, private: privateState };
  const asItIs = { state, hidden: undefined };
  const { result, diagnostics } = await session.run(handling, place, async (context) => {
    const id = idIn(state);
    const outputs = outputsIn(resource, state, privateState);
    const imported = isImported(state);
    // The state owns the object, even if Terraform recreates it without asking for a plan.
    if (!imported) session.memory.ownership.own(objectIn(resource, state, privateState));
    if (!imported && context.drift === "off") return asItIs;
    const found = await resource.definition.read(context, id, outputs);
    if (found === undefined) return lost(context, resource, state, outputs);
    const whole = imported ? await withWholeReference(context, found.outputs) : found.outputs;
    return { state: stateOf(resource, { state, id, outputs: whole }), hidden: whole };
  });
  if (result === undefined) return { newState: state, private: privateState, diagnostics };
  return {
    newState: result.state,
    private: result.hidden === undefined ? privateState : privateText({ hidden: result.hidden }),
    diagnostics,
  };
}

/** Only with drift that is put back may Terraform hear that it is gone: it knows no answer but to make it anew. */
function lost(context: Context, { definition }: Resource, state: ObjectValue, outputs: Props) {
  if (context.drift !== "correct") return { state, hidden: undefined };
  const subject = definition.subject(outputs, context);
  context.report({ type: "missing", subject, id: idIn(state), lost: "deleted", outcome: "reverted" });
  return { state: null, hidden: {} };
}

/** Detects a state after import or a move: it holds only an id. */
function isImported(state: ObjectValue): boolean {
  return Object.entries(state).every(([name, value]) => name === "id" || value === null);
}

/** An id is all that an import knows: reading fills in the rest. */
export async function importResource({ typeName, id }: ImportRequest): Promise<ImportAnswer> {
  return { importedResources: [{ typeName, state: stateOfId(typeName, id) }] };
}

export function stateOfId(typeName: string, id: string): ObjectValue {
  const { inputs, outputs } = resourceOf(typeName);
  return { ...Object.fromEntries([...inputs, ...outputs].map(({ name }) => [name, null])), id };
}

interface Found {
  readonly state: ObjectValue;
  readonly id: string;
  readonly outputs: Props;
}

function stateOf(resource: Resource, found: Found): ObjectValue {
  const { state, id, outputs } = found;
  const inputs = resource.inputs.map(({ key, name, shape }) => {
    const stays = NEVER_LIVE.has(key) || neverApplied(outputs, key);
    return [name, stays ? (state[name] ?? null) : toTerraform(outputs[key], shape)] as const;
  });
  const computed = resource.outputs.map(
    ({ name, shape, value }) => [name, toTerraform(value(id, outputs), shape)] as const,
  );
  return { ...Object.fromEntries([...inputs, ...computed]), id };
}

/** Keeps configured values without effect (an empty list, an unused claim), because they were never sent. */
function neverApplied(outputs: Props, key: string): boolean {
  const applied = outputs.__applied as Applied | undefined;
  return applied !== undefined && fingerprint(outputs[key]) === "" && applied.inputs[key] === undefined;
}
