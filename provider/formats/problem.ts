import type { DriftEntry } from "../../schema/drift.ts";
import type { Location, WordedFinding } from "../../schema/finding.ts";

/** A finding or a drifted resource, in the terms that SARIF and JUnit share. */
export interface Problem {
  /** Stable: a code of the catalogue, or one of `DRIFT_RULES`. */
  readonly ruleId: string;
  /** A name for people: `second-workforce-provider`. */
  readonly ruleName: string;
  readonly severity: "error" | "warning" | "info";
  readonly message: string;
  readonly details: readonly string[];
  readonly locations: readonly Location[];
  /** The resource or input concerned: `OidcRole "dba"`. */
  readonly subject: string;
  /** An https address, or the name of a source. */
  readonly docs?: string | undefined;
}

/** Rules of drift. Like the codes of findings, they keep their meaning. */
export const DRIFT_RULES = {
  "drift-changed": "Properties were changed outside the stack.",
  "drift-deleted": "The object was deleted outside the stack.",
  "drift-disconnected": "The identity provider was disconnected outside the stack.",
  "drift-unmanaged": "No resource of the stack manages the object.",
} as const;

export function problemOfFinding(finding: WordedFinding): Problem {
  const { code, slug, severity, path, message, why, fix, docs, locations } = finding;
  const [first] = locations;
  return {
    ruleId: code,
    ruleName: slug,
    severity,
    message,
    details: [...(why === "" ? [] : [`Why: ${why}`]), ...(fix === "" ? [] : [`Fix: ${fix}`])],
    locations,
    subject: [first?.label ?? "", path].filter((part) => part !== "").join(" . ") || "the program",
    docs,
  };
}

export function problemOfDrift(entry: DriftEntry): Problem {
  const subject = resourceText(entry);
  return {
    ruleId: `drift-${entry.kind}`,
    ruleName: `drift-${entry.kind}`,
    severity: "warning",
    message: driftSentence(entry),
    details: entry.changes.map(({ property, live, recorded, declared }) =>
      entry.kind === "unmanaged"
        ? `${property}: ${valueText(live)}`
        : [
            `${property}:`,
            `live ${valueText(live)},`,
            `recorded ${valueText(recorded)},`,
            `declared ${valueText(declared)}`,
          ].join(" "),
    ),
    locations: [],
    subject,
  };
}

/** `OidcRole "dba" (group dba through corp)` */
export function resourceText({ resource: { kind, name, label } }: Pick<DriftEntry, "resource">): string {
  return name === undefined ? `${kind} of ${label}` : `${kind} "${name}" (${label})`;
}

/** `OidcRole "dba" (group dba through corp) was changed outside the stack` */
export function driftSentence(entry: DriftEntry): string {
  const subject = resourceText(entry);
  return entry.kind === "unmanaged"
    ? `no resource of the stack manages ${entry.resource.label}`
    : `${subject} was ${entry.kind} outside the stack`;
}

export function valueText(value: unknown): string {
  return value === undefined ? "none" : JSON.stringify(value);
}
