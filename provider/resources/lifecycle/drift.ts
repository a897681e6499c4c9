import type { Finding } from "../../../schema/finding.ts";
import { phrase } from "../../../schema/phrase.ts";
import type { Drift, DriftOutcome, Subject } from "../../../schema/report.ts";
import { subjectPhrase } from "../../reports.ts";
import { finding } from "../../rules/index.ts";
import type { Comparison } from "../state/compare.ts";
import type { DriftMode } from "./drift-mode.ts";

/** Changes from outside the stack. One that matches the program is reported only if the program asked for it. */
export function driftsIn(comparisons: readonly Comparison[], secrets: readonly string[], mode: DriftMode): Drift[] {
  return comparisons
    .filter(({ drifted, edited, differs }) => drifted && (edited || differs))
    .map(({ property, live, recorded, recordedKnown, wanted, edited, differs }) => ({
      property,
      live,
      recorded,
      recordedKnown,
      wanted,
      secret: secrets.includes(property),
      outcome: outcomeOf({ edited, differs }, mode),
    }));
}

export function outcomeOf({ edited, differs }: Pick<Comparison, "edited" | "differs">, mode: DriftMode): DriftOutcome {
  if (!differs) return "as-wanted";
  if (mode === "fail") return "refused";
  if (mode === "warn" && !edited) return "left";
  return edited ? "edited" : "reverted";
}

/** FED230: with `mongofed:drift` set to `fail`. The drift was reported just before. */
export function driftFailure(subject: Subject): Finding {
  return finding("FED230", {
    message: phrase`${subjectPhrase(subject)} was changed outside this stack, as shown above`,
  });
}
