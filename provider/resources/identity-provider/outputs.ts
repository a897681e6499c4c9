import type { LiveIdentityProvider } from "../../control-planes/control-plane.ts";
import { bindingOf } from "../bound.ts";
import type { Comparison } from "../compare.ts";
import type { Context, Props } from "../definition.ts";
import { recordOf } from "../record.ts";
import { inputsOf, SETTINGS, TRIGGER } from "./settings.ts";

interface Recording {
  /** Of the trigger that has acted. */
  readonly trigger: string;
  readonly olds: Props;
  readonly left: readonly Comparison[];
}

/** What is recorded of a provider that was created, changed or taken over. */
export function outputsOf(
  context: Context,
  live: LiveIdentityProvider,
  inputs: Props,
  { trigger, olds, left }: Recording,
) {
  const prints: Record<string, string> = trigger === "" ? {} : { [TRIGGER]: trigger };
  const recorded = { settings: SETTINGS, live: { ...live }, written: inputsOf(live), inputs, olds, left, prints };
  const outputs = {
    ...recordOf(context, { ...recorded }),
    [TRIGGER]: inputs[TRIGGER],
    allowLockout: inputs.allowLockout === true ? true : undefined,
    identityProviderId: live.prefix,
    federationSettingsId: live.scope.id,
    ...bindingOf(context.plane()),
  };
  return Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== undefined));
}
