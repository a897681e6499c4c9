import { type Field, settingsOf } from "../../schema/fields.ts";
import {
  type IdentityProviderSettings,
  identityProviderFields,
  identityProviderShape,
} from "../../schema/identity-provider.ts";
import type { PlaneKind } from "../../schema/plane.ts";

/** Converts between the settings of an identity provider and the documents of a control plane, by the field table. */

type Setting = keyof IdentityProviderSettings;
type Types = Pick<IdentityProviderSettings, "idpType" | "authorizationType">;

const SETTINGS = settingsOf(identityProviderFields);

/** The settings that a control plane stores under a name of ours: it may express the two types in other words. */
export function plainSettings(plane: PlaneKind): readonly Setting[] {
  return SETTINGS.filter((setting) => applies(setting, plane, {}) && !TYPES.has(setting));
}

const TYPES: ReadonlySet<Setting> = new Set(["idpType", "authorizationType"]);

/** The name of a setting in the documents of a control plane. */
export function wireName(setting: Setting, plane: PlaneKind): string {
  return fieldOf(setting).wire?.[plane] ?? setting;
}

/** Whether an identity provider of these types has the setting. Types that are not given exclude nothing. */
export function applies(setting: Setting, plane: PlaneKind, types: Partial<Types>): boolean {
  const { plane: only = plane, when = {} } = fieldOf(setting);
  const excluded = Object.entries(when).some(([input, value]) => (types[input as keyof Types] ?? value) !== value);
  return only === plane && !excluded;
}

/**
 * Reads the settings from a document. Null, an empty text and a missing key all mean none, and so does a value that
 * the types do not have: servers keep some of those.
 */
export function readSettings(
  plane: PlaneKind,
  document: Readonly<Record<string, unknown>>,
  { idpType, authorizationType }: Types,
): IdentityProviderSettings {
  const types = { idpType, authorizationType };
  const read = (setting: Setting) => {
    const value = applies(setting, plane, types) ? document[wireName(setting, plane)] : undefined;
    return value === undefined || value === null || value === "" ? missing(setting) : value;
  };
  const settings = Object.fromEntries(SETTINGS.map((setting) => [setting, read(setting)]));
  return { ...settings, ...types } as unknown as IdentityProviderSettings;
}

/** The default, or none. */
function missing(setting: Setting): unknown {
  const parsed = identityProviderShape.shape[setting].safeParse(undefined);
  return parsed.success ? parsed.data : "";
}

/** Tells which settings the control plane does not have, of those that are given. */
export function foreignSettings(plane: PlaneKind, settings: Partial<IdentityProviderSettings>): Setting[] {
  return SETTINGS.filter((setting) => {
    const value = settings[setting];
    return !applies(setting, plane, {}) && value !== undefined && !(Array.isArray(value) && value.length === 0);
  });
}

function fieldOf(setting: Setting): Field {
  return identityProviderFields[setting];
}
