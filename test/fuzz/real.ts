/** Runs in processes of their own, which can be killed for real: the engine, the program and each provider. */

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { EngineEvent } from "../../provider/engines/embedded/events.ts";
import type { RunOptions } from "../../provider/engines/embedded/run-options.ts";
import { killFamily } from "../support/kill.ts";
import { writeProgram } from "../support/program.ts";
import type { DeclareOptions } from "./declare.ts";
import { PROJECT_NAME } from "./program.ts";

const script = fileURLToPath(new URL("real-run.ts", import.meta.url));
const declareFile = new URL("declare.ts", import.meta.url).href;

export type RealRunOptions = Omit<RunOptions, "project" | "processes" | "onEvent" | "signal" | "onProviderCall">;

export interface RealRun {
  readonly ended: Promise<unknown>;
  /** Sends SIGKILL to the engine and its children. */
  kill(): void;
}

export async function startReal(
  options: RealRunOptions,
  declared: DeclareOptions,
  onEvent: (event: EngineEvent) => void,
): Promise<RealRun> {
  const ends: (() => Promise<void>)[] = [];
  const text = `import * as mongofed from "mongofed";
import { declare } from ${JSON.stringify(declareFile)};
declare(mongofed, ${JSON.stringify(declared)});
`;
  const { folder } = await writeProgram(text, PROJECT_NAME, (end) => ends.push(end));
  const child = fork(script, [folder, JSON.stringify(options)], {
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  child.on("message", (event) => onEvent(event as EngineEvent));
  const ended = once(child, "exit").then(() => Promise.all(ends.map((end) => end())));
  return { ended, kill: () => killFamily(child.pid!) };
}
