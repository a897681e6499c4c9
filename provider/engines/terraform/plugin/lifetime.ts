/** Ends the process when Terraform asks for it, when Terraform has gone, or after a signal. */

import { constants } from "node:os";

/** Longer than a request that cannot be canceled, and shorter than Terraform waits for a process to end. */
const GRACE_MS = 4_000;
/** Terraform does not wait for the answer to a shutdown, but for the end of the process. */
const SHUTDOWN_MS = 5;
const PARENT_POLL_MS = 500;

const controller = new AbortController();
const failures = new Set<(error: unknown) => void>();

/** Aborted when the provider is to stop. */
export const signal: AbortSignal = controller.signal;

export function stop(reason: string): void {
  controller.abort(new Error(reason));
}

/**
 * Fails all running tasks after an uncaught exception, because it may belong to any of them. The process goes on.
 */
export function guard<T>(task: Promise<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  task.then(resolve, reject);
  failures.add(reject);
  const forget = () => void failures.delete(reject);
  promise.then(forget, forget);
  return promise;
}

/** Terraform has all the answers that it wants, and waits for the end of the process. */
export function endNow(): void {
  setTimeout(() => process.exit(0), SHUTDOWN_MS);
}

/**
 * Terraform and its providers share a process group. Ctrl-C reaches all of them, and Terraform then calls StopProvider.
 * When Terraform is killed, its providers get no call, but another parent process.
 *
 * @param finish waits until all running calls are answered
 */
export function watch(finish: () => Promise<void>): void {
  const parent = process.ppid;
  const end = endOnce(finish);
  setInterval(() => process.ppid !== parent && end("Terraform is gone", 1), PARENT_POLL_MS).unref();
  process.on("SIGINT", () => {});
  for (const name of ["SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => end(`told to stop by ${name}`, 128 + constants.signals[name]));
  }
  process.on("uncaughtException", (error) => {
    console.error(error);
    for (const fail of failures) fail(error);
  });
}

function endOnce(finish: () => Promise<void>): (reason: string, code: number) => void {
  let ending = false;
  return (reason, code) => {
    if (ending) return;
    ending = true;
    stop(reason);
    setTimeout(() => process.exit(code), GRACE_MS);
    void finish().then(() => process.exit(code));
  };
}
