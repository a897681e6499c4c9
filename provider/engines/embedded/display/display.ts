/** What turns the engine's events into something to read. Three of them: a table, `--diff` and `--json`. */

import type { EngineEvent } from "../events.ts";
import { type ColorChoice, type Paint, painter, resolveColor } from "./color.ts";
import { DiffView } from "./diff-view.ts";
import { JsonView } from "./json-view.ts";
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

export function createDisplay(view: View, options: DisplayOptions): Display {
  switch (view) {
    case "table":
      return new TableView(options);
    case "diff":
      return new DiffView(options);
    case "json":
      return new JsonView(options);
  }
}

export function outputOf(stream: NodeJS.WriteStream, choice: ColorChoice, env: NodeJS.ProcessEnv): Output {
  return {
    write: (text) => void stream.write(text),
    paint: painter(resolveColor(choice, stream, env)),
    isTTY: stream.isTTY === true,
  };
}
