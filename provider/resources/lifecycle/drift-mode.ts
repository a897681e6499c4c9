import { phrase, setting as settingTerm, unsetConfig } from "../../../schema/phrase.ts";
import { FindingError } from "../../findings.ts";
import { finding } from "../../rules/index.ts";

/**
 * Reactions to drift. `correct` restores the declared values, `warn` shows drift and leaves it, and `fail` shows it and
 * ends the run. `off` does not read the objects, and so misses deleted ones too.
 */
export const DRIFT_MODES = ["correct", "warn", "fail", "off"] as const;
export type DriftMode = (typeof DRIFT_MODES)[number];

/** Of the setting `mongofed:drift`; where it is not set, drift is put back. */
export function driftMode(setting: string | undefined): DriftMode {
  if (setting === undefined || setting === "") return "correct";
  const mode = DRIFT_MODES.find((known) => known === setting);
  if (mode !== undefined) return mode;
  throw new FindingError([
    finding("FED420", {
      message: phrase`${settingTerm("drift")} is ${JSON.stringify(setting)}`,
      fix: phrase`Set it to ${DRIFT_MODES.join(", ")}, or ${unsetConfig("drift")}.`,
    }),
  ]);
}
