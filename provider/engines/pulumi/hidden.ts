import type { DeclaredContext, DeclaredTokens } from "../../resources/definition.ts";

/**
 * Facts about a declaration that are no inputs. Pulumi tells providers none of them, so the program side sends them
 * along as hidden inputs, which `check` drops: state never holds them. Pulumi prints no key that begins with two
 * underscores. One promise for all of them, because Pulumi's SDK captures a stack trace for every promise of a resource.
 */
export const CONTEXT = "__context";

/**
 * The sample tokens of a `TokenCheck` that the gate could not judge, and the inputs to judge them against: outputs and
 * secrets, which JSON could not hold.
 */
export const TOKENS = "__tokens";

/**
 * In the other direction: `check` adds it to the inputs in a preview, where Pulumi takes the inputs of a new resource for
 * its outputs. Otherwise the id of an adopted identity provider, and so all that uses it, would be unknown there.
 */
export const ADOPTS = "__adopts";

/** The value of `__context`, as JSON. */
export interface HiddenContext extends Omit<DeclaredContext, "tokens"> {
  /** The URN that the engine gives the resource. */
  readonly urn?: string | undefined;
  /** The program says itself whether the resource is protected. Otherwise `adopt` decides. */
  readonly saysProtect?: boolean | undefined;
  /** The run only previews, so it may go without the control plane. */
  readonly preview?: boolean | undefined;
  /** The folder where the program asks at its end for changes that were overwritten; see overwrite-check/. */
  readonly folder?: string | undefined;
}

/** The value of `__tokens`. */
export interface HiddenTokens extends DeclaredTokens {
  /** The secret ones among the inputs: messages about tokens must not repeat them. */
  readonly secrets: readonly unknown[];
}

type Props = Readonly<Record<string, unknown>>;

export function hiddenContext(props: Props): HiddenContext {
  const text = props[CONTEXT];
  return typeof text === "string" ? (JSON.parse(text) as HiddenContext) : {};
}

export function hiddenTokens(props: Props): HiddenTokens | undefined {
  return props[TOKENS] as HiddenTokens | undefined;
}
