import { basename } from "node:path";
import { parentProcess } from "../../../parent-process.ts";
import type { Run } from "./state.ts";

const COMMANDS = ["destroy", "down", "dn"];
/** Flags of every command that stand before it with their value. */
const VALUED_FLAGS = [
  "-C",
  "--cwd",
  "--color",
  "-v",
  "--verbose",
  "--tracing",
  "--profiling",
  "--memprofilerate",
  "--otel-traces",
];
/** The language host stands between Pulumi and the program. */
const GENERATIONS = 3;

/**
 * Whether the program runs for `pulumi destroy --run-program`. Pulumi creates nothing then, and tells the program nothing
 * of it. So this looks at the command that has started the process. `false` where the system does not tell.
 */
export function destroysStack({ host }: Run): boolean {
  // An inline program runs in a process that Pulumi has not started.
  if (host !== "process") return false;
  let pid = process.ppid;
  for (let generation = 0; generation < GENERATIONS; generation++) {
    const parent = parentProcess(pid);
    if (parent === undefined) return false;
    if (isDestroy(parent.args)) return true;
    pid = parent.parentId;
  }
  return false;
}

/** Whether these are the arguments of a process that destroys a stack. */
export function isDestroy([program = "", ...args]: readonly string[]): boolean {
  if (!/^pulumi(\.exe)?$/i.test(basename(program))) return false;
  const command = args.find((arg, index) => !arg.startsWith("-") && !VALUED_FLAGS.includes(args[index - 1] ?? ""));
  return command !== undefined && COMMANDS.includes(command);
}
