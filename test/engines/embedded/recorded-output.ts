/** Compares what `--diff` prints with what the real CLI printed. */

import type { EngineEvent } from "../../../provider/engines/embedded/events.ts";
import { printed } from "./display-events.ts";

/** The CLI speaks of its own commands there; the embedded engine keeps no history that would still be maintained. */
const AFTER_DESTROY = /^(The resources in the stack have been deleted|If you want to remove the stack completely)/;
const HEADING = /^ *(\S{1,2} ?)?[\w:/-]+: \([a-z-]+\)/;

/** One run as it was printed: the resources as blocks in any order, since independent ones race; then the rest. */
export interface PrintedRun {
  readonly headline: string;
  readonly resources: readonly string[];
  readonly summary: readonly string[];
  readonly messages: readonly string[];
}

export function printedRun(events: readonly EngineEvent[]): PrintedRun {
  const { stdout, stderr } = printed("diff", events);
  return parsed(`${stdout}${stderr}`);
}

export function parsed(text: string): PrintedRun {
  const lines = text.split("\n").map((line) => line.trimEnd());
  const shown = lines.filter((line) => line !== "" && !AFTER_DESTROY.test(line) && !isOfStackTrace(line));
  const [headline = "", ...rest] = shown;
  const at = rest.indexOf("Resources:");
  const after = rest.slice(at).map((line) => line.replace(/^Duration: .*/, "Duration: 0s"));
  const messagesAt = after.findIndex((line) => line !== "Resources:" && !/^( {4}|Duration:)/.test(line));
  const end = messagesAt < 0 ? after.length : messagesAt;
  return {
    headline,
    resources: blocks(rest.slice(0, at)),
    summary: after.slice(0, end),
    messages: after.slice(end).sort(),
  };
}

function blocks(lines: readonly string[]): string[] {
  const found: string[][] = [];
  for (const line of lines) {
    // The outputs of a component or stack come after its children: a block of their own, as a heading is.
    if (HEADING.test(line) || found.length === 0 || isDedented(line, found.at(-1) ?? [])) found.push([line]);
    else found.at(-1)?.push(line);
  }
  return found.map((block) => block.join("\n")).sort();
}

function isDedented(line: string, block: readonly string[]): boolean {
  return line.trim() === "--outputs:--" && indentation(line) < indentation(block[1] ?? line);
}

function indentation(line: string): number {
  return line.length - line.trimStart().length;
}

/** Where a provider's error came from: its own lines and folders. */
function isOfStackTrace(line: string): boolean {
  return /^ +at /.test(line);
}
