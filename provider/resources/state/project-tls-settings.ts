import { TLS_MODES } from "../../../schema/automation-config.ts";
import { PROJECT_TLS_SETTINGS, type TlsMode } from "../../../schema/project-tls.ts";
import type { LiveProjectTls, PerProcess, TlsChanges, TlsSettings } from "../../control-planes/control-plane.ts";
import { type Context, isIgnored, type Props } from "../definition.ts";
import type { Step } from "../lifecycle/resource.ts";
import { appliedOf, type Comparison, compare, fingerprint, fingerprints } from "./compare.ts";
import { isBetween, modeSteps } from "./tls-steps.ts";
import { visible } from "./visible.ts";

/**
 * The TLS settings that are the stack's: those that the program names. State records the values that they had before,
 * to restore them later; an empty text stands for none. All others are foreign. The mode is never restored, because a
 * lower mode would expose tokens.
 */
const FOUND = "__found";
/** The same for settings of processes: earlier versions recorded theirs in `__found` and never reached a process. */
const FOUND_IN_PROCESSES = "__foundInProcesses";
type Setting = keyof TlsSettings;
type Found = Readonly<Partial<Record<Setting, PerProcess>>>;

const CLUSTER = "clusterCaFilePath";
const CA_PATHS = ["caFilePath", "caFilePathWindows"] as const;

function foundIn(outputs: Props): Found {
  const { [CLUSTER]: _, ...found } = (outputs[FOUND] ?? {}) as Found;
  return { ...found, ...((outputs[FOUND_IN_PROCESSES] ?? {}) as Found) };
}

/** The settings that these inputs name. */
export function declaredIn(inputs: Props): readonly Setting[] {
  return PROJECT_TLS_SETTINGS.filter((setting) => inputs[setting] !== undefined);
}

/** The settings that the last run managed; of a state that an import wrote, those that stand in it. */
export function managedIn(outputs: Props): readonly Setting[] {
  return PROJECT_TLS_SETTINGS.filter((setting) => setting in foundIn(outputs) || outputs[setting] !== undefined);
}

/** The settings as texts: `preferTLS on orders-0; none on orders-1` where processes differ. */
export function settingsOf(live: LiveProjectTls): Props {
  return visible(Object.fromEntries(PROJECT_TLS_SETTINGS.map((setting) => [setting, textOf(live[setting])])));
}

/** The settings that one text can declare. */
export function declarableOf(live: LiveProjectTls): Props {
  return visible(
    only(
      live,
      PROJECT_TLS_SETTINGS.filter((setting) => typeof live[setting] === "string"),
    ),
  );
}

function textOf(value: PerProcess | undefined): string | undefined {
  if (typeof value !== "object") return value;
  const names = new Map<string, string[]>();
  for (const [name, one] of Object.entries(value))
    names.set(one || "none", [...(names.get(one || "none") ?? []), name]);
  return [...names].map(([one, on]) => `${one} on ${on.join(", ")}`).join("; ");
}

/**
 * Compares the settings that the program names with the live ones, and those that it no longer names with the values that
 * they had before. The live value of a newly named setting counts as recorded, so it is no drift.
 */
export function compareSettings({ declared }: Context, live: LiveProjectTls, outputs: Props, inputs: Props) {
  const named = declaredIn(inputs).filter((setting) => !isIgnored(declared, setting));
  const found = foundIn(outputs);
  const needed = neededIn(live, outputs, inputs);
  const unnamed = leavingSettings(outputs, inputs).filter((setting) => !needed.includes(setting));
  const texts = settingsOf(live);
  const fresh = fingerprints(
    texts,
    named.filter((setting) => !managedIn(outputs).includes(setting)),
  );
  const applied = appliedOf(outputs, PROJECT_TLS_SETTINGS);
  const recorded = {
    ...outputs,
    __applied: { inputs: { ...applied.inputs, ...fresh }, echo: { ...applied.echo, ...fresh } },
  };
  const before = Object.fromEntries(unnamed.map((setting) => [setting, textOf(found[setting])]));
  const compared = compare([...named, ...unnamed], texts, recorded, { ...only(inputs, named), ...before }).map(
    (one) => {
      if (one.property in before) return { ...one, wanted: found[one.property as Setting] };
      return one.property === "mode" && isStep(one, applied.echo.mode) ? { ...one, drifted: false } : one;
    },
  );
  return compared.map((one) =>
    one.property === CLUSTER && !one.edited && hasUnread(outputs) ? unread(one, compared) : one,
  );
}

/** The stack no longer owns a setting that another client has changed and the program no longer names. */
export function isLeft({ property, drifted }: Comparison, inputs: Props): boolean {
  return drifted && inputs[property] === undefined;
}

/** Returns whether an interrupted run of this stack has set the mode, and no other client has. */
function isStep({ live, wanted, edited }: Comparison, echo = ""): boolean {
  return (
    edited &&
    isBetween(
      live,
      TLS_MODES.find((mode) => fingerprint(mode) === echo),
      wanted,
    )
  );
}

/** Whether an earlier version recorded a cluster CA file, which no process has got. */
export function hasUnread(outputs: Props): boolean {
  return CLUSTER in ((outputs[FOUND] ?? {}) as Found) && outputs[FOUND_IN_PROCESSES] === undefined;
}

/** An upgrade causes no difference: processes get the file together with the next change of the program. */
function unread(one: Comparison, all: readonly Comparison[]): Comparison {
  const changes = all.some(({ property, edited, differs }) => property !== CLUSTER && edited && differs);
  return { ...one, drifted: false, differs: changes && fingerprint(one.live) !== fingerprint(one.wanted) };
}

/** The settings that the program no longer names, as far as their values of before are recorded. */
function leavingSettings(outputs: Props, inputs: Props): readonly Setting[] {
  return PROJECT_TLS_SETTINGS.filter((setting) => setting in foundIn(outputs) && inputs[setting] === undefined);
}

/** The CA paths that the program no longer names and that stay all the same, because processes with TLS need one. */
export function neededIn(live: LiveProjectTls, outputs: Props, inputs: Props): readonly string[] {
  const leaving = leavingSettings(outputs, inputs);
  return neededOf(live, leaving, { ...only(foundIn(outputs), leaving), ...inputs });
}

function neededOf(live: LiveProjectTls, leaving: readonly string[], after: Props): readonly string[] {
  const inUse = live.processes.some(({ mode, hasCaFile }) => mode !== "disabled" && !hasCaFile);
  if (!inUse || CA_PATHS.some((path) => (path in after ? after[path] : live[path]))) return [];
  return CA_PATHS.filter((path) => leaving.includes(path) && live[path] !== undefined);
}

/** As the port takes them. */
export function changesTo(wanted: Props): TlsChanges {
  return Object.fromEntries(Object.entries(wanted).map(([setting, value]) => [setting, value || undefined]));
}

/**
 * Several writes where the mode changes, each after the Agents have applied the one before. Other settings come first,
 * and last where TLS is turned off: as long as it is on, processes need their paths.
 */
export function stepsTo(changes: Props, live: LiveProjectTls, outputs: Props): readonly Step[] {
  const { mode, ...settings } = changes;
  const others = leavesUnread(live, outputs) ? { ...settings, unreadClusterCaFilePath: "" } : settings;
  const modes: Props[] =
    mode === undefined ? [] : modeSteps(live.processes, mode as TlsMode).map((step) => ({ mode: step }));
  const last = mode === "disabled" ? modes.length - 1 : 0;
  const writes =
    modes.length === 0 ? [others] : modes.map((one, index) => (index === last ? { ...others, ...one } : one));
  return writes
    .filter((write) => Object.keys(write).length > 0)
    .map((write) => ({ changes: write, afterRollout: "mode" in write }));
}

/** Whether the document still holds the key that an earlier version wrote, with the value that it recorded. */
export function leavesUnread({ unreadClusterCaFilePath }: LiveProjectTls, outputs: Props): boolean {
  const { echo } = appliedOf(outputs, PROJECT_TLS_SETTINGS);
  return (
    unreadClusterCaFilePath !== undefined &&
    hasUnread(outputs) &&
    fingerprint(unreadClusterCaFilePath) === echo[CLUSTER]
  );
}

/** The values to restore later: for a setting that is new to the stack, the value before its first change. */
export function foundWith(outputs: Props, inputs: Props, before: LiveProjectTls): Props {
  const known = foundIn(outputs);
  const foundOf = (setting: Setting) => known[setting] ?? before[setting] ?? "";
  const declared = declaredIn(inputs).filter((setting) => setting !== "mode");
  const inProject = declared.filter((setting) => setting !== CLUSTER);
  return {
    [FOUND]: Object.fromEntries(inProject.map((setting) => [setting, foundOf(setting)])),
    ...(declared.includes(CLUSTER) ? { [FOUND_IN_PROCESSES]: { [CLUSTER]: foundOf(CLUSTER) } } : {}),
  };
}

/** The settings of a deletion: settings to restore, those that another client has changed since, and those in use. */
export function returning(
  live: LiveProjectTls,
  outputs: Props,
): { readonly back: Props; readonly moved: readonly string[]; readonly needed: readonly string[] } {
  const found = foundIn(outputs);
  const { echo } = appliedOf(outputs, PROJECT_TLS_SETTINGS);
  const texts = settingsOf(live);
  const differing = PROJECT_TLS_SETTINGS.filter(
    (setting) => setting in found && fingerprint(texts[setting]) !== fingerprint(textOf(found[setting])),
  );
  const needed = neededOf(live, differing, found);
  return {
    back: only(
      found,
      differing.filter((setting) => !needed.includes(setting)),
    ),
    moved: differing.filter((setting) => fingerprint(texts[setting]) !== (echo[setting] ?? "")),
    needed,
  };
}

export function only(props: object, keys: readonly string[]): Props {
  return Object.fromEntries(keys.map((key) => [key, (props as Props)[key]]));
}
