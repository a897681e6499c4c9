/** The last lines of a run: what it did, or would do, and how long it took. */

import type { Paint } from "../../../terminal/color.ts";
import type { EngineEvent, StepOp } from "../events.ts";
import { OPERATIONS } from "./operations.ts";

export type SummaryEvent = Extract<EngineEvent, { type: "summary" }>;

/** Reading changes nothing, so it is not counted. */
const NOT_COUNTED: ReadonlySet<StepOp> = new Set(["same", "read", "read-replacement", "discard"]);

export function summaryText(event: SummaryEvent, planning: boolean, errored: number, paint: Paint): string {
  const lines = [paint("headline", "Resources:")];
  let kinds = 0;
  let changes = 0;
  for (const op of Object.keys(OPERATIONS) as StepOp[]) {
    const count = event.changes[op] ?? 0;
    if (count === 0 || NOT_COUNTED.has(op)) continue;
    kinds++;
    changes += count;
    const { symbol, style, counted } = OPERATIONS[op];
    lines.push(`    ${paint(style, `${symbol}${count} ${planning ? `to ${op}` : counted}`)}`);
  }
  const rest: string[] = [];
  if (kinds > 1) rest.push(paint("bold", `${changes} changes`));
  if (event.changes.same) rest.push(`${event.changes.same} unchanged`);
  if (rest.length > 0) lines.push(`    ${rest.join(". ")}`);
  if (errored > 0) lines.push(`    ${paint("error", `${errored} errored`)}`);
  if (!planning) lines.push("", `${paint("headline", "Duration:")} ${duration(event.durationMs)}`);
  return `${lines.join("\n")}\n`;
}

/** In whole seconds, rounded up: more would look like a measurement. */
function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
