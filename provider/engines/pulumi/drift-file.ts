import { appendFileSync } from "node:fs";
import type { DriftLine } from "../../../schema/drift.ts";
import { word } from "../../../schema/phrase.ts";
import type { Report } from "../../../schema/report.ts";
import { containsUnknown } from "../../../schema/unknown.ts";
import { currentRun } from "../../run-scope.ts";
import { pulumiTerms } from "./terms.ts";

/** Names the file in which `mongofed drift` finds the drift of a preview. */
const VARIABLE = "MONGOFED_DRIFT_FILE";

/** In such a preview drift is shown, whatever `mongofed:drift` says: `off` would hide it, and `fail` would end the run early. */
export function recordsDrift(): boolean {
  return (currentRun().env[VARIABLE] ?? "") !== "";
}

/** Writes drift as JSON to the file that `mongofed drift` reads, where there is one. */
export function recordDrift(report: Report, mask: (text: string) => string = (text) => text): void {
  const line = recordsDrift() ? driftLine(report) : undefined;
  if (line !== undefined) recordDriftLine(line, mask);
}

/** Writes one line to the file. Call it only where `recordsDrift`. */
export function recordDriftLine(line: DriftLine, mask: (text: string) => string = (text) => text): void {
  appendFileSync(currentRun().env[VARIABLE] ?? "", `${mask(JSON.stringify(line))}\n`);
}

function driftLine(report: Report): DriftLine | undefined {
  if (report.type === "offline")
    return { notRead: `the preview asked no control plane: ${word(report.why, pulumiTerms)}` };
  if (report.type !== "drift" && report.type !== "missing") return undefined;
  const { kind, name, label } = report.subject;
  const resource = { kind, label, ...(name === undefined ? {} : { name }) };
  if (report.type === "missing") return { kind: report.lost, resource, changes: [] };
  const changes = report.changes.map(({ property, live, recorded, recordedKnown, wanted, secret }) => ({
    property,
    live: shown(live, secret),
    recorded: recordedKnown ? shown(recorded, secret) : undefined,
    declared: shown(wanted, secret),
  }));
  return { kind: "changed", resource, changes };
}

function shown(value: unknown, secret: boolean): unknown {
  if (secret) return "[secret]";
  return containsUnknown(value) ? "(known after apply)" : value;
}
