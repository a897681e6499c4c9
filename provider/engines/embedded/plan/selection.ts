/** The limits of a run: `--target`, `--exclude` and `--replace` of the CLI, by URN. */

import { isProviderType, STACK_TYPE, urnQualifiedType, urnType } from "../state/urn.ts";

export interface Selection {
  /** Empty: not limited. */
  readonly targets: ReadonlySet<string>;
  readonly excludes: ReadonlySet<string>;
  /** Replaced, whatever their provider says. */
  readonly replaces: ReadonlySet<string>;
}

/** Whether the run acts on a resource. The stack and its providers always belong to it. */
export function isSelected({ targets, excludes }: Selection, urn: string): boolean {
  if (isProviderType(urnType(urn)) || urnQualifiedType(urn) === STACK_TYPE) {
    return true;
  }
  return targets.size > 0 ? targets.has(urn) : !excludes.has(urn);
}
