import { createHash } from "node:crypto";
import { canonicalText } from "../../../schema/canonical.ts";
import { containsUnknown } from "../../../schema/unknown.ts";
import type { Props } from "../definition.ts";

/**
 * What was last applied, by which drift is told from an edit: the program's values as they were sent, and what the
 * server made of them. Fingerprints instead of values: an input may be a secret, and an engine encrypts what stands
 * under the input's own name only, so a copy elsewhere would lie in the state in clear.
 */
export interface Applied {
  readonly inputs: Readonly<Record<string, string>>;
  readonly echo: Readonly<Record<string, string>>;
  /** Inputs that the program marked as secret. */
  readonly secrets?: readonly string[];
}

/** One property on its way from what is live to what is wanted. */
export interface Comparison {
  readonly property: string;
  readonly live: unknown;
  /** What was recorded, or `undefined` with `recordedKnown` false: a refresh has put the live value in its place. */
  readonly recorded: unknown;
  readonly recordedKnown: boolean;
  readonly wanted: unknown;
  /** The server has another value than after the last run: somebody changed it there. */
  readonly drifted: boolean;
  /** The program has another value than at the last run. */
  readonly edited: boolean;
  /** To be sent: the server has not what is wanted, and that is not merely its way of writing it. */
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
