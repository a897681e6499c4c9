/**
 * One configured dynamic provider, as the engine calls it: marked values in, marked values out. It opens secrets on the
 * way to the provider, marks them again on the way back, and never calls a provider whose config is not known yet.
 */

import type { ServiceError } from "@grpc/grpc-js";
import type { PropertyMap } from "../events.ts";
import type { ProviderCall } from "../run-options.ts";
import type { ResourceState } from "../state/resource-state.ts";
import { urnName, urnType } from "../state/urn.ts";
import { annotateSecrets, containsUnknowns, forProvider, UNKNOWN } from "../state/values.ts";
import { fromStruct, providerMessages, type Struct, statusMessages, toStruct } from "./protocol.ts";

export const PROVIDER_KEY = "__provider";
/** Where the engine keeps its own notes among a provider's inputs; not for the provider. */
export const INTERNAL_KEY = "__internal";
export const INIT_FAILED_TYPE = "pulumirpc.ErrorResourceInitFailed";
export const STATUS_DETAILS = "grpc-status-details-bin";

/** The error of a provider call, with the provider's message. */
class ProviderError extends Error {
  override name = "ProviderError";
}

/** The object exists, but is not as it should be: it goes into the state with these reasons. */
export class InitError extends Error {
  override name = "InitError";
  readonly reasons: readonly string[];
  readonly id: string;
  readonly outputs: PropertyMap;

  constructor(reasons: readonly string[], id: string, outputs: PropertyMap) {
    super(initMessage(reasons));
    this.reasons = reasons;
    this.id = id;
    this.outputs = outputs;
  }
}

interface ResourceRequest {
  setUrn(urn: string): unknown;
  setName(name: string): unknown;
  setType(type: string): unknown;
}

/** Sets the resource of a request. */
function about<Request extends ResourceRequest>(urn: string, request: Request): Request {
  request.setUrn(urn);
  request.setName(urnName(urn));
  request.setType(urnType(urn));
  return request;
}

function failuresIn(response: ProviderMessages["CheckResponse" | "InvokeResponse"]): CheckFailure[] {
  return response.getFailuresList().map((one) => ({ property: one.getProperty(), reason: one.getReason() }));
}

function initMessage(reasons: readonly string[]): string {
  if (reasons.length === 0) {
    return "resource init failed";
  }
  const count = reasons.length === 1 ? "1 error" : `${reasons.length} errors`;
  return `${count} occurred:\n${reasons.map((reason) => `\t* ${reason}\n`).join("")}\n`;
}

/** `diff` cannot be asked while the provider's own config is unknown. */
export class DiffUnavailable extends Error {
  override name = "DiffUnavailable";
}

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** The answer of a function, or why its arguments are refused. */
export interface Invoked {
  readonly returned: PropertyMap;
  readonly failures: readonly CheckFailure[];
}

export interface Diff {
  readonly changes: "none" | "some" | "unknown";
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

export interface Read {
  /** Empty: the object is gone. */
  readonly id: string;
  readonly outputs: PropertyMap | undefined;
  readonly inputs: PropertyMap | undefined;
  readonly initErrors: readonly string[];
}

/** Carries calls to a dynamic provider: to a process, or to objects in this process. */
export interface ProviderTransport {
  /** Makes one call with Pulumi's own messages. Errors are gRPC's, with the details that the provider sent. */
  call<Request, Response>(method: string, request: Request): Promise<Response>;
  /** Tells a plugin that the user interrupts the run. A dynamic provider finishes what it has begun. */
  cancel?(): Promise<void>;
  /** Tells the provider to stop and waits until it has. */
  close(): Promise<void>;
}

export type OnCall = (call: Omit<ProviderCall, "dryRun">) => void;

function withoutProvider(map: PropertyMap): PropertyMap {
  const { [PROVIDER_KEY]: _text, ...rest } = map;
  return rest;
}

/** The partial failure that the provider packed into the metadata of its error, if there is one. */
function initError(error: ServiceError): InitError | undefined {
  for (const bytes of error.metadata?.get(STATUS_DETAILS) ?? []) {
    const status = statusMessages.Status.deserializeBinary(Uint8Array.from(bytes as Buffer));
    for (const detail of status.getDetailsList()) {
      if (detail.getTypeName() === INIT_FAILED_TYPE) {
        const failure = providerMessages.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
        return new InitError(failure.getReasonsList(), failure.getId(), fromStruct(failure.getProperties()));
      }
    }
  }
  return undefined;
}

function asError(error: unknown): Error {
  const failure = error as Partial<ServiceError>;
  if (failure.metadata !== undefined) {
    const partial = initError(failure as ServiceError);
    if (partial !== undefined) {
      return partial;
    }
  }
  return new ProviderError(failure.details || (error as Error).message);
}

export class ProviderClient {
  readonly #transport: ProviderTransport;
  readonly #onCall: OnCall;
  readonly #kind: "dynamic" | "plugin";
  /** Configuring goes on while the program already runs; every call waits for it. */
  #configured: Promise<boolean> = Promise.reject(new Error("The provider is not configured yet."));

  constructor(transport: ProviderTransport, onCall: OnCall, kind: "dynamic" | "plugin") {
    this.#transport = transport;
    this.#onCall = onCall;
    this.#kind = kind;
    this.#configured.catch(() => undefined);
  }

  /** Whether the provider predicts the outputs of a change. A dynamic provider has no previews. */
  get previews(): boolean {
    return this.#kind === "plugin";
  }

  /** A plugin takes secrets as they are. */
  #sent(map: PropertyMap): Struct {
    return toStruct(this.#kind === "plugin" ? map : forProvider(map));
  }

  /** Has a plugin check its settings. A dynamic provider takes all of them. */
  async checkConfig(urn: string, news: PropertyMap): Promise<PropertyMap> {
    if (this.#kind === "dynamic") return news;
    const { [INTERNAL_KEY]: internal, ...settings } = news;
    const request = about(urn, new providerMessages.CheckRequest());
    request.setNews(toStruct(settings));
    const response = await this.#call<ProviderMessages["CheckResponse"]>("checkConfig", request);
    const [failure] = response.getFailuresList();
    if (failure !== undefined) throw new ProviderError(failure.getReason());
    return { ...fromStruct(response.getInputs()), ...(internal === undefined ? {} : { [INTERNAL_KEY]: internal }) };
  }

  configure(urn: string, id: string, inputs: PropertyMap): void {
    if (containsUnknowns(inputs)) {
      this.#configured = Promise.resolve(false);
      return;
    }
    const request = about(urn, new providerMessages.ConfigureRequest());
    request.setId(id);
    request.setAcceptsecrets(true);
    request.setAcceptresources(true);
    request.setArgs(toStruct(inputs));
    this.#onCall({ method: "configure", urn, config: forProvider(inputs) });
    this.#configured = this.#call("configure", request).then(() => true);
    this.#configured.catch(() => undefined);
  }

  async check(
    urn: string,
    olds: PropertyMap,
    news: PropertyMap,
    allowUnknowns: boolean,
  ): Promise<{ inputs: PropertyMap; failures: CheckFailure[] }> {
    if (!(await this.#configured)) {
      return { inputs: news, failures: [] };
    }
    const request = about(urn, new providerMessages.CheckRequest());
    request.setOlds(this.#sent(olds));
    request.setNews(this.#sent(news));
    this.#onCall({
      method: "check",
      urn,
      olds: withoutProvider(forProvider(olds)),
      news: withoutProvider(forProvider(news)),
    });
    const response = await this.#call<ProviderMessages["CheckResponse"]>("check", request);
    const inputs = fromStruct(response.getInputs());
    if (!allowUnknowns && containsUnknowns(inputs)) {
      throw new ProviderError("the provider answered a check with a value that is not known, outside of a preview");
    }
    return {
      inputs: annotateSecrets(inputs, news),
      failures: failuresIn(response),
    };
  }

  async diff(
    urn: string,
    id: string,
    oldInputs: PropertyMap,
    oldOutputs: PropertyMap,
    news: PropertyMap,
    ignoreChanges: readonly string[],
  ): Promise<Diff> {
    if (!(await this.#configured)) {
      throw new DiffUnavailable(
        "The provider for this resource has inputs that are not known during preview.\n" +
          "This preview may not correctly represent the changes that will be applied during an update.",
      );
    }
    const request = about(urn, new providerMessages.DiffRequest());
    request.setId(id);
    request.setOldInputs(this.#sent(oldInputs));
    request.setOlds(this.#sent(oldOutputs));
    request.setNews(this.#sent(news));
    request.setIgnorechangesList([...ignoreChanges]);
    this.#onCall({
      method: "diff",
      urn,
      id,
      olds: withoutProvider(forProvider(oldOutputs)),
      news: withoutProvider(forProvider(news)),
    });
    const response = await this.#call<ProviderMessages["DiffResponse"]>("diff", request);
    const { DIFF_NONE, DIFF_SOME } = providerMessages.DiffResponse.DiffChanges;
    const changes = response.getChanges();
    return {
      changes: changes === DIFF_NONE ? "none" : changes === DIFF_SOME ? "some" : "unknown",
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  /** @param preview asks for the outputs only; see `previews` */
  async create(state: ResourceState, preview = false): Promise<{ id: string; outputs: PropertyMap }> {
    if (!(await this.#configured) && preview) return { id: "", outputs: { ...state.inputs } };
    const request = about(state.urn, new providerMessages.CreateRequest());
    request.setProperties(this.#sent(state.inputs));
    request.setTimeout(state.customTimeouts.create ?? 0);
    request.setPreview(preview);
    this.#onCall({ method: "create", urn: state.urn, inputs: withoutProvider(forProvider(state.inputs)) });
    const response = await this.#partial(
      this.#call<ProviderMessages["CreateResponse"]>("create", request),
      state.inputs,
    );
    if (response.getId() === "" && !preview) {
      throw new ProviderError(`plugin returned empty resource.ID from create '${state.urn}'`);
    }
    return { id: response.getId(), outputs: annotateSecrets(fromStruct(response.getProperties()), state.inputs) };
  }

  async update(old: ResourceState, state: ResourceState, preview = false): Promise<PropertyMap> {
    if (!(await this.#configured) && preview) return { ...state.inputs };
    const request = about(state.urn, new providerMessages.UpdateRequest());
    request.setId(old.id);
    request.setOldInputs(this.#sent(old.inputs));
    request.setOlds(this.#sent(old.outputs));
    request.setNews(this.#sent(state.inputs));
    request.setTimeout(state.customTimeouts.update ?? 0);
    request.setPreview(preview);
    request.setIgnorechangesList(state.ignoreChanges);
    this.#onCall({
      method: "update",
      urn: state.urn,
      id: old.id,
      olds: withoutProvider(forProvider(old.outputs)),
      news: withoutProvider(forProvider(state.inputs)),
    });
    const response = await this.#partial(
      this.#call<ProviderMessages["UpdateResponse"]>("update", request),
      state.inputs,
    );
    return annotateSecrets(fromStruct(response.getProperties()), state.inputs);
  }

  async delete(state: ResourceState): Promise<void> {
    await this.#configured;
    const request = about(state.urn, new providerMessages.DeleteRequest());
    request.setId(state.id);
    request.setProperties(this.#sent(state.outputs));
    request.setOldInputs(this.#sent(state.inputs));
    request.setTimeout(state.customTimeouts.delete ?? 0);
    this.#onCall({
      method: "delete",
      urn: state.urn,
      id: state.id,
      props: withoutProvider(forProvider(state.outputs)),
    });
    await this.#call("delete", request);
  }

  async read(urn: string, id: string, inputs: PropertyMap, state: PropertyMap): Promise<Read> {
    if (!(await this.#configured)) {
      return { id: "", outputs: {}, inputs: {}, initErrors: [] };
    }
    const request = about(urn, new providerMessages.ReadRequest());
    request.setId(id);
    request.setProperties(this.#sent(state));
    request.setInputs(this.#sent(inputs));
    this.#onCall({ method: "read", urn, id, props: withoutProvider(forProvider(state)) });
    try {
      const response = await this.#call<ProviderMessages["ReadResponse"]>("read", request);
      const liveInputs = response.getInputs();
      const live = response.getProperties();
      return {
        id: response.getId(),
        outputs: live === undefined ? undefined : annotateSecrets(fromStruct(live), state),
        inputs: liveInputs === undefined ? undefined : annotateSecrets(fromStruct(liveInputs), inputs),
        initErrors: [],
      };
    } catch (error) {
      if (!(error instanceof InitError)) {
        throw error;
      }
      return {
        id: error.id,
        outputs: annotateSecrets(error.outputs, state),
        inputs: undefined,
        initErrors: error.reasons,
      };
    }
  }

  async invoke(token: string, args: PropertyMap, preview: boolean): Promise<Invoked> {
    if (!(await this.#configured)) return { returned: {}, failures: [] };
    const request = new providerMessages.InvokeRequest();
    request.setTok(token);
    request.setArgs(this.#sent(args));
    request.setPreview(preview);
    const response = await this.#call<ProviderMessages["InvokeResponse"]>("invoke", request);
    return { returned: fromStruct(response.getReturn()), failures: failuresIn(response) };
  }

  /** The user interrupts the run: ends the calls that are under way, where the provider can. */
  async cancel(): Promise<void> {
    await this.#transport.cancel?.();
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  /** Marks the secrets in the outputs of an object that was made, but not well. */
  async #partial<T>(answer: Promise<T>, inputs: PropertyMap): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw error instanceof InitError
        ? new InitError(error.reasons, error.id, annotateSecrets(error.outputs, inputs))
        : error;
    }
  }

  async #call<Response>(method: string, request: object): Promise<Response> {
    refuseForeignCode(request);
    try {
      return await this.#transport.call<object, Response>(method, request);
    } catch (error) {
      throw asError(error);
    }
  }
}

/** The types of mongofed's resources, and the `__provider` text that all of them have. */
const OWN_TYPE = /^pulumi-nodejs:dynamic\/mongofed:/;
export const OWN_TEXT = /^exports\.handler=\(\)=>require\("mongofed\/provider"\)\.\w+\(\);$/;

/** A state file could hold other code for our types. Only the installed package handles them. */
function refuseForeignCode(request: object): void {
  const { getUrn, getNews, getProperties, getInputs, getOlds } = request as Partial<Record<string, () => unknown>>;
  const urn = getUrn?.call(request);
  if (typeof urn !== "string" || !OWN_TYPE.test(urnType(urn))) return;
  for (const get of [getNews, getProperties, getInputs, getOlds]) {
    const text = get && fromStruct(get.call(request) as Struct | undefined)[PROVIDER_KEY];
    if (typeof text !== "string" || text === UNKNOWN || OWN_TEXT.test(text)) continue;
    throw new ProviderError(
      `The state or the program holds code for ${urn}. Only the installed mongofed package handles this type. Restore the state from a backup that you trust.`,
    );
  }
}

type ProviderMessages = {
  [K in
    | "InvokeResponse"
    | "CheckResponse"
    | "DiffResponse"
    | "CreateResponse"
    | "UpdateResponse"
    | "ReadResponse"]: InstanceType<(typeof providerMessages)[K]>;
};
