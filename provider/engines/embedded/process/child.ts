/** Child processes that never outlive the run. */

import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";

/** How long a process may take to end by itself before it is killed; the CLI gives the same. */
const GRACE_MS = 5_000;

const running = new Set<ChildProcess>();

/** If this process ends by whatever way, its children must not stay behind. */
process.on("exit", () => {
  for (const child of running) {
    child.kill("SIGKILL");
  }
});

export function track(child: ChildProcess): void {
  running.add(child);
  child.once("exit", () => running.delete(child));
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

/** Asks a process to end, then makes it. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) {
    return;
  }
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const timer = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
  child.kill("SIGINT");
  await ended;
  clearTimeout(timer);
}

/** Hands on what a stream says in whole lines; lines that came in one write stay one text. */
export function onText(stream: Readable | null, emit: (text: string) => void): void {
  const lines = wholeLines(emit);
  stream?.setEncoding("utf8").on("data", lines.write).on("end", lines.end);
}

/** Emits what is written in whole lines, and the rest at the end. */
export function wholeLines(emit: (text: string) => void): { write(chunk: string): void; end(): void } {
  let rest = "";
  return {
    write(chunk) {
      const text = rest + chunk;
      const end = text.lastIndexOf("\n");
      rest = text.slice(end + 1);
      if (end !== -1) {
        emit(text.slice(0, end));
      }
    },
    end() {
      if (rest !== "") {
        emit(rest);
      }
      rest = "";
    },
  };
}
