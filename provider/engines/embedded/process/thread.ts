/**
 * Worker threads that stand in for processes: each has modules, an environment, a working directory, output and an exit
 * code of its own. The other side is in-thread.ts.
 */

import { extname } from "node:path";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import type { Severity } from "../events.ts";
import { wholeLines } from "./child.ts";

export interface ThreadStart {
  readonly env: NodeJS.ProcessEnv;
  readonly workDir: string;
  /** Arguments of the program, as they stand in `process.argv` after Node and the script. */
  readonly args: readonly string[];
}

/** The message that a thread posts when it prints. */
export interface ThreadOutput {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

export type OnOutput = (severity: Severity, text: string) => void;

export class Thread {
  readonly #worker: Worker;
  /** The exit code; an error if the thread ended by one that nothing in it has caught. */
  readonly ended: Promise<number | Error>;
  onMessage: (message: never) => void = () => {};
  #output: Record<ThreadOutput["stream"], ReturnType<typeof wholeLines>> | undefined;

  hasEnded = false;

  /**
   * Loads the script. An idle thread keeps no process alive.
   *
   * @param env the environment until the start
   */
  constructor(script: string, data: object, env: NodeJS.ProcessEnv) {
    // The SDK sets this flag when it is loaded, and Node's cache of compiled code is for one set of flags.
    setFlagsFromString("--allow-natives-syntax");
    const file = new URL(`./${script}${extname(import.meta.url)}`, import.meta.url);
    this.#worker = new Worker(file, { execArgv: [], env, stdout: true, stderr: true, workerData: data });
    this.ended = new Promise((resolve) => {
      this.#worker.once("error", resolve);
      this.#worker.once("exit", resolve);
    });
    void this.ended.then(() => {
      this.hasEnded = true;
    });
    this.#worker.on("message", (message: ThreadOutput | object) => {
      if ("stream" in message) this.#output?.[message.stream].write(message.text);
      else this.onMessage(message as never);
    });
    // After the listeners, since they hold the process too.
    this.#worker.unref();
  }

  start(start: ThreadStart, onOutput: OnOutput): void {
    this.#worker.ref();
    const output = {
      stdout: wholeLines((text) => onOutput("info", text)),
      stderr: wholeLines((text) => onOutput("info#err", text)),
    };
    this.#output = output;
    void this.ended.then(() => {
      output.stdout.end();
      output.stderr.end();
    });
    this.post(start);
  }

  post(message: object): void {
    this.#worker.postMessage(message);
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
