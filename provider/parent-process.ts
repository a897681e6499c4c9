import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

interface Parent {
  readonly args: readonly string[];
  /** When it began, by the clock of the kernel: another process may get the same id. */
  readonly begun: string;
  /** The id of its own parent. */
  readonly parentId: number;
}

/** Describes the process that has started this one, or another one. `undefined` where the system does not tell. */
export function parentProcess(pid = process.ppid): Parent | undefined {
  try {
    return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
  } catch {
    return undefined;
  }
}

function fromProc(pid: number): Parent {
  const status = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field, its name, may hold anything.
  const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
  const args = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
  return { args, begun: fields[19] ?? "", parentId: Number(fields[1]) };
}

function fromPs(pid: number): Parent {
  const print = (field: string) =>
    execFileSync("ps", ["-o", `${field}=`, "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  return { args: print("args").split(/\s+/), begun: print("lstart"), parentId: Number(print("ppid")) };
}
