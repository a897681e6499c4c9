import type { LiveIdentityProvider } from "../../control-planes/control-plane.ts";
import { bindingOf } from "../bound.ts";
import { appliedOf, type Comparison, fingerprint, fingerprints } from "../compare.ts";
import type { Context, Props } from "../definition.ts";
import { inputsOf, SETTINGS, TRIGGER } from "./settings.ts";

interface Recording {
  /** Of the trigger that has acted. */
  readonly trigger: string;
  readonly olds: Props;
  /** What has drifted and is left so: the server's value of before stays recorded, or the drift would be forgotten. */
  readonly left: readonly Comparison[];
}

/** What is recorded of a provider that was created, changed or taken over. */
export function outputsOf(
  context: Context,
  live: LiveIdentityProvider,
  inputs: Props,
  { trigger, olds, left }: Recording,
) {
  const { identityProviderId, federationSettingsId } = live;
  const echoed = inputsOf(live);
  // The order of a set is the program's: another one would show as a change to whoever uses the output.
  const kept = Object.entries(inputs).filter(([key, value]) => fingerprint(value) === fingerprint(echoed[key]));
  const secrets = context.memory.secretsOf("IdentityProvider", inputs) ?? [];
  const { [TRIGGER]: _, ...prints } = fingerprints(inputs, [...SETTINGS, TRIGGER]);
  const before = appliedOf(olds, SETTINGS).echo;
  const stillDrifted = Object.fromEntries(left.map(({ property }) => [property, before[property]]));
  const outputs = {
    ...echoed,
    ...Object.fromEntries(kept),
    [TRIGGER]: inputs[TRIGGER],
    allowLockout: inputs.allowLockout === true ? true : undefined,
    identityProviderId,
    federationSettingsId,
    __applied: {
      inputs: { ...prints, ...(trigger === "" ? {} : { [TRIGGER]: trigger }) },
      echo: { ...fingerprints({ ...live }, SETTINGS), ...stillDrifted },
      ...(secrets.length === 0 ? {} : { secrets }),
    },
    ...bindingOf(context.plane()),
  };
  return Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== undefined));
}
