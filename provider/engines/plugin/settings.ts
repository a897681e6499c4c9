import { z } from "zod";
import { defineFields, shapeOf } from "../../../schema/fields.ts";
import type { Finding } from "../../../schema/finding.ts";
import { providerFields } from "../../../schema/provider.ts";
import { isUnknown } from "../../../schema/unknown.ts";
import { planeNameOf } from "../../control-planes/credential-sources.ts";
import { findingsOf } from "../../findings.ts";
import type { Context, Props } from "../../resources/definition.ts";
import { DRIFT_MODES, driftMode } from "../../resources/lifecycle/drift-mode.ts";
import { waitLimit } from "../../resources/lifecycle/rollout.ts";
import { finding } from "../../rules/index.ts";
import { recordsDrift } from "../pulumi/drift-file.ts";
import { offlineReason } from "../pulumi/offline.ts";

/** The settings of the provider: the stack configuration under `mongofed:`, or the inputs of an explicit `Provider`. */
export const settingFields = defineFields({
  ...providerFields,
  credentials: {
    ...providerFields.credentials,
    schema: providerFields.credentials.schema.optional(),
    default: "the variables of MongoDB's own tools, then the keys of these settings",
  },
  plane: { ...providerFields.plane, schema: providerFields.plane.schema.unwrap().optional(), default: "`atlas`" },
  clientId: { schema: z.string().optional(), description: "The client id of a service account." },
  clientSecret: { schema: z.string().optional(), description: "The secret of the service account." },
  publicKey: { schema: z.string().optional(), description: "The public part of an API key." },
  privateKey: { schema: z.string().optional(), description: "The private part of the API key." },
  drift: {
    schema: z.enum(DRIFT_MODES).optional(),
    description:
      "The handling of values that were changed elsewhere: `correct` restores them, `warn` keeps them, `fail` ends the run, `off` does not read them.",
    default: "`correct`",
  },
  wait: {
    schema: z.string().optional(),
    description: "The longest wait for clusters to apply a change of users and roles: `90s`, `10m`, `1h`, or `off`.",
    default: "`10m`",
  },
  offline: {
    schema: z.boolean().optional(),
    description:
      "Checks and comparisons ask no control plane. Set it for a preview only: an update would compare nothing either.",
    default: "`false`, or `true` where no credentials are found",
  },
  names: {
    schema: z.string().optional(),
    description:
      "A file with names for the ids of groups, people and projects, for the access that a preview prints: CSV or JSON.",
    default: "the variable MONGOFED_NAMES",
  },
  deleteAdopted: {
    schema: z.boolean().optional(),
    description: "Allows the deletion of adopted objects.",
    default: "`false`",
  },
});

export const settingsSchema = shapeOf(settingFields);
export const SECRET_SETTINGS: ReadonlySet<string> = new Set(["clientSecret", "privateKey"]);

/** Inputs of a provider resource that are the engine's own. */
const ENGINE_KEYS: ReadonlySet<string> = new Set(["version", "pluginDownloadURL", "pluginChecksums", "__internal"]);

/** The settings as the core reads them. */
export interface Settings {
  readonly config: (key: string) => string | undefined;
  readonly drift: Context["drift"];
  readonly waitMs: number;
  readonly deletesAdopted: boolean;
}

/** @param name of the provider resource: with `credentials`, they are the only ones that count */
export function settingsOf(given: Props, name: string): Settings {
  const texts: Readonly<Record<string, string>> = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
  const named: Readonly<Record<string, string>> =
    texts.credentials === undefined ? texts : { ...texts, provider: name };
  const config = (key: string) => named[key];
  return {
    config,
    drift: recordsDrift() ? "warn" : driftMode(config("drift")),
    waitMs: waitLimit(config("wait")),
    deletesAdopted: config("deleteAdopted") === "true",
  };
}

/** All problems of the settings, as far as they are known. Never with a value: it may be a secret at the wrong place. */
export function settingFindings(given: Props): Finding[] {
  const known = Object.fromEntries(
    Object.entries(given).filter(([key, value]) => !ENGINE_KEYS.has(key) && !isUnknown(value)),
  );
  const strangers = Object.keys(known).filter((key) => !(key in settingFields));
  const config = (key: string) => settingsOfTexts(known)[key];
  const places = { env: {}, config };
  return [
    ...strangers.map((path) => finding("FED200", { path, message: `mongofed has no setting "${path}"` })),
    ...("credentials" in known ? credentialFindings(known) : []),
    ...problemsOf("plane", () => planeNameOf(places)),
    ...problemsOf("drift", () => driftMode(config("drift"))),
    ...problemsOf("wait", () => waitLimit(config("wait"))),
    ...problemsOf("offline", () =>
      offlineReason({ ...places, config: (key) => (key === "offline" ? config(key) : undefined) }),
    ),
  ];
}

function settingsOfTexts(given: Props): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, String(value)]));
}

function credentialFindings({ credentials }: Props): Finding[] {
  if (settingFields.credentials.schema.safeParse(credentials).success) return [];
  return [
    finding("FED415", { path: "credentials", message: "credentials are given by the name of environment variables" }),
  ];
}

function problemsOf(path: string, check: () => unknown): Finding[] {
  try {
    check();
    return [];
  } catch (error) {
    return findingsOf(error).map((one) => ({ ...one, path }));
  }
}
