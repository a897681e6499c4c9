/** What a command may touch of the process that runs it; tests hand in their own. */

import { type ColorChoice, painter, resolveColor } from "../engines/embedded/display/color.ts";
import type { Output } from "../engines/embedded/display/display.ts";
import { printableOutput } from "../printable.ts";

export interface Stream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface Io {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}

/** The stream, to which nothing is written that a terminal or a CI system would obey. Colors stay. */
export function printableStream(stream: Stream): Stream {
  return {
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns;
    },
    write: (text) => stream.write(printableOutput(text)),
  };
}

export function outputOf(stream: Stream, choice: ColorChoice, env: NodeJS.ProcessEnv): Output {
  return {
    write: (text) => void stream.write(text),
    paint: painter(resolveColor(choice, stream, env)),
    isTTY: stream.isTTY === true,
  };
}

/** The terminal's width; where there is none, COLUMNS, or what fits on most screens. */
export function widthOf(stream: Stream, env: NodeJS.ProcessEnv): number {
  return stream.columns ?? (Number(env.COLUMNS) || 100);
}
