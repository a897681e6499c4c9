/** Kills processes with SIGKILL, so that none of them can end in an orderly way. */

import { readdirSync, readFileSync } from "node:fs";

/** Kills a process and its descendants: itself first, which then can no longer end them. */
export function killFamily(pid: number): void {
  const family = [pid, ...descendantsOf(pid)];
  for (const member of family) {
    try {
      process.kill(member, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}

/** By /proc, where there is one; elsewhere the descendants end by themselves. */
function descendantsOf(parent: number): number[] {
  const children = processes().filter((pid) => statOf(pid)?.[1] === String(parent));
  return children.flatMap((pid) => [pid, ...descendantsOf(pid)]);
}

/** The descendant of this process whose arguments contain a text. */
export function descendantWith(text: string): number | undefined {
  return descendantsOf(process.pid).find((pid) => read(`/proc/${pid}/cmdline`)?.replaceAll("\0", " ").includes(text));
}

function processes(): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** State and parent of a process. Its name may hold blanks and brackets. */
function statOf(pid: number): string[] | undefined {
  return read(`/proc/${pid}/stat`)?.split(") ").at(-1)?.split(" ");
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
