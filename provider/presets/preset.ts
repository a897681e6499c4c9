import { z } from "zod";
import type { Finding } from "../../schema/finding.ts";
import type { AuthorizationType, IdpType } from "../../schema/identity-provider.ts";
import { knownIssues } from "../../schema/unknown.ts";
import { FindingError } from "../findings.ts";
import { finding } from "../rules/index.ts";

/** The inputs that a preset sets for people. The user sets the others: name, federation, domains. */
export interface WorkforceSettings {
  readonly idpType: "WORKFORCE";
  readonly authorizationType: AuthorizationType;
  readonly issuerUri: string;
  readonly audience: string;
  readonly clientId: string;
  readonly requestedScopes: readonly string[];
  readonly userClaim: string;
}

/** The same for programs. */
export interface WorkloadSettings {
  readonly idpType: "WORKLOAD";
  readonly authorizationType: AuthorizationType;
  readonly issuerUri: string;
  readonly audience: string;
  readonly userClaim: string;
}

export type PresetSettings = WorkforceSettings | WorkloadSettings;

/** From what people know of an identity provider to the inputs of an `IdentityProvider`. */
export interface Preset<O extends z.ZodType = z.ZodType, S extends PresetSettings = PresetSettings> {
  /** The name of the function in a program. */
  readonly name: string;
  /** The identity provider, as its maker calls it. */
  readonly title: string;
  readonly idpType: IdpType & S["idpType"];
  /** The options. Each description names the screen that shows the value. */
  readonly options: O;
  /** The default of the option `authorizationType`. */
  readonly authorizationType: AuthorizationType;
  /** From options that have been found right. */
  settings(options: z.output<O>): Omit<S, "idpType" | "authorizationType">;
}

/** The inputs that a preset makes of options, as given. @throws FindingError with all that is wrong with them */
export function settingsOf<O extends z.ZodType, S extends PresetSettings>(preset: Preset<O, S>, options: unknown): S {
  const checked = checkedOptions(preset.name, preset.options, options);
  const { authorizationType = preset.authorizationType } = checked as { authorizationType?: AuthorizationType };
  return { idpType: preset.idpType, authorizationType, ...preset.settings(checked) } as unknown as S;
}

/** Options that have been found right. @throws FindingError with all that is wrong with them */
export function checkedOptions<T extends z.ZodType>(name: string, schema: T, options: unknown): z.output<T> {
  const findings = optionFindings(name, schema, options);
  if (findings.length > 0) throw new FindingError(findings);
  return schema.parse(options);
}

/**
 * FED200 for everything that is wrong with options, of which parts may be unknown. No value is repeated in a text: what
 * is pasted into the wrong place may be a secret.
 */
export function optionFindings(name: string, schema: z.ZodType, options: unknown): Finding[] {
  return knownIssues(schema, options).flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) =>
        finding("FED200", {
          path: key,
          message: `${name} has no option "${key}"`,
          fix: `It takes ${optionNames(schema)}.`,
        }),
      );
    }
    const path = issue.path.map(String).join(".");
    const subject = path === "" ? `the argument of ${name}` : `"${path}" of ${name}`;
    const known = (issue.code === "custom" ? issue.params : undefined) as Partial<Fault> | undefined;
    const fix = known?.fix ?? descriptionOf(schema, issue.path[0]);
    return [
      finding("FED200", {
        path,
        message: `${subject} ${isMissing(options, issue.path) ? "is missing" : predicate(issue.message)}`,
        ...(known?.why === undefined ? {} : { why: known.why }),
        ...(fix === undefined ? {} : { fix }),
      }),
    ];
  });
}

/** Schemas of ids and the like say what they expect; those of presets go on after the name. */
function predicate(message: string): string {
  return message.startsWith("expected ") ? `is not valid: ${message}` : message;
}

/** A problem with a value. `message` continues after its name: "is a name, not an id". */
export interface Fault {
  readonly message: string;
  readonly why?: string;
  readonly fix: string;
}

/** A check for a schema: reports what `judge` finds, with its own words for why and fix. */
export function faults<T>(judge: (value: T) => Fault | undefined): z.core.CheckFn<T> {
  return (payload) => {
    const fault = judge(payload.value);
    if (fault === undefined) return;
    const { message, ...params } = fault;
    payload.issues.push({ code: "custom", input: payload.value, message, params });
  };
}

/** The same for options against each other: looked at also where one of them is wrong by itself, so that all is told. */
export function faultsTogether<T extends object>(judge: (options: T) => Fault | undefined): z.core.$ZodCheck<T> {
  const check = z.check<T>(faults(judge));
  check._zod.def.when = ({ value }) => typeof value === "object" && value !== null;
  return check;
}

/** The description of an option: where its value is found. Optional ones are wrapped. */
export function descriptionOf(schema: z.core.$ZodType, option: PropertyKey | undefined): string | undefined {
  const shape = (schema._zod.def as { shape?: Record<PropertyKey, z.ZodType> }).shape;
  return option === undefined ? undefined : shape?.[option]?.description;
}

function optionNames(schema: z.core.$ZodType): string {
  return Object.keys((schema._zod.def as { shape?: object }).shape ?? {}).join(", ");
}

function isMissing(options: unknown, path: readonly PropertyKey[]): boolean {
  if (path.length === 0) return options === undefined;
  return (
    path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], options) === undefined
  );
}
