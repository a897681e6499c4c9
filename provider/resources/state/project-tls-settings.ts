import { PROJECT_TLS_SETTINGS } from "../../../schema/project-tls.ts";
import type { LiveProjectTls, TlsSettings } from "../../control-planes/control-plane.ts";
import { type Context, isIgnored, type Props } from "../definition.ts";
import { appliedOf, type Comparison, compare, fingerprint, fingerprints } from "./compare.ts";
import { visible } from "./visible.ts";

/**
 * Which of a project's TLS settings are the stack's. Those that the program names: what they were before is recorded as
 * found, by setting, an empty text standing for none, to be put back one day. All others belong to somebody else.
 */
const FOUND = "__found";
type Found = Readonly<Partial<Record<keyof TlsSettings, string>>>;

function foundIn(outputs: Props): Found {
  return (outputs[FOUND] ?? {}) as Found;
}

/** The settings that these inputs name. */
export function declaredIn(inputs: Props): readonly (keyof TlsSettings)[] {
  return PROJECT_TLS_SETTINGS.filter((setting) => inputs[setting] !== undefined);
}

/** Those that the last run has had in hand; of a state that an import wrote, those that stand in it. */
export function managedIn(outputs: Props): readonly (keyof TlsSettings)[] {
  return PROJECT_TLS_SETTINGS.filter((setting) => setting in foundIn(outputs) || outputs[setting] !== undefined);
}

export function settingsOf(live: LiveProjectTls): Props {
  return visible(Object.fromEntries(PROJECT_TLS_SETTINGS.map((setting) => [setting, live[setting]])));
}

/**
 * What the program names against what is live; and what it names no more, which is to be again what it was. A setting
 * that is new to the program counts as recorded the way it is: nobody has changed it behind the stack's back.
 */
export function compareSettings({ declared }: Context, live: LiveProjectTls, outputs: Props, inputs: Props) {
  const named = declaredIn(inputs).filter((setting) => !isIgnored(declared, setting));
  const unnamed = leavingSettings(outputs, inputs);
  const found = settingsOf(live);
  const fresh = fingerprints(
    found,
    named.filter((setting) => !managedIn(outputs).includes(setting)),
  );
  const applied = appliedOf(outputs, PROJECT_TLS_SETTINGS);
  const recorded = {
    ...outputs,
    __applied: { inputs: { ...applied.inputs, ...fresh }, echo: { ...applied.echo, ...fresh } },
  };
  const wanted = { ...only(inputs, named), ...only(foundIn(outputs), unnamed) };
  return compare([...named, ...unnamed], found, recorded, wanted);
}

/** What somebody has changed since, and the program names no more, is somebody else's now. */
export function isLeft({ property, drifted }: Comparison, inputs: Props): boolean {
  return drifted && inputs[property] === undefined;
}

/** The settings that the program names no more, of those of which is known what they were before. */
function leavingSettings(outputs: Props, inputs: Props): readonly (keyof TlsSettings)[] {
  return PROJECT_TLS_SETTINGS.filter((setting) => setting in foundIn(outputs) && inputs[setting] === undefined);
}

/** As the port takes them. */
export function changesTo(wanted: Props, settings: readonly string[]): Partial<TlsSettings> {
  return Object.fromEntries(settings.map((setting) => [setting, wanted[setting] || undefined]));
}

/** What is recorded as found: of what is new to the stack what is live before its first change. */
export function foundWith(outputs: Props, inputs: Props, before: LiveProjectTls): Props {
  const known = foundIn(outputs);
  return {
    [FOUND]: Object.fromEntries(
      declaredIn(inputs).map((setting) => [setting, known[setting] ?? before[setting] ?? ""]),
    ),
  };
}

/** What a deletion is to do: settings to put back, and those that somebody has changed since. */
export function returning(live: LiveProjectTls, outputs: Props): { readonly back: Props; readonly moved: string[] } {
  const found = foundIn(outputs);
  const { echo } = appliedOf(outputs, PROJECT_TLS_SETTINGS);
  const ours = PROJECT_TLS_SETTINGS.filter((setting) => setting in found);
  const differing = ours.filter((setting) => fingerprint(live[setting]) !== fingerprint(found[setting]));
  return {
    back: only(found, differing),
    moved: differing.filter((setting) => fingerprint(live[setting]) !== (echo[setting] ?? "")),
  };
}

export function only(props: Props, keys: readonly string[]): Props {
  return Object.fromEntries(keys.map((key) => [key, props[key]]));
}
