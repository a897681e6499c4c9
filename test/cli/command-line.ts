/** Runs the command line in this process and keeps what it printed. */

import { Readable } from "node:stream";
import type { Io } from "../../provider/cli/io.ts";
import { runCli } from "../../provider/cli/program.ts";

export interface CliOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function mongofed(args: readonly string[], own: Partial<Io> = {}): Promise<CliOutcome> {
  const printed = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof printed) => ({
    write: (text: string) => {
      printed[name] += text;
    },
  });
  const io: Io = {
    stdin: Readable.from([]),
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    env: {},
    cwd: process.cwd(),
    signal: new AbortController().signal,
    ...own,
  };
  return { exitCode: await runCli(args, io), ...printed };
}
