import * as grpc from "@grpc/grpc-js";
import { engineMessages, engineServices } from "./messages.ts";
import type { Message } from "./texts.ts";

const { LogRequest, LogSeverity } = engineMessages;

/**
 * The log of the engine. The engine hides what a plugin prints, so every message goes through here. A message belongs to
 * the resource with its URN.
 */
export class EngineLog {
  #client: InstanceType<typeof engineServices.EngineClient> | undefined;
  readonly #pending = new Set<Promise<void>>();

  connect(address: string): void {
    this.#client?.close();
    this.#client = new engineServices.EngineClient(address, grpc.credentials.createInsecure());
  }

  write({ severity, text, passing }: Message, urn = ""): void {
    const client = this.#client;
    if (client === undefined) {
      process.stderr.write(`${text}\n`);
      return;
    }
    const request = new LogRequest();
    request.setSeverity(severity === "warning" ? LogSeverity.WARNING : LogSeverity.INFO);
    request.setMessage(text);
    request.setUrn(urn);
    request.setEphemeral(passing === true);
    const written = new Promise<void>((resolve) => client.log(request, () => resolve()));
    this.#pending.add(written);
    void written.then(() => this.#pending.delete(written));
  }

  /** Waits until the engine has all messages. Call it before an answer, or the message may come too late. */
  async flush(): Promise<void> {
    await Promise.all(this.#pending);
  }
}
