/** The script of a provider thread: see provider-thread.ts. */

import "./on-demand.ts";
import { workerData } from "node:worker_threads";
import { DynamicService } from "./dynamic-service.ts";
import { port, started } from "./in-thread.ts";
import type { ProviderAnswerMessage, ProviderCallMessage, ProviderThreadData } from "./provider-thread.ts";

const service = new DynamicService({ ...(workerData as ProviderThreadData), print: (text) => console.error(text) });
const start = started();

// As in the SDK's process, an uncaught error is printed, and the provider goes on.
const uncaught = (error: unknown) => console.error((error as Error | undefined)?.stack ?? String(error));
process.on("uncaughtException", uncaught).on("unhandledRejection", uncaught);

await start;
port.on("message", async ({ id, method, bytes }: ProviderCallMessage) => {
  port.postMessage({ id, ...(await service.call(method, bytes)) } satisfies ProviderAnswerMessage);
});
