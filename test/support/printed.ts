/** Keeps what a display prints. */

import { painter } from "../../provider/terminal/color.ts";

export function printedOutput() {
  const printed = { stdout: "", stderr: "" };
  const output = (stream: keyof typeof printed) => ({
    write: (text: string) => {
      printed[stream] += text;
    },
    paint: painter("never"),
    isTTY: false,
  });
  return { printed, streams: { stdout: output("stdout"), stderr: output("stderr") } };
}
