/** The parts of its process that a command uses. Tests pass their own. */
import { printableOutput } from "../printable.ts";
import type { Stream } from "../terminal/output.ts";

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
