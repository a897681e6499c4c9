/** When the process ends. That is Terraform's to say; if it can no longer say so, or a signal does, this ends it. */

import { constants } from "node:os";

/** Longer than a request that cannot be given up, shorter than anybody waits for a process that was told to end. */
const GRACE_MS = 4_000;
/** An answer that is written is not yet sent. */
const ANSWER_MS = 5;
const PARENT_POLL_MS = 500;

const controller = new AbortController();
const running = new Set<Promise<unknown>>();
const failed = Promise.withResolvers<never>();
failed.promise.catch(() => undefined);

/** Aborted when the provider is to stop. */
export const signal: AbortSignal = controller.signal;

export function stop(reason: string): void {
  controller.abort(new Error(reason));
}

/** The process does not end under the task, unless that takes too long. An exception that nobody caught ends its wait. */
export function guard<T>(task: Promise<T>): Promise<T> {
  const result = Promise.race([task, failed.promise]);
  running.add(result);
  const forget = () => void running.delete(result);
  result.then(forget, forget);
  return result;
}

/** Terraform has all the answers that it wants, and waits for the end of the process. */
export function endNow(): void {
  setTimeout(() => process.exit(0), ANSWER_MS);
}

/**
 * Terraform and its providers share a process group: Ctrl-C reaches all of them, and it is Terraform that decides
 * then, by StopProvider. When Terraform is killed, nobody tells its providers; their parent is another one from then on.
 */
export function watch(): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && end("Terraform is gone", 1), PARENT_POLL_MS).unref();
  process.on("SIGINT", () => {});
  for (const name of ["SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => end(`told to stop by ${name}`, 128 + constants.signals[name]));
  }
  process.on("uncaughtException", (error) => {
    console.error(error);
    failed.reject(error);
  });
}

let ending = false;
function end(reason: string, code: number): void {
  if (ending) return;
  ending = true;
  stop(reason);
  setTimeout(() => process.exit(code), GRACE_MS).unref();
  void Promise.allSettled(running).then(() => setTimeout(() => process.exit(code), ANSWER_MS));
}
