/** Messages: their prefix, and the section that groups them by resource. */

import { type Paint, type Style, withoutTags } from "../../../terminal/color.ts";
import type { EngineEvent } from "../events.ts";

export type DiagnosticEvent = Extract<EngineEvent, { type: "diagnostic" }>;

const PREFIX: Record<DiagnosticEvent["severity"], { text: string; style: Style }> = {
  error: { text: "error: ", style: "error" },
  warning: { text: "warning: ", style: "warning" },
  debug: { text: "debug: ", style: "quiet" },
  info: { text: "", style: "plain" },
  "info#err": { text: "", style: "plain" },
};

/** The message with its prefix, without what stands empty at its end. */
export function messageText(event: DiagnosticEvent, paint: Paint): string {
  const { text, style } = PREFIX[event.severity];
  return paint(style, text) + withoutTags(event.message).trimEnd();
}

/** Empty messages come from programs that print an empty line; debug messages are for those who ask for them. */
export function isShown(event: DiagnosticEvent): boolean {
  return event.severity !== "debug" && withoutTags(event.message).trim() !== "";
}

export interface ResourceMessages {
  /** `type (name)` */
  readonly heading: string;
  readonly messages: readonly DiagnosticEvent[];
}

/** The whole section with its headline, or nothing. Lines of one message stay together, in the order they came. */
export function diagnosticsText(resources: readonly ResourceMessages[], paint: Paint): string {
  const lines: string[] = [];
  for (const { heading, messages } of resources) {
    const shown = messages.filter(isShown);
    if (shown.length === 0) continue;
    if (lines.length === 0) lines.push(paint("headline", "Diagnostics:"));
    lines.push(`  ${paint("resource", `${heading}:`)}`);
    for (const message of shown) {
      for (const line of messageText(message, paint).split("\n")) lines.push(`    ${line.trimEnd()}`.trimEnd());
    }
    lines.push("");
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** `2 errors, 1 warning`, for the table. */
export function countText(messages: readonly DiagnosticEvent[], paint: Paint): string {
  const shown = messages.filter(isShown);
  const count = (style: Style, word: string, ...severities: DiagnosticEvent["severity"][]) => {
    const n = shown.filter(({ severity }) => severities.includes(severity)).length;
    return n === 0 ? [] : [paint(style, `${n} ${word}${n === 1 ? "" : "s"}`)];
  };
  return [
    ...count("error", "error", "error"),
    ...count("warning", "warning", "warning"),
    ...count("info", "message", "info", "info#err"),
  ].join("; ");
}
