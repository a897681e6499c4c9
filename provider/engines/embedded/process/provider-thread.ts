/** A worker thread that loads `__provider` texts; its inside is in-provider-thread.ts. */

import type { CallAnswer, DynamicServiceOptions } from "./dynamic-service.ts";
import type { OnOutput } from "./thread.ts";
import { Thread } from "./thread.ts";

export interface InProcessProviderOptions {
  readonly workDir: string;
  readonly project: string;
  readonly env: NodeJS.ProcessEnv;
  readonly engineAddress: string;
  readonly onOutput: OnOutput;
}

export interface ProviderCallMessage {
  readonly id: number;
  readonly method: string;
  readonly bytes: Uint8Array;
}
export type ProviderAnswerMessage = { readonly id: number } & CallAnswer;
export type ProviderThreadData = Omit<DynamicServiceOptions, "print">;

export class ProviderThread {
  readonly #thread: Thread;
  readonly #waiting = new Map<number, (answer: CallAnswer) => void>();
  #calls = 0;

  constructor({ workDir, project, env, engineAddress, onOutput }: InProcessProviderOptions) {
    this.#thread = new Thread("in-provider-thread", { workDir, project } satisfies ProviderThreadData, env);
    this.#thread.onMessage = ({ id, ...answer }: ProviderAnswerMessage) => {
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    };
    this.#thread.start({ env, workDir, args: [engineAddress] }, onOutput);
    void this.#thread.ended.then((end) => {
      const details = `The dynamic provider ended (${typeof end === "number" ? `exit code ${end}` : end.message}).`;
      for (const answer of this.#waiting.values()) answer({ failure: { details } });
      this.#waiting.clear();
    });
  }

  call(method: string, bytes: Uint8Array): Promise<CallAnswer> {
    if (this.#thread.hasEnded) return Promise.resolve({ failure: { details: "The dynamic provider has ended." } });
    const id = this.#calls++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#thread.post({ id, method, bytes } satisfies ProviderCallMessage);
    });
  }

  stop(): Promise<void> {
    return this.#thread.stop();
  }
}
