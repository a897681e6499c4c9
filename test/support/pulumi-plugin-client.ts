/**
 * A client in the manner of Pulumi's engine: starts the plugin, serves its log, and asks it what the engine would. It starts a
 * process, or serves the plugin in this one, in a run scope of its own.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as grpc from "@grpc/grpc-js";
import engineServices from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import providerServices from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import providerMessages from "@pulumi/pulumi/proto/provider_pb.js";
import statusMessages from "@pulumi/pulumi/proto/status_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";
import { pluginService } from "../../provider/engines/plugin/serve.ts";
import { inRun, PROCESS_SCOPE, type RunScope } from "../../provider/run-scope.ts";
import type { Kind } from "../../schema/resources.ts";
import { firstLine } from "./plugin-client.ts";

const { Struct } = structMessages;
type Json = Readonly<Record<string, unknown>>;

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
/** Of a text, a boolean and a list. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const UNKNOWN_LIST = "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2";

export function secret(value: unknown): Json {
  return { [SIGNATURE]: SECRET, value };
}

/** One message of the log. */
export interface Logged {
  readonly severity: "debug" | "info" | "warning" | "error";
  readonly urn: string;
  readonly text: string;
}

/** A resource in the state of the client. */
export interface Held {
  readonly kind: Kind;
  readonly name: string;
  readonly id: string;
  readonly inputs: Json;
  readonly outputs: Json;
  /** Why it is incomplete, if it is. */
  readonly reasons?: readonly string[];
}

export interface Difference {
  readonly changes: boolean;
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
  /** The kind of change by path: `UPDATE_REPLACE`. */
  readonly details: Readonly<Record<string, string>>;
}

type Messages = typeof providerMessages;
type Unary = (request: unknown, done: (error: grpc.ServiceError | null, response: never) => void) => void;

export class PulumiPluginClient implements AsyncDisposable {
  /** Only of a plugin that runs in a process of its own. */
  readonly process: ChildProcess | undefined;
  readonly logged: Logged[] = [];
  readonly #client: grpc.Client;
  readonly #engine: grpc.Server;
  readonly #others: grpc.Server[] = [];
  /** Ends the run scope of a plugin in this process. */
  #stop = async () => {};

  private constructor(address: string, { engine, logged }: Log, served: ChildProcess | grpc.Server) {
    const { ResourceProviderClient } = providerServices;
    this.#client = new ResourceProviderClient(address, grpc.credentials.createInsecure()) as grpc.Client;
    this.#engine = engine;
    this.logged = logged;
    this.process = served instanceof grpc.Server ? undefined : served;
    if (served instanceof grpc.Server) this.#others.push(served);
  }

  /** Serves the plugin in this process, and configures it. */
  static async start(env: RunScope["env"], settings: Json = {}): Promise<PulumiPluginClient> {
    const log = await servedLog();
    const { address: engineAddress } = log;
    const stops: (() => Promise<void>)[] = [];
    const onStop = (stop: () => Promise<void>) => void stops.push(stop);
    const scope = { ...PROCESS_SCOPE, env, engineAddress, onStop, state: new Map() };
    const server = new grpc.Server();
    const { implementation } = pluginService(engineAddress);
    const methods = Object.entries(implementation).map(([name, method]) => {
      const scoped = (...call: unknown[]) => inRun(scope, () => (method as (...call: unknown[]) => void)(...call));
      return [name, scoped] as const;
    });
    server.addService(providerServices.ResourceProviderService as never, Object.fromEntries(methods));
    const plugin = new PulumiPluginClient(await bound(server), log, server);
    plugin.#stop = async () => void (await inRun(scope, () => Promise.all(stops.map((stop) => stop()))));
    await plugin.#greet(engineAddress);
    const configure = new providerMessages.ConfigureRequest();
    configure.setArgs(Struct.fromJavaScript({ wait: "off", ...settings } as never));
    await plugin.call("configure", configure);
    return plugin;
  }

  /** Starts it, and shakes hands. */
  static async launch([program = "", ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<PulumiPluginClient> {
    const log = await servedLog();
    const child = spawn(program, [...args, log.address], { env, stdio: ["ignore", "pipe", "pipe"] });
    const plugin = new PulumiPluginClient(`127.0.0.1:${await firstLine(child)}`, log, child);
    await plugin.#greet(log.address);
    return plugin;
  }

  async #greet(engineAddress: string): Promise<void> {
    const hello = new providerMessages.ProviderHandshakeRequest();
    hello.setEngineAddress(engineAddress);
    await this.call("handshake", hello);
  }

  call<T>(name: string, request: unknown): Promise<T> {
    const method = (this.#client as unknown as Record<string, Unary>)[name];
    if (method === undefined) throw new Error(`no method ${name}`);
    return new Promise((resolve, reject) => {
      method.call(this.#client, request, (error, response) =>
        error === null ? resolve(response as T) : reject(error),
      );
    });
  }

  /** Another engine takes over. Returns the messages that it receives. */
  async attachAnother(): Promise<readonly Logged[]> {
    const { engine, logged, address } = await servedLog();
    this.#others.push(engine);
    const request = new pluginMessages.PluginAttach();
    request.setAddress(address);
    await this.call("attach", request);
    return logged;
  }

  async schema(): Promise<string> {
    const response = await this.call<InstanceType<Messages["GetSchemaResponse"]>>(
      "getSchema",
      new providerMessages.GetSchemaRequest(),
    );
    return response.getSchema();
  }

  async version(): Promise<string> {
    const info = await this.call<InstanceType<typeof pluginMessages.PluginInfo>>(
      "getPluginInfo",
      new emptyMessages.Empty(),
    );
    return info.getVersion();
  }

  async checkConfig(settings: Json): Promise<{ inputs: Json; failures: string[] }> {
    const request = new providerMessages.CheckRequest();
    request.setUrn("urn:pulumi:dev::test::pulumi:providers:mongofed::default");
    request.setNews(Struct.fromJavaScript(settings as never));
    return checked(await this.call("checkConfig", request));
  }

  /** The settings that differ, and those that replace the provider with all of its resources. */
  async diffConfig(olds: Json, news: Json): Promise<{ differ: readonly string[]; replaces: readonly string[] }> {
    const request = new providerMessages.DiffRequest();
    request.setUrn("urn:pulumi:dev::test::pulumi:providers:mongofed::default");
    request.setOldInputs(Struct.fromJavaScript(olds as never));
    request.setOlds(Struct.fromJavaScript(olds as never));
    request.setNews(Struct.fromJavaScript(news as never));
    const response = await this.call<InstanceType<Messages["DiffResponse"]>>("diffConfig", request);
    return { differ: response.getDiffsList(), replaces: response.getReplacesList() };
  }

  async check(kind: Kind, name: string, inputs: Json, olds: Json = {}): Promise<{ inputs: Json; failures: string[] }> {
    const request = new providerMessages.CheckRequest();
    request.setUrn(urnOf(kind, name));
    request.setOlds(Struct.fromJavaScript(olds as never));
    request.setNews(Struct.fromJavaScript(inputs as never));
    return checked(await this.call("check", request));
  }

  async diff(
    { kind, name, id, inputs, outputs }: Held,
    news: Json,
    ignored: readonly string[] = [],
  ): Promise<Difference> {
    const request = new providerMessages.DiffRequest();
    request.setId(id);
    request.setUrn(urnOf(kind, name));
    request.setOldInputs(Struct.fromJavaScript(inputs as never));
    request.setOlds(Struct.fromJavaScript(outputs as never));
    request.setNews(Struct.fromJavaScript(news as never));
    request.setIgnorechangesList([...ignored]);
    const response = await this.call<InstanceType<Messages["DiffResponse"]>>("diff", request);
    const { Kind } = providerMessages.PropertyDiff;
    const kinds = new Map(Object.entries(Kind).map(([text, number]) => [number as number, text]));
    const details: Record<string, string> = {};
    response.getDetaileddiffMap().forEach((one, path) => {
      details[path] = kinds.get(one.getKind()) ?? "?";
    });
    return {
      changes: response.getChanges() === providerMessages.DiffResponse.DiffChanges.DIFF_SOME,
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
      details,
    };
  }

  /** The outputs that a preview knows. */
  async previewCreate(kind: Kind, name: string, inputs: Json): Promise<Json> {
    const request = creation(kind, name, inputs);
    request.setPreview(true);
    const response = await this.call<InstanceType<Messages["CreateResponse"]>>("create", request);
    return response.getProperties()?.toJavaScript() as Json;
  }

  /** Creates the object. One that exists all the same is held as the engine holds it, with its reasons. */
  async create(kind: Kind, name: string, inputs: Json): Promise<Held> {
    try {
      const response = await this.call<InstanceType<Messages["CreateResponse"]>>(
        "create",
        creation(kind, name, inputs),
      );
      return { kind, name, id: response.getId(), inputs, outputs: response.getProperties()?.toJavaScript() as Json };
    } catch (error) {
      const kept = incompleteIn(error);
      if (kept === undefined) throw error;
      return { kind, name, ...kept };
    }
  }

  /** @param preview asks for the outputs only */
  async update({ kind, name, id, inputs, outputs }: Held, news: Json, preview = false): Promise<Held> {
    const request = new providerMessages.UpdateRequest();
    request.setId(id);
    request.setUrn(urnOf(kind, name));
    request.setOldInputs(Struct.fromJavaScript(inputs as never));
    request.setOlds(Struct.fromJavaScript(outputs as never));
    request.setNews(Struct.fromJavaScript(news as never));
    request.setPreview(preview);
    const response = await this.call<InstanceType<Messages["UpdateResponse"]>>("update", request);
    return { kind, name, id, inputs: news, outputs: response.getProperties()?.toJavaScript() as Json };
  }

  /** Imports by id, or refreshes what is held. `undefined`: gone. */
  async read(kind: Kind, name: string, id: string, held?: Held): Promise<Held | undefined> {
    const request = new providerMessages.ReadRequest();
    request.setId(id);
    request.setUrn(urnOf(kind, name));
    if (held !== undefined) {
      request.setProperties(Struct.fromJavaScript(held.outputs as never));
      request.setInputs(Struct.fromJavaScript(held.inputs as never));
    }
    const response = await this.call<InstanceType<Messages["ReadResponse"]>>("read", request);
    if (response.getId() === "") return undefined;
    const inputs = response.getInputs()?.toJavaScript() as Json;
    return { kind, name, id: response.getId(), inputs, outputs: response.getProperties()?.toJavaScript() as Json };
  }

  async delete({ kind, name, id, inputs, outputs }: Held): Promise<void> {
    const request = new providerMessages.DeleteRequest();
    request.setId(id);
    request.setUrn(urnOf(kind, name));
    request.setProperties(Struct.fromJavaScript(outputs as never));
    request.setOldInputs(Struct.fromJavaScript(inputs as never));
    await this.call("delete", request);
  }

  async invoke(name: string, args: Json): Promise<{ found: Json; failures: string[] }> {
    const request = new providerMessages.InvokeRequest();
    request.setTok(`mongofed:index:${name}`);
    request.setArgs(Struct.fromJavaScript(args as never));
    const response = await this.call<InstanceType<Messages["InvokeResponse"]>>("invoke", request);
    return {
      found: (response.getReturn()?.toJavaScript() ?? {}) as Json,
      failures: response.getFailuresList().map((failure) => failure.getReason()),
    };
  }

  /** As the engine does at the end of a run, and when the user interrupts it. */
  async cancel(): Promise<void> {
    await this.call("cancel", new emptyMessages.Empty());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    this.#client.close();
    for (const engine of [this.#engine, ...this.#others]) engine.forceShutdown();
    if (this.process === undefined || this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, "close");
    this.process.kill("SIGKILL");
    await ended;
  }
}

interface Log {
  readonly engine: grpc.Server;
  readonly address: string;
  readonly logged: Logged[];
}

/** Serves the log of an engine. */
async function servedLog(): Promise<Log> {
  const logged: Logged[] = [];
  const engine = new grpc.Server();
  engine.addService(engineServices.EngineService as never, {
    log({ request }: { request: engineMessages.LogRequest }, done: (error: null, empty: unknown) => void) {
      const severity = (["debug", "info", "warning", "error"] as const)[request.getSeverity()];
      logged.push({ severity: severity ?? "error", urn: request.getUrn(), text: request.getMessage() });
      done(null, new emptyMessages.Empty());
    },
  });
  return { engine, logged, address: await bound(engine) };
}

async function bound(server: grpc.Server): Promise<string> {
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    server.bindAsync("127.0.0.1:0", credentials, (error, port) => (error ? reject(error) : resolve(port)));
  });
  return `127.0.0.1:${port}`;
}

export function urnOf(kind: Kind, name: string): string {
  return `urn:pulumi:dev::test::mongofed:index:${kind}::${name}`;
}

function creation(kind: Kind, name: string, inputs: Json): InstanceType<Messages["CreateRequest"]> {
  const request = new providerMessages.CreateRequest();
  request.setUrn(urnOf(kind, name));
  request.setProperties(Struct.fromJavaScript(inputs as never));
  return request;
}

function checked(response: InstanceType<Messages["CheckResponse"]>): { inputs: Json; failures: string[] } {
  return {
    inputs: (response.getInputs()?.toJavaScript() ?? {}) as Json,
    failures: response.getFailuresList().map((failure) => failure.getReason()),
  };
}

function incompleteIn(error: unknown): Pick<Held, "id" | "inputs" | "outputs" | "reasons"> | undefined {
  const [packed] = (error as grpc.ServiceError).metadata?.get("grpc-status-details-bin") ?? [];
  if (packed === undefined) return undefined;
  const [detail] = statusMessages.Status.deserializeBinary(packed as Uint8Array).getDetailsList();
  const kept = providerMessages.ErrorResourceInitFailed.deserializeBinary(detail?.getValue_asU8() ?? new Uint8Array());
  return {
    id: kept.getId(),
    inputs: kept.getInputs()?.toJavaScript() as Json,
    outputs: kept.getProperties()?.toJavaScript() as Json,
    reasons: kept.getReasonsList(),
  };
}
