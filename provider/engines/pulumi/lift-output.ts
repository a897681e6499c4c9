import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { Location } from "../../../schema/finding.ts";
import type { AuthorizationType } from "../../../schema/identity-provider.ts";
import { UNKNOWN } from "../../../schema/unknown.ts";
import { errorText, FindingError, formatFinding } from "../../findings.ts";
import {
  optionFindings,
  type Preset,
  type PresetSettings,
  settingsOf,
  type WorkforceSettings,
  type WorkloadSettings,
} from "../../presets/preset.ts";
import { recordFindings } from "./findings-file.ts";
import { whereCalled } from "./gate/location.ts";
import { pulumiTerms } from "./terms.ts";

/**
 * Lifts functions of plain values, such as presets and principals, to promises and outputs. Plain arguments are checked
 * at once and give plain results; others are checked when they are known. The inputs that select a TypeScript type are
 * always plain.
 */

/** The inputs that a preset builds, to be spread into the inputs of an `IdentityProvider`. */
export type PresetInputs<S extends PresetSettings, A extends AuthorizationType> = {
  readonly [K in keyof Omit<S, "idpType" | "authorizationType">]: pulumi.Input<
    S[K] extends readonly string[] ? string[] : S[K]
  >;
} & { readonly idpType: S["idpType"]; readonly authorizationType: A };

export type WorkforcePreset<A extends AuthorizationType> = PresetInputs<WorkforceSettings, A>;
export type WorkloadPreset<A extends AuthorizationType> = PresetInputs<WorkloadSettings, A>;

/** Builds the inputs of a preset: plain values if the arguments are plain, else outputs. The two types are always plain. */
export function liftSettings<S extends PresetSettings, A extends AuthorizationType>(
  preset: Preset<z.ZodType, S>,
  args: object,
): PresetInputs<S, A> {
  const report = reporter(preset.name);
  if (isPlain(args)) return report(() => settingsOf(preset, args)) as unknown as PresetInputs<S, A>;
  // Plain arguments are checked now, also if others come later.
  report(() => {
    const findings = optionFindings(preset.name, preset.options, withUnknowns(args));
    if (findings.length > 0) throw new FindingError(findings);
  });
  const settings = known(args).apply((options) => report(() => settingsOf(preset, options)));
  const later = (key: string) => settings.apply((made) => (made as unknown as Record<string, unknown>)[key]);
  const { authorizationType = preset.authorizationType } = args as { authorizationType?: AuthorizationType };
  const outputs = SETTINGS[preset.idpType].map((key) => [key, later(key)] as const);
  return { idpType: preset.idpType, authorizationType, ...Object.fromEntries(outputs) } as unknown as PresetInputs<
    S,
    A
  >;
}

/** The inputs that a preset sets besides the two types. */
const SETTINGS = {
  WORKFORCE: ["issuerUri", "audience", "clientId", "requestedScopes", "userClaim"],
  WORKLOAD: ["issuerUri", "audience", "userClaim"],
} as const satisfies {
  WORKFORCE: readonly (keyof WorkforceSettings)[];
  WORKLOAD: readonly (keyof WorkloadSettings)[];
};

/** Builds a text, such as a principal: plain if `given` is plain, else an output. */
export function liftText(name: string, of: (given: unknown) => string, given: unknown): pulumi.Input<string> {
  const report = reporter(name);
  if (isPlain(given)) return report(() => of(given));
  return known(given).apply((settled) => report(() => of(settled)));
}

/** Runs a task whose findings end the program, with the place where `name` was called. */
function reporter(name: string): <T>(task: () => T) => T {
  const location = whereCalled(name);
  return (task) => {
    try {
      return task();
    } catch (error) {
      throw asRunError(error, location);
    }
  };
}

/** Returns an error that ends a program with its text alone. Findings are recorded with their location. */
export function asRunError(error: unknown, location: Location): Error {
  if (!(error instanceof FindingError)) {
    const text = errorText(error, pulumiTerms);
    const { label, file, line, column } = location;
    return new pulumi.RunError(`${text}\n  in   ${label}, ${file}:${line}:${column}`);
  }
  const findings = error.findings.map((finding) => ({ ...finding, locations: [location] }));
  recordFindings(findings);
  const failure = new pulumi.RunError(findings.map((finding) => formatFinding(finding, pulumiTerms)).join("\n"));
  // Engines print the stack of an error that nothing awaits.
  if (process.env.MONGOFED_DEBUG !== "1") failure.stack = failure.message;
  return failure;
}

/** Wraps a value of any type in an output; Pulumi's own types cannot express its unwrapped type. */
function known(value: unknown): pulumi.Output<unknown> {
  return pulumi.output(value) as pulumi.Output<unknown>;
}

/** Whether the value contains no promise and no output. */
export function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return !isLater(value) && Object.values(value).every(isPlain);
}

function isLater(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

function withUnknowns(args: object): object {
  return Object.fromEntries(Object.entries(args).map(([key, value]) => [key, isLater(value) ? UNKNOWN : value]));
}
