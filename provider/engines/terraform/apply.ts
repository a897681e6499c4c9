import { findingsOf } from "../../findings.ts";
import {
  type Context,
  type Created,
  type DeclaredContext,
  type Definition,
  IncompleteError,
  type Props,
} from "../../resources/definition.ts";
import { refuse } from "../../resources/findings.ts";
import { adoptionOf } from "../../resources/lifecycle/adopt.ts";
import { diagnosticsOfError, type Place } from "./diagnostics.ts";
import { isKept, keptText, objectOf, usesOf } from "./object-uses.ts";
import type { ApplyRequest, Diagnostic, Handling, ObjectValue, StateAnswer } from "./protocol.ts";
import { type Resource, resourceOf } from "./resources.ts";
import type { Session } from "./session.ts";
import { idIn, objectIn, outputsIn, privateIn, privateText } from "./state.ts";
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
      const deletion = { resource, id: idIn(prior), object: objectIn(resource, prior, plannedPrivate), outputs };
      const { inputs = {}, isRemade = false } = privateIn(plannedPrivate);
      await remove(session, context, { ...deletion, inputs, isRemade });
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

interface Deletion {
  readonly resource: Resource;
  readonly id: string;
  readonly object: string;
  readonly outputs: Props;
  /** Those of the object that takes the place of this one; empty where none does. */
  readonly inputs: Props;
  readonly isRemade: boolean;
}

/** Never deletes an object that another address declares by a name that the plan did not know. */
async function remove(session: Session, context: Context, deletion: Deletion): Promise<void> {
  const { resource, id, object, outputs, inputs, isRemade } = deletion;
  const { definition } = resource;
  const { ownership } = session.memory;
  const { topic, label } = objectOf(context, definition, object, outputs);
  // `create_before_destroy` creates first. Terraform prints no warning of the plan of a replacement.
  if (ownership.isAdopted(object)) return context.report({ type: "warning", text: keptText(label) });
  const [wanted] =
    Object.keys(inputs).length === 0 ? [] : await usesOf(context, { definition, prior: null, inputs, outputs: {} });
  const isReplacedBySame = wanted?.id === object;
  if (isReplacedBySame && !isRemade && isKept(definition)(wanted)) {
    ownership.keep(object);
    return;
  }
  if (!isReplacedBySame) refuse(session.objects.findingsOfDeletion(topic, label));
  await definition.delete(context, id, outputs);
  session.objects.markGone(topic);
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
        return { ...(await createOrTakeOver(session, context, resource, inputs)), failed: [] };
      } catch (error) {
        if (!(error instanceof IncompleteError)) throw error;
        const isKeptObject = session.memory.ownership.isKept(error.id);
        if (!isKeptObject && adoptionOf(inputs) !== "no") throw error;
        const failed = diagnosticsOfError(error, place);
        // A kept object that could not be changed stays broken in the state, so that the next run changes it.
        const there = !isKeptObject && (await isThere(context, apply, error.id));
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

/**
 * The plan has accepted a creation of an object of the state only where no address holds it any more: Terraform replaces it
 * (`create_before_destroy` creates first), or forgets it at another address.
 */
async function createOrTakeOver(session: Session, context: Context, { definition }: Resource, inputs: Props) {
  const { ownership } = session.memory;
  const [met] = await usesOf(context, { definition, prior: null, inputs, outputs: {} });
  const isOurs = () => met !== undefined && (session.objects.takesOver(met.topic) || ownership.owns(met.id));
  if (met !== undefined && !isOurs()) refuse(session.objects.findingsOfCreation(met.topic, met.label));
  const create = async () => {
    if (met !== undefined && isOurs()) ownership.keep(met.id);
    return await definition.create(context, inputs);
  };
  try {
    return await create();
  } catch (error) {
    // Without a reference to the other one, Terraform runs both at the same time.
    const codes = findingsOf(error).map(({ code }) => code);
    const isForgotten = codes.includes("FED221") && !isOurs() && (await session.await(isOurs)) && isOurs();
    const connects = (context.declared.related?.connects ?? []).length > 0;
    const isConnected = codes.includes("FED313") && connects && (await session.await(() => false));
    if (isForgotten || isConnected) return await create();
    // Terraform has dropped the kept object from the state by now.
    const live = met !== undefined && ownership.isKept(met.id) ? await liveOf(context, definition, met.id) : undefined;
    if (live === undefined || error instanceof IncompleteError) throw error;
    throw new IncompleteError(error, live);
  }
}

async function liveOf(context: Context, definition: Definition, id: string): Promise<Created | undefined> {
  return await definition.read(context, id, {}).catch(() => undefined);
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
