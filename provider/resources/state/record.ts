import type { Context, Props } from "../definition.ts";
import { appliedOf, type Comparison, fingerprint, fingerprints } from "./compare.ts";

interface Recorded {
  /** The properties that are compared with the server. */
  readonly settings: readonly string[];
  /** The object as the server has it. */
  readonly live: Props;
  /** The same, written as inputs. */
  readonly written: Props;
  readonly inputs: Props;
  /** The outputs of before. */
  readonly olds: Props;
  /**
   * Drift that remains. Its earlier server value stays recorded, because otherwise the next run would miss the drift.
   */
  readonly left: readonly Comparison[];
  /** Fingerprints of inputs that never reach the server. */
  readonly prints: Readonly<Record<string, string>>;
}

/**
 * Returns the recorded outputs of a created, changed or adopted object. Settings keep the program's order and spelling
 * if the meaning is the same: another form would show as a change of the output. Hidden outputs hold the applied
 * values.
 */
export function recordOf(context: Context, recorded: Recorded): Props {
  const { settings, live, written, inputs, olds, left, prints } = recorded;
  const kept = Object.entries(inputs).filter(([key, value]) => fingerprint(value) === fingerprint(written[key]));
  const before = appliedOf(olds, settings).echo;
  const stillDrifted = Object.fromEntries(left.map(({ property }) => [property, before[property]]));
  const secrets = context.declared.secrets ?? [];
  const outputs = { ...written, ...Object.fromEntries(kept) };
  if (settings.length === 0) return outputs;
  return {
    ...outputs,
    __applied: {
      inputs: { ...fingerprints(inputs, settings), ...prints },
      echo: { ...fingerprints(live, settings), ...stillDrifted },
      ...(secrets.length === 0 ? {} : { secrets }),
    },
  };
}

/** The inputs not to be printed. A refresh and a destroy run no program: then those of the last run count. */
export function secretsOf({ declared }: Context, outputs: Props): readonly string[] {
  return declared.secrets ?? appliedOf(outputs, []).secrets ?? [];
}

/** The outputs of a state without the values that were secret inputs. */
export function withoutSecrets(outputs: Props): Props {
  const { secrets = [] } = (outputs.__applied ?? {}) as { readonly secrets?: readonly string[] };
  return Object.fromEntries(Object.entries(outputs).filter(([key]) => !secrets.includes(key)));
}
