import type { Finding } from "../../schema/finding.ts";
import { PROJECT_TLS_SETTINGS } from "../../schema/project-tls.ts";
import type { Subject } from "../../schema/report.ts";
import { isUnknown } from "../../schema/unknown.ts";
import type { LiveProjectTls } from "../control-planes/control-plane.ts";
import { onProjects } from "../control-planes/planes.ts";
import type { Context, Definition, Phase, Props } from "./definition.ts";
import { reportOnce } from "./findings.ts";
import { parseId } from "./ids.ts";
import { known } from "./known.ts";
import { differencesOf, shownOf } from "./lifecycle/adopt.ts";
import { lifecycle } from "./lifecycle/lifecycle.ts";
import type { Existing } from "./lifecycle/resource.ts";
import { changeFindings, reportModes } from "./live-rules/project-tls.ts";
import { appliedOf, type Comparison, compare, fingerprints } from "./state/compare.ts";
import {
  changesTo,
  compareSettings,
  declaredIn,
  foundWith,
  isLeft,
  managedIn,
  only,
  returning,
  settingsOf,
} from "./state/project-tls-settings.ts";
import { secretsOf } from "./state/record.ts";
import { visible } from "./state/visible.ts";

const ME = "a ProjectTls";

/**
 * The TLS settings of a project of Cloud Manager or Ops Manager: one set, which always exists. It is never created or
 * deleted, but taken over and given back.
 *
 * ```ts
 * new ProjectTls("tls", { projectId: "5f1e2d3c4b5a69788796a5b4", caFilePath: "/etc/mongodb/ca.pem" });
 * ```
 */
export const projectTls: Definition = lifecycle<{ readonly projectId: string }, LiveProjectTls>({
  kind: "ProjectTls",
  plural: "TLS settings",
  label,
  unchecked: { live: "what is live", existing: "what its project has" },

  // Identity: its project. Another project is another resource: it takes over, and then this one gives back.
  parse: (id) => parseId("ProjectTls", id, ["projectId"]),
  idOf: ({ projectId }) => projectId,
  keyOf(inputs) {
    const projectId = known(inputs.projectId);
    return projectId === undefined ? undefined : { projectId };
  },
  keyOfLive: ({ projectId }) => ({ projectId }),
  scopeOf: ({ projectId }) => `project ${projectId}`,
  identity: ["projectId"],
  identityOf: ({ projectId }) => ({ projectId }),
  mark: "projectId",
  moved: ({ projectId }, inputs) =>
    isUnknown(inputs.projectId) || inputs.projectId === projectId ? [] : ["projectId"],
  named: "projectId",

  // Inputs and outputs: hidden `__found` holds the values to put back, see state/project-tls-settings.ts.
  settings: PROJECT_TLS_SETTINGS,
  controls: ["allowLockout"],
  withDefaults: visible,
  settingsOf: (live, around) =>
    around === undefined ? settingsOf(live) : visible(only(settingsOf(live), managedIn(around))),
  compare(context, live, outputs, inputs) {
    const comparisons = compareSettings(context, live, outputs, inputs);
    // A refresh compares the outputs with themselves.
    if (inputs !== outputs) reportKept(context, live.projectId, inputs, comparisons);
    return comparisons.filter((one) => !isLeft(one, inputs));
  },
  hiddenOf: foundWith,
  // As if the change had happened, so that a deletion reverts it. The inputs count as new: the next run sends them.
  unsure(outputs, inputs, before) {
    const settings = declaredIn(inputs);
    const { echo, ...applied } = appliedOf(outputs, settings);
    const prints = { inputs: fingerprints(settingsOf(before), settings), echo: fingerprints(inputs, settings) };
    return { ...outputs, __applied: { ...applied, ...prints } };
  },

  // Changes: all in place, but for another project.
  waitsIn: ({ projectId }) => projectId,

  // Rules
  existing,
  async changeFindings(context, { inputs, live, changes, phase }) {
    const found = await edited(context, live, inputs, changes);
    if (phase === "preview" && found.length === 0) reportModes(context, subjectOf(context, inputs), live);
    return found;
  },
  /** Settings belong together: if somebody else has changed one of them, all stay. */
  async deletionFindings(context, { projectId }, { live, allowed, outputs }) {
    if (live === undefined) return [];
    const { back, moved } = returning(live, outputs);
    if (moved.length > 0) {
      const subject = subjectOf(context, outputs);
      reportOnce(context, `${projectId} left`, { type: "kept", subject, settings: moved });
      return [];
    }
    return await changeFindings(onProjects(context.plane(), ME), live, back, allowed);
  },

  // Server
  fits: (plane) => void onProjects(plane, ME),
  list: async (plane, { projectId }) => [await onProjects(plane, ME).projectTls.get(projectId)],
  isLive: () => true,
  get: (plane, { projectId }) => onProjects(plane, ME).projectTls.get(projectId, { fresh: true }),
  create: (plane, inputs) => onProjects(plane, ME).projectTls.get(String(inputs.projectId), { fresh: true }),
  update: (plane, { projectId }, _inputs, changes) =>
    onProjects(plane, ME).projectTls.update(projectId, changesTo(changes, Object.keys(changes))),
  async delete(plane, { projectId }, live, outputs) {
    if (live === undefined) return;
    const { back, moved } = returning(live, outputs);
    const settings = Object.keys(back);
    if (moved.length > 0 || settings.length === 0) return;
    await onProjects(plane, ME).projectTls.update(projectId, changesTo(back, settings));
  },
});

function label({ projectId }: Props): string {
  return `project ${known(projectId) ?? "?"}`;
}

function subjectOf({ declared }: Context, props: Props): Subject {
  return { kind: "ProjectTls", name: declared.name, label: label(props) };
}

/** The settings of the project exist already, so a new resource always takes them over. */
async function existing(
  context: Context,
  inputs: Props,
  subject: Subject,
  phase: Phase,
): Promise<Existing<LiveProjectTls>> {
  const projectId = known(inputs.projectId);
  if (projectId === undefined) return { findings: [] };
  const plane = onProjects(context.plane(), ME);
  const live = await plane.projectTls.get(projectId, { fresh: phase === "apply" });
  if (phase === "apply") {
    const comparisons = compareSettings(context, live, {}, inputs);
    const edits = comparisons.filter(({ edited, differs }) => edited && differs);
    return { adopted: live, findings: await edited(context, live, inputs, edits) };
  }
  const differences = differencesOf(compare(declaredIn(inputs), settingsOf(live), {}, inputs));
  reportOnce(context, `${projectId} adopt`, {
    type: "adoption",
    subject,
    object: `the TLS settings of project ${projectId}`,
    differences: shownOf(differences, secretsOf(context, {})),
  });
  reportModes(context, subject, live);
  return { adopted: live, findings: await edited(context, live, inputs, differences) };
}

/** Judges only changes that the program asks for: putting drift back shuts out only those that drift has let in. */
async function edited(
  context: Context,
  live: LiveProjectTls,
  inputs: Props,
  changes: readonly Comparison[],
): Promise<Finding[]> {
  const edits = changes.filter(({ wanted }) => !isUnknown(wanted));
  if (edits.length === 0) return [];
  const wanted = Object.fromEntries(edits.map((one) => [one.property, one.wanted]));
  return await changeFindings(onProjects(context.plane(), ME), live, wanted, inputs.allowLockout === true);
}

function reportKept(context: Context, id: string, inputs: Props, comparisons: readonly Comparison[]): void {
  const settings = comparisons.filter((one) => isLeft(one, inputs) && one.differs).map(({ property }) => property);
  if (settings.length === 0) return;
  reportOnce(context, `${id} left`, { type: "kept", subject: subjectOf(context, inputs), settings });
}
