import { createHash } from "node:crypto";
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
  /** The server's value differs from the one after the last run: somebody changed it there. */
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

/** Of a state that an import wrote there is nothing recorded: what the outputs say counts as applied. */
export function appliedOf(outputs: Props, keys: readonly string[]): Applied {
  const applied = outputs.__applied as Applied | undefined;
  if (applied !== undefined) return applied;
  const prints = fingerprints(outputs, keys);
  return { inputs: prints, echo: prints };
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
