/**
 * Runs the program of a project folder in a worker thread. A thread that has loaded the SDK and mongofed waits for the
 * next run, so that a run begins with the program itself; each thread serves one run.
 */

import { createRequire } from "node:module";
import { join } from "node:path";
import type { FolderProject } from "../project.ts";
import {
  type ProgramOptions,
  type ProgramResult,
  programCommand,
  programEnv,
  type RunningProgram,
  resultOf,
} from "./program-process.ts";
import { sdkModule } from "./provider-process.ts";
import { Thread } from "./thread.ts";

/** The file that a program thread runs, and what it loads ahead. */
const SCRIPT = "in-program-thread";
export interface Preloaded {
  /** The SDK of the program. */
  readonly sdk: string;
  /** Entry points of further packages that most programs load. */
  readonly packages: readonly string[];
}

/** Variables that the SDK and Node read when they are loaded. */
const READ_AT_LOAD = /^(NODE_|GRPC_|OTEL_|TRACEPARENT$|PULUMI_(?!CONFIG))/;

/** The thread that waits for the next run. There is one, since each takes memory. */
let spare: { readonly key: string; readonly thread: Thread } | undefined;

function preloadedBy({ workDir }: FolderProject): Preloaded {
  const find = createRequire(join(workDir, "package.json"));
  let packages: string[] = [];
  try {
    packages = [find.resolve("mongofed")];
  } catch {}
  return { sdk: sdkModule(workDir, "index.js"), packages };
}

function takeThread(preloaded: Preloaded, env: NodeJS.ProcessEnv): { thread: Thread; prepareNext: () => void } {
  const early = Object.entries(env).filter(([name]) => READ_AT_LOAD.test(name));
  const key = JSON.stringify([preloaded, Object.fromEntries(early.toSorted())]);
  // mongofed takes a process with a monitor for the process of a program.
  const make = () =>
    new Thread(SCRIPT, preloaded, { ...Object.fromEntries(early), PULUMI_NODEJS_MONITOR: "preloaded" });
  const found = spare?.key === key && !spare.thread.hasEnded ? spare.thread : undefined;
  if (found !== undefined) spare = undefined;
  return {
    thread: found ?? make(),
    prepareNext() {
      if (spare?.key === key && !spare.thread.hasEnded) return;
      void spare?.thread.stop();
      spare = { key, thread: make() };
    },
  };
}

export function startProgramThread(project: FolderProject, options: ProgramOptions): RunningProgram {
  const env = programEnv(project, options);
  const { thread, prepareNext } = takeThread(preloadedBy(project), env);
  thread.start({ env, workDir: project.workDir, args: programCommand(project, options) }, options.onOutput);
  const finished = thread.ended.then((end): ProgramResult => {
    prepareNext();
    return typeof end === "number"
      ? resultOf(end, null)
      : { ok: false, error: `The program ended by an error: ${end.message}` };
  });
  return { finished, stop: () => thread.stop() };
}
