/** When the process ends. That is Terraform's to say; if it can no longer say so, or a signal does, this ends it. */

import { constants } from "node:os";

/** Longer than a request that cannot be canceled, and shorter than Terraform waits for a process to end. */
const GRACE_MS = 4_000;
/** The answer to this Terraform does not wait for, but for the end. */
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
 * An exception that nobody catches may have been the task's, which then never ends: so it fails whatever is running.
 * The process lives on.
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
 * Terraform and its providers share a process group: Ctrl-C reaches all of them, and it is Terraform that decides
 * then, by StopProvider. When Terraform is killed, nobody tells its providers; their parent is another one from then on.
 *
 * @param finish waits until what is being done is done and answered
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
