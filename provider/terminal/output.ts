import { type ColorChoice, type Paint, painter, resolveColor } from "./color.ts";

export interface Stream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** One of the two output streams, with its own decision about colors. */
export interface Output {
  readonly write: (text: string) => void;
  readonly paint: Paint;
  readonly isTTY: boolean;
}

export function outputOf(stream: Stream, choice: ColorChoice, env: NodeJS.ProcessEnv): Output {
  return {
    write: (text) => void stream.write(text),
    paint: painter(resolveColor(choice, stream, env)),
    isTTY: stream.isTTY === true,
  };
}

/** The width of the terminal, else COLUMNS, else 100, which fits on most screens. */
export function widthOf(stream: Stream, env: NodeJS.ProcessEnv): number {
  return stream.columns ?? (Number(env.COLUMNS) || 100);
}
