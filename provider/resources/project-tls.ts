import type { Finding } from "../../schema/finding.ts";
import { PROJECT_TLS_SETTINGS } from "../../schema/project-tls.ts";
import type { Subject } from "../../schema/report.ts";
import { isUnknown } from "../../schema/unknown.ts";
import type { LiveProjectTls } from "../control-planes/control-plane.ts";
import { onProjects } from "../control-planes/planes.ts";
import type { Context, Definition, Phase, Props } from "./definition.ts";
import { reportOnce, warn } from "./findings.ts";
import { parseId } from "./ids.ts";
import { known } from "./known.ts";
import { differencesOf, shownOf } from "./lifecycle/adopt.ts";
import { lifecycle } from "./lifecycle/lifecycle.ts";
import type { Change, Existing } from "./lifecycle/resource.ts";
import { wayTo } from "./lifecycle/way.ts";
import { changeFindings, modeFindings, pathWarnings, reportModes } from "./live-rules/project-tls.ts";
import { appliedOf, type Comparison, compare, fingerprints } from "./state/compare.ts";
import {
  changesTo,
  compareSettings,
  declarableOf,
  declaredIn,
  foundWith,
  hasUnread,
  isLeft,
  leavesUnread,
  managedIn,
  neededIn,
  only,
  returning,
  settingsOf,
  stepsTo,
} from "./state/project-tls-settings.ts";
import { secretsOf } from "./state/record.ts";
import { visible } from "./state/visible.ts";

const ME = "a ProjectTls";

/**
 * The TLS settings of a project of Cloud Manager or Ops Manager. Every project has one set of them: the resource takes it
 * over, and a deletion restores the values of before, except for the mode.
 *
 * ```ts
 * new ProjectTls("tls", { projectId: "5f1e2d3c4b5a69788796a5b4", mode: "preferTLS", caFilePath: "/etc/mongodb/ca.pem" });
 * ```
 */
export const projectTls: Definition = lifecycle<{ readonly projectId: string }, LiveProjectTls>({
  kind: "ProjectTls",
  plural: "TLS settings",
  label,
  unchecked: { live: "the live settings", existing: "whether its project accepts it" },

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

  // Inputs and outputs: hidden `__found` holds the values to restore, see state/project-tls-settings.ts.
  settings: PROJECT_TLS_SETTINGS,
  controls: ["allowLockout"],
  withDefaults: visible,
  settingsOf: (live, around) =>
    around === undefined ? declarableOf(live) : visible(only(settingsOf(live), managedIn(around))),
  compare(context, live, outputs, inputs) {
    const comparisons = compareSettings(context, live, outputs, inputs);
    // A refresh compares the outputs with themselves.
    if (inputs !== outputs) reportKept(context, live, outputs, inputs, comparisons);
    if (leavesUnread(live, outputs)) onProjects(context.plane(), ME).projectTls.removeUnread(live.projectId);
    return comparisons.filter((one) => !isLeft(one, inputs));
  },
  hiddenOf: foundWith,
  // As if the change had happened, so that a deletion reverts it. The inputs count as new: the next run sends them.
  unsure(outputs, inputs, before) {
    const settings = declaredIn(inputs);
    const { echo: _, ...applied } = appliedOf(outputs, settings);
    const reverted = fingerprints(settingsOf(before), settings);
    // Only the first step to a mode is sent by then.
    const echo = { ...fingerprints(inputs, settings), ...only(reverted, ["mode"]) };
    return { ...outputs, __applied: { ...applied, inputs: reverted, echo } };
  },

  // Changes: all in place, but for another project; a mode step by step.
  stepsOf: stepsTo,
  waitsIn: ({ projectId }) => projectId,

  // Rules
  existing,
  changeFindings: findingsOf,
  /** Settings belong together: if another client has changed one of them, all stay. */
  async deletionFindings(context, { projectId }, { live, allowed, outputs }) {
    if (live === undefined) return [];
    const { back: wanted, moved, needed } = returning(live, outputs);
    const subject = subjectOf(context, outputs);
    if (moved.length > 0) {
      reportOnce(context, `${projectId} left`, { type: "kept", subject, settings: moved, because: "changed" });
      return [];
    }
    if (needed.length > 0)
      reportOnce(context, `${projectId} needed`, { type: "kept", subject, settings: needed, because: "in-use" });
    return await changeFindings(onProjects(context.plane(), ME), { live, wanted, reverted: {}, allowed });
  },

  // Server
  fits: (plane) => void onProjects(plane, ME),
  list: async (plane, { projectId }) => [await onProjects(plane, ME).projectTls.get(projectId)],
  isLive: () => true,
  get: (plane, { projectId }) => onProjects(plane, ME).projectTls.get(projectId, { fresh: true }),
  create: (plane, inputs) => onProjects(plane, ME).projectTls.get(String(inputs.projectId), { fresh: true }),
  update: (plane, { projectId }, _inputs, changes) =>
    onProjects(plane, ME).projectTls.update(projectId, changesTo(changes)),
  async delete(plane, { projectId }, live, outputs) {
    if (live === undefined) return;
    const { back, moved } = returning(live, outputs);
    const unread = leavesUnread(live, outputs) ? { unreadClusterCaFilePath: undefined } : {};
    const changes = { ...(moved.length > 0 ? {} : changesTo(back)), ...unread };
    if (Object.keys(changes).length > 0) await onProjects(plane, ME).projectTls.update(projectId, changes);
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
  const what = `the TLS settings of project ${projectId}`;
  const way = wayTo(context, { ...inputs, adopt: true }, { kind: "ProjectTls", id: projectId, what, phase });
  if (way.way === "refused") return { findings: [way.finding] };
  if (way.way === "handover") return { adopted: live, from: { ...way.owner, what }, findings: [] };
  if (phase === "apply") {
    const comparisons = compareSettings(context, live, {}, inputs);
    const edits = comparisons.filter(({ edited, differs }) => edited && differs);
    return { adopted: live, findings: await findingsOf(context, { inputs, live, changes: edits, phase }) };
  }
  const differences = differencesOf(compare(declaredIn(inputs), settingsOf(live), {}, inputs));
  reportOnce(context, `${projectId} adopt`, {
    type: "adoption",
    subject,
    object: what,
    differences: shownOf(differences, secretsOf(context, {})),
  });
  return { adopted: live, findings: await findingsOf(context, { inputs, live, changes: differences, phase }) };
}

/** Reverting drift locks out only those that drift has let in, but the server may refuse it like any other change. */
async function findingsOf(
  context: Context,
  { inputs, live, changes, reverts = [], phase }: Change<LiveProjectTls>,
): Promise<Finding[]> {
  const valuesOf = (comparisons: readonly Comparison[]) =>
    Object.fromEntries(comparisons.flatMap(({ property, wanted }) => (isUnknown(wanted) ? [] : [[property, wanted]])));
  const change = {
    live,
    wanted: valuesOf(changes),
    reverted: valuesOf(reverts),
    allowed: inputs.allowLockout === true,
  };
  const findings = [
    ...modeFindings(context, change, inputs, phase),
    ...(await changeFindings(onProjects(context.plane(), ME), change)),
  ];
  if (phase === "preview" && findings.length === 0) {
    warn(context, pathWarnings(live, inputs));
    reportModes(context, subjectOf(context, inputs), live, inputs);
  }
  return findings;
}

function reportKept(
  context: Context,
  live: LiveProjectTls,
  outputs: Props,
  inputs: Props,
  comparisons: readonly Comparison[],
): void {
  const subject = subjectOf(context, inputs);
  const moved = comparisons.filter((one) => isLeft(one, inputs) && one.differs).map(({ property }) => property);
  const needed = neededIn(live, outputs, inputs);
  const report = (settings: readonly string[], because: "changed" | "in-use") => {
    if (settings.length > 0)
      reportOnce(context, `${live.projectId} ${because}`, { type: "kept", subject, settings, because });
  };
  const setting = "clusterCaFilePath";
  if (hasUnread(outputs) && inputs[setting] !== undefined)
    reportOnce(context, `${live.projectId} unread`, { type: "unread", subject, setting });
  report(moved, "changed");
  report(needed, "in-use");
}
