/** The line with which a phase begins. */

import type { Paint } from "../../../terminal/color.ts";
import type { Command, EngineEvent } from "../events.ts";

export type PreludeEvent = Extract<EngineEvent, { type: "prelude" }>;

const DOING: Record<Command, string> = {
  preview: "Previewing update",
  up: "Updating",
  refresh: "Refreshing",
  destroy: "Destroying",
};

const PREVIEWING: Record<Command, string> = {
  ...DOING,
  up: "Previewing update",
  refresh: "Previewing refresh",
  destroy: "Previewing destroy",
};

export function headlineText(event: PreludeEvent, paint: Paint): string {
  const words = (event.dryRun ? PREVIEWING : DOING)[event.command];
  return `${paint("headline", `${words} (${event.stack}):`)}\n`;
}
