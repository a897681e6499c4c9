import type { Props } from "../definition.ts";

/** The properties that are inputs or outputs: hidden ones begin with `__`, and null and undefined mean the same. */
export function visible(props: Props): Record<string, unknown> {
  const entries = Object.entries(props).filter(
    ([key, value]) => !key.startsWith("__") && value !== undefined && value !== null,
  );
  return Object.fromEntries(entries);
}
