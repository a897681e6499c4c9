/** What turns the engine's events into something to read. Three of them: a table, `--diff` and `--json`. */

import type { EngineEvent } from "../events.ts";
import type { Paint } from "./color.ts";
import { DiffView } from "./diff-view.ts";
import { JsonView } from "./json-view.ts";
import { refreshResults } from "./refresh-results.ts";
import { TableView } from "./table-view.ts";

export interface Display {
  onEvent(event: EngineEvent): void;
  /** The run is over and nothing more will come, also when it was broken off before its summary. */
  end(outcome: { readonly ok: boolean }): void;
}

/** One of the two output streams, with its own decision about colours. */
export interface Output {
  readonly write: (text: string) => void;
  readonly paint: Paint;
  readonly isTTY: boolean;
}

export interface DisplayOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Names the stack's own row before the engine has said anything about it. */
  readonly project: string;
  readonly stack: string;
}

export type View = "table" | "diff" | "json";

const VIEWS = { table: TableView, diff: DiffView, json: JsonView };

export function createDisplay(view: View, options: DisplayOptions): Display {
  const display: Display = new VIEWS[view](options);
  const shown = refreshResults();
  return { onEvent: (event) => display.onEvent(shown(event)), end: (outcome) => display.end(outcome) };
}
