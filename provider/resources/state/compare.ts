import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { canonicalText } from "../../../schema/canonical.ts";
import { containsUnknown } from "../../../schema/unknown.ts";
import type { Props } from "../definition.ts";

/**
 * The values of the last apply, which distinguish drift from an edit: the sent values, and the server's form of them.
 * They are fingerprints: an engine encrypts a secret only under the input's own name, so a copy elsewhere would be
 * plain text in the state.
 */
export interface Applied {
  readonly inputs: Readonly<Record<string, string>>;
  readonly echo: Readonly<Record<string, string>>;
  /** Inputs that the program marked as secret. */
  readonly secrets?: readonly string[];
}

/** One property with its live, recorded and wanted value. */
export interface Comparison {
  readonly property: string;
  readonly live: unknown;
  /** The recorded value, or `undefined` with `recordedKnown` false after a refresh replaced it with the live value. */
  readonly recorded: unknown;
  readonly recordedKnown: boolean;
  readonly wanted: unknown;
  /** The live value differs from the value after the last run, so another client has changed it. */
  readonly drifted: boolean;
  /** The program's value differs from the one at the last run. */
  readonly edited: boolean;
  /** The property must be sent: the server's value differs from the wanted one in more than its form. */
  readonly differs: boolean;
}

/** The same for equal values; lists compare as sets, and null, an empty text, an empty list and nothing are the same. */
export function fingerprint(value: unknown): string {
  const text = canonicalText(value, isEmpty);
  return text === undefined ? "" : createHash("sha256").update(text).digest("base64url").slice(0, 22);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

export function fingerprints(props: Props, keys: readonly string[]): Record<string, string> {
  const known = keys.map((key) => [key, fingerprint(props[key])] as const).filter(([, print]) => print !== "");
  return Object.fromEntries(known);
}

/** The applied values without those that can be derived: `inputs` from the outputs, and `echo` from `inputs`. */
type RecordedApplied = Partial<Applied>;

/** Outputs without a record count as applied: an import wrote them, or the record would repeat them. */
export function appliedOf(outputs: Props, keys: readonly string[]): Applied {
  const { inputs, echo, ...rest } = (outputs.__applied ?? {}) as RecordedApplied;
  const prints = inputs ?? fingerprints(outputs, keys);
  return { ...rest, inputs: prints, echo: echo ?? prints };
}

/** Returns outputs without the applied values that can be derived from them. `keys` are all compared properties. */
export function compacted(outputs: Props, keys: readonly string[]): Props {
  const applied = outputs.__applied as Applied | undefined;
  return applied === undefined ? outputs : { ...outputs, __applied: recordedApplied(applied, outputs, keys) };
}

/** Where an input is secret, nothing is left out, because engines remove secret outputs when they pass a state on. */
function recordedApplied(applied: Applied, outputs: Props, keys: readonly string[]): RecordedApplied {
  const { inputs, echo, ...rest } = applied;
  if (rest.secrets !== undefined) return applied;
  return {
    ...rest,
    ...(isDeepStrictEqual(inputs, fingerprints(outputs, keys)) ? {} : { inputs }),
    ...(isDeepStrictEqual(echo, inputs) ? {} : { echo }),
  };
}

/**
 * Returns the applied values after a read that gave the outputs other values. A complete record stays as it is, because
 * a refresh after an upgrade must change nothing.
 */
export function appliedIn(outputs: Props, read: Props, keys: readonly string[]): Props {
  const recorded = outputs.__applied as RecordedApplied | undefined;
  if (recorded === undefined || (recorded.inputs !== undefined && recorded.echo !== undefined)) return {};
  return { __applied: recordedApplied(appliedOf(outputs, keys), read, keys) };
}

/**
 * Compares property by property. A server may write a value in its own way (trimmed, sorted): as long as neither it
 * nor the program has moved since, that is no difference.
 */
export function compare(keys: readonly string[], live: Props, outputs: Props, wanted: Props): Comparison[] {
  const applied = appliedOf(outputs, keys);
  return keys.map((property) => {
    const want = wanted[property];
    const unknown = containsUnknown(want);
    const prints = {
      live: fingerprint(live[property]),
      wanted: unknown ? undefined : fingerprint(want),
      recorded: applied.inputs[property] ?? "",
      echo: applied.echo[property] ?? "",
    };
    const drifted = prints.live !== prints.echo;
    const edited = prints.wanted !== prints.recorded;
    return {
      property,
      live: live[property],
      ...recordedValue(prints, outputs[property], want),
      wanted: want,
      drifted,
      edited,
      differs: unknown || (prints.wanted !== prints.live && (drifted || edited)),
    };
  });
}

/** The value behind a recorded fingerprint, as far as one of the values at hand has it. */
function recordedValue(
  prints: { readonly recorded: string; readonly echo: string; readonly wanted: string | undefined },
  output: unknown,
  wanted: unknown,
): Pick<Comparison, "recorded" | "recordedKnown"> {
  const print = fingerprint(output);
  if (print === prints.echo || print === prints.recorded) return { recorded: output, recordedKnown: true };
  if (prints.wanted === prints.recorded) return { recorded: wanted, recordedKnown: true };
  return { recorded: undefined, recordedKnown: prints.recorded === "" };
}
