import { phrase } from "../../schema/phrase.ts";
import { PROJECT_TLS_SETTINGS } from "../../schema/project-tls.ts";
import type { Subject } from "../../schema/report.ts";
import { isUnknown } from "../../schema/unknown.ts";
import { type LiveProjectTls, mayHaveHappened, type ProjectPlane } from "../control-planes/control-plane.ts";
import { onProjects } from "../control-planes/planes.ts";
import { subjectPhrase } from "../reports.ts";
import {
  type Context,
  type Created,
  type Definition,
  type Difference,
  IncompleteError,
  type Props,
  type Read,
} from "./definition.ts";
import { errorsOf, refuse, reportOnce } from "./findings.ts";
import { parseId } from "./ids.ts";
import { known } from "./known.ts";
import { differencesOf, shownOf } from "./lifecycle/adopt.ts";
import { driftFailure, driftsIn } from "./lifecycle/drift.ts";
import { waitForClusters } from "./lifecycle/rollout.ts";
import { changeFindings, reportModes } from "./live-rules/project-tls.ts";
import { appliedOf, type Comparison, compare, fingerprints } from "./state/compare.ts";
import { bindingIn, bindingOf, boundPlane, withinReach } from "./state/plane-binding.ts";
import {
  changesTo,
  compareSettings,
  declaredIn,
  foundKept,
  foundWith,
  isEdited,
  isLeft,
  managedIn,
  only,
  returning,
  settingsOf,
} from "./state/project-tls-settings.ts";
import { recordOf, secretsOf } from "./state/record.ts";
import { visible } from "./state/visible.ts";

/**
 * The TLS settings of a project of Cloud Manager or Ops Manager: one set, which is always there. It is never created or
 * deleted, but taken over and given back.
 *
 * ```ts
 * new ProjectTls("tls", { projectId: "5f1e2d3c4b5a69788796a5b4", caFilePath: "/etc/mongodb/ca.pem" });
 * ```
 */
export const projectTls: Definition = {
  kind: "ProjectTls",
  subject,
  check,
  diff,
  read,
  create,
  update,
  delete: remove,
};

// Inputs and outputs: `projectTlsShape` in schema/project-tls.ts. Outputs are the inputs as they are live, with hidden
// `__found` (see state/project-tls-settings.ts), `__applied` (see state/compare.ts) and `__bound` (see state/plane-binding.ts).

const ME = "a ProjectTls";

function subject(props: Props, { declared }: Context): Subject {
  const name = declared.name;
  return { kind: "ProjectTls", name, label: `project ${known(props.projectId) ?? "?"}` };
}

// Identity: its project.

function projectOf(id: string): string {
  return parseId("ProjectTls", id, ["projectId"]).projectId;
}

async function observe(plane: ProjectPlane, projectId: string, fresh = false): Promise<LiveProjectTls> {
  return await withinReach(plane, `project ${projectId}`, () => plane.projectTls.get(projectId, { fresh }));
}

// Changes: all in place, but for another project.

async function diff(context: Context, id: string, outputs: Props, inputs: Props): Promise<Difference> {
  const { memory } = context;
  memory.ownership.own(id);
  const moved = !isUnknown(inputs.projectId) && inputs.projectId !== projectOf(id);
  const edited = isEdited(outputs, inputs) || isUnknown(inputs.projectId);
  if (moved && inputs.allowLockout === true) memory.ownership.allowLockout(id);
  if (context.offline !== undefined || context.drift === "off") {
    if (context.offline !== undefined)
      memory.notices.skip(phrase`${subjectPhrase(subject(inputs, context))}: what is live`);
    return moved ? replace : inPlace(edited);
  }
  const plane = onProjects(boundPlane(context, outputs), ME);
  const live = await observe(plane, projectOf(id));
  if (moved) return replace;

  const comparisons = compareSettings(context, live, outputs, inputs);
  reportKept(context, id, inputs, comparisons);
  const ours = comparisons.filter((one) => !isLeft(one, inputs));
  const drift = driftsIn(ours, secretsOf(context, outputs), context.drift);
  if (drift.length > 0) reportOnce(context, id, { type: "drift", subject: subject(inputs, context), changes: drift });
  const drifts = ours.filter(({ drifted, differs }) => drifted && differs);
  if (context.drift === "fail" && drifts.length > 0) refuse([driftFailure(subject(inputs, context))]);
  await refuseChange(plane, live, ours, inputs);
  reportModes(context, subject(inputs, context), live);
  const changes = ours.some(({ differs, edited: ofProgram }) => differs && (ofProgram || context.drift === "correct"));
  return inPlace(edited || changes);
}

/** The other project is another resource: it takes over what is there, and then this one gives back what it found. */
const replace: Difference = { changes: true, replaces: ["projectId"], deleteBeforeReplace: false };

function inPlace(changes: boolean): Difference {
  return { changes, replaces: [], deleteBeforeReplace: false };
}

/** Only of what the program changes: whom putting drift back shuts out, drift has let in. */
async function refuseChange(
  plane: ProjectPlane,
  live: LiveProjectTls,
  comparisons: readonly Comparison[],
  inputs: Props,
): Promise<void> {
  const edits = comparisons.filter(({ edited, differs, wanted }) => edited && differs && !isUnknown(wanted));
  const wanted = Object.fromEntries(edits.map((one) => [one.property, one.wanted]));
  if (edits.length > 0) refuse(await changeFindings(plane, live, wanted, inputs.allowLockout === true));
}

function reportKept(context: Context, id: string, inputs: Props, comparisons: readonly Comparison[]): void {
  const left = comparisons.filter((one) => isLeft(one, inputs) && one.differs).map(({ property }) => property);
  if (left.length > 0)
    reportOnce(context, `${id} left`, { type: "kept", subject: subject(inputs, context), settings: left });
}

// Check

async function check(context: Context, olds: Props, news: Props) {
  const inputs = visible(news);
  const findings = errorsOf("ProjectTls", context.declared.name ?? "", inputs);
  const projectId = known(inputs.projectId);
  const creating = Object.keys(visible(olds)).length === 0;
  if (findings.length > 0 || !creating || projectId === undefined) return { inputs, findings };
  if (context.offline !== undefined) {
    context.memory.notices.skip(phrase`${subjectPhrase(subject(inputs, context))}: what its project has`);
    return { inputs, findings };
  }
  const plane = onProjects(context.plane(), ME);
  const live = await plane.projectTls.get(projectId);
  const differences = differencesOf(compare(declaredIn(inputs), settingsOf(live), {}, inputs));
  const wanted = Object.fromEntries(differences.map((one) => [one.property, one.wanted]));
  reportOnce(context, `${projectId} adopt`, {
    type: "adoption",
    subject: subject(inputs, context),
    object: `the TLS settings of project ${projectId}`,
    differences: shownOf(differences, secretsOf(context, {})),
  });
  reportModes(context, subject(inputs, context), live);
  if (differences.length === 0) return { inputs, findings };
  return { inputs, findings: await changeFindings(plane, live, wanted, inputs.allowLockout === true) };
}

// Read

async function read(context: Context, id: string, outputs: Props): Promise<Read> {
  const projectId = projectOf(id);
  // A refresh hands in what was recorded. Who asks by id alone gets all that there is.
  const refreshes = outputs.projectId !== undefined;
  if (context.offline !== undefined) {
    if (!refreshes) throw new Error(`ProjectTls ${id} cannot be read offline: ${context.offline}`);
    context.memory.notices.skip(phrase`${subjectPhrase(subject(outputs, context))}: its refresh`);
    return { id, inputs: visible(outputs), outputs };
  }
  const plane = onProjects(boundPlane(context, outputs), ME);
  const live = settingsOf(await observe(plane, projectId));
  const managed = refreshes ? managedIn(outputs) : PROJECT_TLS_SETTINGS;
  const kept = compare(managed, live, outputs, outputs)
    .filter(({ drifted }) => refreshes && !drifted)
    .map(({ property }) => property);
  const { allowLockout } = outputs;
  const inputs = visible({ ...only(live, managed), ...only(outputs, kept), projectId, allowLockout });
  const applied = outputs.__applied === undefined ? {} : { __applied: outputs.__applied };
  return {
    id,
    inputs,
    outputs: { ...inputs, ...applied, ...foundKept(outputs), ...bindingIn(outputs, plane, refreshes) },
  };
}

// Create and update

async function create(context: Context, inputs: Props): Promise<Created> {
  const id = known(inputs.projectId);
  if (id === undefined) throw new Error("ProjectTls: its project is not known");
  const plane = onProjects(context.plane(), ME);
  const live = await plane.projectTls.get(id, { fresh: true });
  await refuseChange(plane, live, compareSettings(context, live, {}, inputs), inputs);
  context.memory.ownership.adopt(id);
  try {
    return { id, outputs: await reconcile(context, plane, inputs, live, {}) };
  } catch (error) {
    // Kept in state, with what was found: a deletion puts that back.
    if (!mayHaveHappened(error)) throw error;
    throw new IncompleteError(error, { id, outputs: unsureOutputs(context, inputs, live) });
  }
}

async function update(context: Context, id: string, outputs: Props, inputs: Props): Promise<Props> {
  const plane = onProjects(boundPlane(context, outputs), ME);
  const live = await observe(plane, projectOf(id), true);
  const comparisons = compareSettings(context, live, outputs, inputs).filter((one) => !isLeft(one, inputs));
  await refuseChange(plane, live, comparisons, inputs);
  return await reconcile(context, plane, inputs, live, outputs);
}

async function reconcile(
  context: Context,
  plane: ProjectPlane,
  inputs: Props,
  before: LiveProjectTls,
  olds: Props,
): Promise<Props> {
  const { projectId } = before;
  // Sync
  const comparisons = compareSettings(context, before, olds, inputs).filter((one) => !isLeft(one, inputs));
  const differing = comparisons.filter(({ differs }) => differs);
  const left = context.drift === "correct" ? [] : differing.filter(({ edited }) => !edited);
  const changes = differing.filter((one) => !left.includes(one));
  const wanted = Object.fromEntries(changes.map((one) => [one.property, one.wanted]));
  const live =
    changes.length === 0 ? before : await plane.projectTls.update(projectId, changesTo(wanted, Object.keys(wanted)));
  // Return
  const outputs = outputsOf(context, inputs, { before, live, olds }, left);
  await waitForClusters(context, projectId, subject(inputs, context), { id: projectId, outputs });
  return outputs;
}

function outputsOf(
  context: Context,
  inputs: Props,
  { before, live, olds }: { readonly before: LiveProjectTls; readonly live: LiveProjectTls; readonly olds: Props },
  left: readonly Comparison[],
): Props {
  const settings = declaredIn(inputs);
  const { projectId, allowLockout } = inputs;
  const there = settingsOf(live);
  const written = visible({ ...only(there, settings), projectId, allowLockout });
  return {
    ...recordOf(context, { settings, live: there, written, inputs, olds, left }),
    ...foundWith(olds, inputs, before),
    ...bindingOf(context.plane()),
  };
}

/**
 * Of a change of which nobody knows whether it took place: as if it had, so that a deletion takes it for ours; but what
 * the program wants counts as new, so that the next run sends it where it is not there.
 */
function unsureOutputs(context: Context, inputs: Props, before: LiveProjectTls): Props {
  const settings = declaredIn(inputs);
  const changed = { ...before, ...only(inputs, settings) };
  const outputs = outputsOf(context, inputs, { before, live: changed, olds: {} }, []);
  const applied = appliedOf(outputs, settings);
  return { ...outputs, __applied: { ...applied, inputs: fingerprints(settingsOf(before), settings) } };
}

// Delete

/** Puts back what was found. Settings belong together: if one of them is somebody else's now, all stay. */
async function remove(context: Context, id: string, outputs: Props): Promise<void> {
  const { memory } = context;
  // Renamed in the program, and taken over under the new name: it is that resource's now.
  if (memory.ownership.isAdopted(id)) return;
  const plane = onProjects(boundPlane(context, outputs), ME);
  const live = await observe(plane, projectOf(id), true);
  const { back, moved } = returning(live, outputs);
  if (moved.length > 0) {
    reportOnce(context, `${id} left`, { type: "kept", subject: subject(outputs, context), settings: moved });
    return;
  }
  const settings = Object.keys(back);
  if (settings.length === 0) return;
  refuse(await changeFindings(plane, live, back, outputs.allowLockout === true || memory.ownership.allowsLockout(id)));
  await plane.projectTls.update(projectOf(id), changesTo(back, settings));
}
