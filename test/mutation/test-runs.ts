/** Runs test files in a process of their own. */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Order, Outcome } from "./driver.ts";

/** A mutation counts as noticed if it makes a test wait forever. */
const LIMIT_MS = 6 * 60_000;

/** A process that runs tests; one that does not answer is replaced. */
export class Driver {
  readonly #copy: string;
  #process: Promise<ChildProcess> | undefined;

  constructor(copy: string) {
    this.#copy = copy;
  }

  async run(order: Order): Promise<Outcome> {
    this.#process ??= started(this.#copy);
    const child = await this.#process;
    child.send(order);
    const limit = AbortSignal.timeout(order.all ? 8 * LIMIT_MS : LIMIT_MS);
    const ended = once(child, "exit", { signal: limit }).then(() => undefined);
    const answered = once(child, "message", { signal: limit }).then(([outcome]) => outcome as Outcome);
    ended.catch(() => undefined);
    try {
      const outcome = await Promise.race([answered, ended]);
      if (outcome !== undefined) return outcome;
    } catch {
      // It takes too long.
    }
    child.kill("SIGKILL");
    this.#process = undefined;
    return { files: [{ file: "a run that did not end", failed: true, ms: 0 }], failed: true };
  }

  end(): void {
    void this.#process?.then((child) => child.kill());
  }
}

async function started(copy: string): Promise<ChildProcess> {
  const bin = join(copy, "node_modules", ".bin");
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, NODE_COMPILE_CACHE: join(copy, "compiled") };
  const child = fork(join(copy, "test", "mutation", "driver.ts"), { cwd: copy, env, stdio: "inherit" });
  await once(child, "message");
  return child;
}
