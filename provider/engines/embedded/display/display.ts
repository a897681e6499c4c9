/** Displays print the engine's events: as a table, with `--diff` or with `--json`. */

import { DiffView } from "./diff-view.ts";
import { JsonView } from "./json-view.ts";
import { refreshResults } from "./refresh-results.ts";
import { TableView } from "./table-view.ts";
import type { Display, DisplayOptions } from "./view.ts";

export type View = "table" | "diff" | "json";

const VIEWS = { table: TableView, diff: DiffView, json: JsonView };

export function createDisplay(view: View, options: DisplayOptions): Display {
  const display: Display = new VIEWS[view](options);
  const shown = refreshResults();
  return { onEvent: (event) => display.onEvent(shown(event)), end: (outcome) => display.end(outcome) };
}
