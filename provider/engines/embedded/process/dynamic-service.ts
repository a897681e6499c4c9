/**
 * Serves the provider protocol from dynamic provider objects, as Pulumi's dynamic provider process does: it loads each
 * object from the `__provider` text of a resource, configures it once, calls it, and converts what comes and goes. The
 * requests and answers are bytes, so that everything fails here that would fail on the wire.
 */

import Module from "node:module";
import type { dynamic } from "@pulumi/pulumi";
import dynamicConfig from "@pulumi/pulumi/cmd/dynamic-provider/config.js";
import anyMessages from "google-protobuf/google/protobuf/any_pb.js";
import type { PropertyMap } from "../events.ts";
import { isSecret, secretValue, UNKNOWN } from "../state/values.ts";
import {
  Empty,
  fromStruct,
  providerMessages,
  providerServices,
  type Struct,
  statusMessages,
  toStruct,
} from "./protocol.ts";
import { INIT_FAILED_TYPE, PROVIDER_KEY } from "./provider-client.ts";

export interface DynamicServiceOptions {
  /** The program's folder: `__provider` texts load packages from there. */
  readonly workDir: string;
  readonly project: string;
  readonly print: (text: string) => void;
}

/** A failed call, in the form in which a gRPC client gets it. */
export interface CallFailure {
  readonly details: string;
  /** A serialized status with the partial result of a create or update. */
  readonly status?: Uint8Array;
}

export type CallAnswer = { readonly bytes: Uint8Array } | { readonly failure: CallFailure };

/** How the methods of a service turn messages into bytes, and back. */
interface Codec {
  requestDeserialize(bytes: Buffer): never;
  responseSerialize(message: object): Buffer;
}
type Codecs = Record<string, Codec>;

/** Errors of these methods are printed too; Pulumi's own engine prints those of the others. */
const PRINTED: ReadonlySet<string> = new Set(["check", "diff", "read", "delete"]);

type Config = ConstructorParameters<typeof dynamicConfig.Config>[0];

export class DynamicService {
  readonly #options: DynamicServiceOptions;
  readonly #providers = new Map<string, dynamic.ResourceProvider>();
  #config: Config = {};

  constructor(options: DynamicServiceOptions) {
    this.#options = options;
  }

  async call(method: string, request: Uint8Array): Promise<CallAnswer> {
    try {
      const codec = (providerServices.ResourceProviderService as unknown as Codecs)[method];
      const handle = (this.#methods as Record<string, ((request: never) => Promise<object>) | undefined>)[method];
      if (codec === undefined || handle === undefined)
        throw new Error(`The provider protocol has no method ${method}.`);
      return { bytes: codec.responseSerialize(await handle(codec.requestDeserialize(Buffer.from(request)))) };
    } catch (error) {
      if (PRINTED.has(method)) this.#options.print(`${error}: ${(error as Error | undefined)?.stack}`);
      return { failure: failureOf(error) };
    }
  }

  readonly #methods = {
    configure: async (request: Message<"ConfigureRequest">) => {
      const { [PROVIDER_KEY]: _, ...args } = fromStruct(request.getArgs());
      this.#config = Object.fromEntries(
        Object.entries(args).map(([key, value]) => [key, isSecret(value) ? secretValue(value) : value]),
      ) as Config;
      return new providerMessages.ConfigureResponse();
    },

    check: async (request: Message<"CheckRequest">) => {
      const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      const provider = await this.#providerOf(news[PROVIDER_KEY] === UNKNOWN ? olds : news);
      const result = provider.check ? await provider.check(olds, news) : {};
      const response = new providerMessages.CheckResponse();
      response.setInputs(withProvider(result.inputs ?? news, news));
      for (const { property, reason } of result.failures ?? []) {
        const failure = new providerMessages.CheckFailure();
        failure.setProperty(property);
        failure.setReason(reason);
        response.addFailures(failure);
      }
      return response;
    },

    diff: async (request: Message<"DiffRequest">) => {
      const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      const provider = await this.#providerOf(news[PROVIDER_KEY] === UNKNOWN ? olds : news);
      const response = new providerMessages.DiffResponse();
      if (provider.diff === undefined) return response;
      const { changes, replaces, deleteBeforeReplace } = await provider.diff(request.getId(), olds, news);
      const { DIFF_NONE, DIFF_SOME, DIFF_UNKNOWN } = providerMessages.DiffResponse.DiffChanges;
      response.setChanges(changes === true ? DIFF_SOME : changes === false ? DIFF_NONE : DIFF_UNKNOWN);
      if (replaces) response.setReplacesList(replaces);
      if (deleteBeforeReplace) response.setDeletebeforereplace(deleteBeforeReplace);
      return response;
    },

    create: async (request: Message<"CreateRequest">) => {
      const props = fromStruct(request.getProperties());
      const result = await (await this.#providerOf(props)).create(props);
      const response = new providerMessages.CreateResponse();
      response.setId(result.id);
      response.setProperties(withProvider(result.outs, props));
      return response;
    },

    read: async (request: Message<"ReadRequest">) => {
      const id = request.getId();
      const state = fromStruct(request.getProperties());
      const props = Object.keys(state).length === 0 ? fromStruct(request.getInputs()) : state;
      const provider = await this.#providerOf(props);
      const response = new providerMessages.ReadResponse();
      if (provider.read === undefined) {
        response.setId(id);
        response.setProperties(toStruct(props));
        return response;
      }
      const result = await provider.read(id, props);
      response.setId(result.id as string);
      response.setProperties(withProvider(result.props, props));
      if (result.inputs) response.setInputs(withProvider(result.inputs, props));
      return response;
    },

    update: async (request: Message<"UpdateRequest">) => {
      const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      const provider = await this.#providerOf(news);
      const result = (await provider.update?.(request.getId(), olds, news)) || {};
      const response = new providerMessages.UpdateResponse();
      response.setProperties(withProvider(result.outs, news));
      return response;
    },

    delete: async (request: Message<"DeleteRequest">) => {
      const props = fromStruct(request.getProperties());
      await (await this.#providerOf(props)).delete?.(request.getId(), props);
      return new Empty();
    },
  };

  /** Like the SDK, it uses an object before `configure` has ended, and after it has failed. */
  async #providerOf(props: PropertyMap): Promise<dynamic.ResourceProvider> {
    const text = props[PROVIDER_KEY];
    if (typeof text !== "string") throw new Error(`code must be a string, not ${typeof text}`);
    const known = this.#providers.get(text);
    if (known !== undefined) return known;
    const { workDir, project } = this.#options;
    const provider = load(text, workDir);
    this.#providers.set(text, provider);
    await provider.configure?.({ config: new dynamicConfig.Config(this.#config, project) });
    return provider;
  }
}

type Message<K extends keyof typeof providerMessages> = (typeof providerMessages)[K] extends new () => infer M
  ? M
  : never;

/** Parts of Node's module loader that its type declarations leave out. */
interface Loader {
  new (id: string): { filename: string; paths: string[]; exports: unknown; _compile(code: string, file: string): void };
  _nodeModulePaths(folder: string): string[];
}

function load(text: string, workDir: string): dynamic.ResourceProvider {
  const loader = Module as unknown as Loader;
  const module = new loader("");
  module.filename = "";
  module.paths = loader._nodeModulePaths(workDir);
  module._compile(text, "");
  return (module.exports as { handler(): dynamic.ResourceProvider }).handler();
}

function withProvider(result: PropertyMap | undefined, props: PropertyMap): Struct {
  return toStruct({ ...result, [PROVIDER_KEY]: props[PROVIDER_KEY] as string });
}

/** An error with an `id` stands for an object that exists, but not as it should. */
function failureOf(error: unknown): CallFailure {
  const { id, properties, reasons, message } = (error ?? {}) as Partial<Error> & {
    id?: string;
    properties?: PropertyMap;
    reasons?: string[];
  };
  const details = String(message);
  if (!id) return { details };
  const partial = new providerMessages.ErrorResourceInitFailed();
  partial.setId(id);
  partial.setProperties(toStruct(properties ?? {}));
  partial.setReasonsList(reasons ?? []);
  const detail = new anyMessages.Any();
  detail.pack(partial.serializeBinary(), INIT_FAILED_TYPE);
  const status = new statusMessages.Status();
  status.setMessage(details);
  status.addDetails(detail);
  return { details, status: status.serializeBinary() };
}
