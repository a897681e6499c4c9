/**
 * A dynamic provider without a process of its own. mongofed's own resources are served in this thread, in a run scope
 * of their own: each reference to a provider has its own memory. Other `__provider` texts may do anything a process
 * may do, so a worker thread loads them.
 */

import * as grpc from "@grpc/grpc-js";
import { inRun, type RunScope } from "../../../run-scope.ts";
import { UNKNOWN } from "../state/values.ts";
import { type CallAnswer, type CallFailure, DynamicService } from "./dynamic-service.ts";
import { fromStruct, providerServices, type Struct } from "./protocol.ts";
import { OWN_TEXT, PROVIDER_KEY, type ProviderTransport, STATUS_DETAILS } from "./provider-client.ts";
import type { InProcessProviderOptions } from "./provider-thread.ts";
import { ProviderThread } from "./provider-thread.ts";

/** How long a provider may take to stop; a process is killed then. */
const GRACE_MS = 5_000;

interface Codec {
  requestSerialize(message: object): Buffer;
  responseDeserialize(bytes: Buffer): unknown;
}

export class InProcessProvider implements ProviderTransport {
  readonly #options: InProcessProviderOptions;
  readonly #service: DynamicService;
  readonly #scope: RunScope;
  readonly #stops: (() => Promise<void>)[] = [];
  #configuration: Uint8Array | undefined;
  #thread: ProviderThread | undefined;

  constructor(options: InProcessProviderOptions) {
    const { workDir, project, env, engineAddress, onOutput } = options;
    const print = (text: string) => onOutput("info#err", text);
    this.#options = options;
    this.#service = new DynamicService({ workDir, project, print });
    const onStop = (stop: () => Promise<void>) => void this.#stops.push(stop);
    this.#scope = { env, workDir, engineAddress, print, onStop, state: new Map() };
  }

  async call<Request, Response>(method: string, message: Request): Promise<Response> {
    const request = message as object;
    const codec = (providerServices.ResourceProviderService as unknown as Record<string, Codec>)[method];
    if (codec === undefined) throw new Error(`The provider protocol has no method ${method}.`);
    const bytes = codec.requestSerialize(request);
    const answer = await this.#answer(method, bytes, textOf(request));
    if ("failure" in answer) throw serviceError(answer.failure);
    return codec.responseDeserialize(Buffer.from(answer.bytes)) as Response;
  }

  async #answer(method: string, bytes: Uint8Array, text: string | undefined): Promise<CallAnswer> {
    if (method === "configure") {
      this.#configuration = bytes;
      return this.#service.call(method, bytes);
    }
    if (text !== undefined && OWN_TEXT.test(text)) return inRun(this.#scope, () => this.#service.call(method, bytes));
    this.#thread ??= await this.#startThread();
    return this.#thread.call(method, bytes);
  }

  async #startThread(): Promise<ProviderThread> {
    const thread = new ProviderThread(this.#options);
    if (this.#configuration !== undefined) void thread.call("configure", this.#configuration);
    return thread;
  }

  async close(): Promise<void> {
    const stopped = Promise.all(this.#stops.map((stop) => inRun(this.#scope, stop)));
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, GRACE_MS);
    });
    await Promise.race([stopped, grace]);
    clearTimeout(timer);
    await this.#thread?.stop();
  }
}

/** The `__provider` text that serves a request: the one of its latest properties that has a known one. */
function textOf(request: object): string | undefined {
  const { getNews, getProperties, getInputs, getOlds } = request as Partial<Record<string, () => Struct | undefined>>;
  for (const get of [getNews, getProperties, getInputs, getOlds]) {
    const text = get === undefined ? undefined : fromStruct(get.call(request))[PROVIDER_KEY];
    if (typeof text === "string" && text !== UNKNOWN) return text;
  }
  return undefined;
}

/** The error as gRPC would hand it to a client. */
function serviceError({ details, status }: CallFailure): grpc.ServiceError {
  const metadata = new grpc.Metadata();
  if (status !== undefined) metadata.add(STATUS_DETAILS, Buffer.from(status));
  const code = grpc.status.UNKNOWN;
  return Object.assign(new Error(`${code} UNKNOWN: ${details}`), { code, details, metadata });
}
