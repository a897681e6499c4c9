/** Runs in processes of their own, which can be killed for real: the engine, the program and each provider. */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { EngineEvent } from "../../provider/engines/embedded/events.ts";
import type { RunOptions } from "../../provider/engines/embedded/run-options.ts";
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
  return { ended, kill: () => killAll(child) };
}

/** The engine first, which then can no longer end its children in an orderly way. */
function killAll(engine: ChildProcess): void {
  const family = childrenOf(engine.pid!);
  engine.kill("SIGKILL");
  for (const pid of family) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}

/** By /proc, where there is one; elsewhere the children end by themselves. */
function childrenOf(parent: number): number[] {
  try {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    return pids.filter((pid) => parentOf(pid) === String(parent)).map(Number);
  } catch {
    return [];
  }
}

function parentOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[1];
  } catch {
    return undefined;
  }
}
