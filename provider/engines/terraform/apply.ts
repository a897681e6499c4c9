import { type Context, type DeclaredContext, IncompleteError, type Props } from "../../resources/definition.ts";
import { adoptionOf } from "../../resources/lifecycle/adopt.ts";
import { diagnosticsOfError, type Place } from "./diagnostics.ts";
import type { ApplyRequest, Diagnostic, Handling, ObjectValue, StateAnswer } from "./protocol.ts";
import { type Resource, resourceOf } from "./resources.ts";
import type { Session } from "./session.ts";
import { idIn, outputsIn, privateIn, privateText } from "./state.ts";
import { holdsUnknown, propsOf, toTerraform } from "./values.ts";

/** Creates, updates or deletes. */
export async function applyChange(session: Session, request: ApplyRequest, handling: Handling): Promise<StateAnswer> {
  session.noteApply();
  const { typeName, priorState: prior, plannedState: planned, config, plannedPrivate } = request;
  const resource = resourceOf(typeName);
  const place = { fields: resource.inputs, config: config ?? {} };
  if (planned === null) {
    if (prior === null) return { newState: null };
    const outputs = outputsIn(resource, prior, plannedPrivate);
    const { result, diagnostics } = await session.run(handling, place, async (context) => {
      await resource.definition.delete(context, idIn(prior), outputs);
      return true;
    });
    return result === undefined
      ? { newState: prior, private: plannedPrivate, diagnostics }
      : { newState: null, diagnostics };
  }
  const { hidden, related, inputs = propsOf(planned, resource.inputs) } = privateIn(plannedPrivate);
  const apply: Apply = { resource, place, planned, inputs, declared: { related } };
  if (prior === null) return await create(session, apply, handling);
  const { result, diagnostics } = await session.run(
    handling,
    place,
    async (context) => {
      try {
        const outputs = outputsIn(resource, prior, plannedPrivate);
        const done = await resource.definition.update(context, idIn(prior), outputs, inputs);
        return { state: stateOf(apply, idIn(prior), done), hidden: done, failed: [] };
      } catch (error) {
        if (!(error instanceof IncompleteError)) throw error;
        // The attributes stay as they were, or the next plan would find nothing left to do.
        return { state: prior, hidden: error.outputs, failed: diagnosticsOfError(error, place) };
      }
    },
    apply.declared,
  );
  const { state = prior, failed = [] } = result ?? {};
  return {
    newState: state,
    private: privateText({ hidden: result?.hidden ?? hidden ?? {} }),
    diagnostics: [...diagnostics, ...failed],
  };
}

interface Apply {
  readonly resource: Resource;
  readonly place: Place;
  readonly planned: ObjectValue;
  readonly inputs: Props;
  readonly declared: DeclaredContext;
}

/**
 * The trap: what a failed create leaves in the state Terraform takes for broken, and the next run destroys it. So an
 * object that is found to be there all the same has merely a warning, and one that was adopted is never left there: it is
 * met again.
 */
async function create(session: Session, apply: Apply, handling: Handling): Promise<StateAnswer> {
  const { resource, place, inputs } = apply;
  const { result, diagnostics } = await session.run(
    handling,
    place,
    async (context) => {
      try {
        return { ...(await resource.definition.create(context, inputs)), failed: [] };
      } catch (error) {
        if (!(error instanceof IncompleteError) || adoptionOf(inputs) !== "no") throw error;
        const failed = diagnosticsOfError(error, place);
        const there = await isThere(context, apply, error.id);
        return { id: error.id, outputs: error.outputs, failed: there ? failed.map(asWarning) : failed };
      }
    },
    apply.declared,
  );
  if (result === undefined) return { newState: null, diagnostics };
  return {
    newState: stateOf(apply, result.id, result.outputs),
    private: privateText({ hidden: result.outputs }),
    diagnostics: [...diagnostics, ...result.failed],
  };
}

async function isThere(context: Context, { resource }: Apply, id: string): Promise<boolean> {
  try {
    return (await resource.definition.read(context, id, {})) !== undefined;
  } catch {
    return false;
  }
}

function asWarning(diagnostic: Diagnostic): Diagnostic {
  return { ...diagnostic, severity: "warning" };
}

/** Exactly what was planned, as Terraform demands; what was not known then is known now. */
function stateOf({ resource, planned, inputs }: Apply, id: string, outputs: Props): ObjectValue {
  const open = [
    ...resource.inputs.map(({ name, key, shape }) => [name, toTerraform(outputs[key], shape)] as const),
    ...resource.outputs.map(({ name, shape, value }) => [name, toTerraform(value(id, inputs), shape)] as const),
    ["id", id] as const,
  ];
  return { ...planned, ...Object.fromEntries(open.filter(([name]) => holdsUnknown(planned[name]))) };
}
