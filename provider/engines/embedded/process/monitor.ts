/**
 * The two services that a program's SDK calls: the resource monitor (what exists and should exist) and the engine (log
 * lines, the root resource). They only translate; what a registration means is decided behind `MonitorHandler`.
 */

import * as grpc from "@grpc/grpc-js";
import type { GetRootResourceResponse, LogRequest, SetRootResourceRequest } from "@pulumi/pulumi/proto/engine_pb.js";
import type {
  ReadResourceRequest,
  ReadResourceResponse,
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  RegisterResourceResponse,
  ResourceInvokeRequest,
  SupportsFeatureRequest,
} from "@pulumi/pulumi/proto/resource_pb.js";
import type { PropertyMap, Severity } from "../events.ts";
import { Refusal } from "../refusals.ts";
import { containsUnknowns } from "../state/values.ts";
import {
  CHANNEL_OPTIONS,
  Empty,
  engineMessages,
  engineServices,
  fromStruct,
  providerMessages,
  resourceMessages,
  resourceServices,
  serveOnLoopback,
  toStruct,
} from "./protocol.ts";
import type { Invoked } from "./provider-client.ts";

/** Returns the outputs of a resource of this run by its urn. */
const GET_RESOURCE = "pulumi:pulumi:getResource";
/** Returns the outputs of all resources in the state of a stack. */
const READ_STACK_RESOURCE_OUTPUTS = "pulumi:pulumi:readStackResourceOutputs";

/**
 * The features that this engine reports. Transforms and hooks are included so that the SDK sends them here, where they
 * are refused by name. Without them, the SDK would tell the user to update a CLI that is not installed.
 */
const FEATURES: ReadonlySet<string> = new Set([
  "secrets",
  "resourceReferences",
  "aliasSpecs",
  "deletedWith",
  "replaceWith",
  "transforms",
  "invokeTransforms",
  "resourceHooks",
  "errorHooks",
  "parameterization",
]);

/** The error of requests that are open when the run ends. */
export const SHUT_DOWN = "resource monitor shut down";

export interface Registered {
  readonly urn: string;
  readonly id: string;
  readonly outputs: PropertyMap;
  /** A limited run does not create it, so no output of it is known. */
  readonly unknown?: boolean;
}

export interface MonitorHandler {
  register(request: RegisterResourceRequest): Promise<Registered>;
  read(request: ReadResourceRequest): Promise<Registered>;
  registerOutputs(urn: string, outputs: PropertyMap): Promise<void>;
  getResource(urn: string): Registered | undefined;
  /** Calls a function of a package. */
  invoke(request: ResourceInvokeRequest): Promise<Invoked>;
  /** Type and outputs of each resource in the state, by urn; secrets are marked. Rejects for another stack. */
  readStackResourceOutputs(stackName: string): Promise<PropertyMap>;
  /** The program will register nothing more; resolves when the run is over. */
  programEnded(): Promise<void>;
  log(severity: Severity, message: string, urn: string): void;
  /** The program asked for something that this engine does not do. */
  refused(refusal: Refusal): void;
}

type Unary<Request, Response> = (call: { request: Request }, callback: grpc.sendUnaryData<Response>) => void;

/** Rejected with when the run is over before a request is answered. The SDK then ends quietly. */
class MonitorClosed extends Error {
  override name = "MonitorClosed";
}

export class Monitor {
  readonly #server = new grpc.Server(CHANNEL_OPTIONS);
  readonly #handler: MonitorHandler;
  readonly #closed = Promise.withResolvers<never>();
  #root = "";
  address = "";

  constructor(handler: MonitorHandler) {
    this.#handler = handler;
    this.#closed.promise.catch(() => undefined);
    this.#server.addService(
      resourceServices.ResourceMonitorService as unknown as grpc.ServiceDefinition,
      this.#resourceMonitor(),
    );
    this.#server.addService(engineServices.EngineService as unknown as grpc.ServiceDefinition, this.#engine());
  }

  async listen(): Promise<void> {
    this.address = await serveOnLoopback(this.#server);
  }

  /** Every request that is still open, and every later one, is answered with "unavailable". */
  async close(): Promise<void> {
    this.shutDown();
    // Open connections belong to processes that are about to end.
    const forced = setTimeout(() => this.#server.forceShutdown(), 1_000);
    await new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
    clearTimeout(forced);
  }

  shutDown(): void {
    this.#closed.reject(new MonitorClosed(SHUT_DOWN));
  }

  /** `always`: also when the run is over, for what an ending program still has to say. */
  #answer<Request, Response>(
    handle: (request: Request) => Promise<Response> | Response,
    { always = false } = {},
  ): Unary<Request, Response> {
    return (call, callback) => {
      const answer = (async () => handle(call.request))();
      (always ? answer : Promise.race([answer, this.#closed.promise])).then(
        (response) => callback(null, response),
        (error: unknown) => {
          if (error instanceof Refusal) {
            this.#handler.refused(error);
          }
          const isOver = error instanceof MonitorClosed || error instanceof Refusal;
          const message = error instanceof Error ? error.message : String(error);
          callback({
            code: isOver ? grpc.status.UNAVAILABLE : grpc.status.UNKNOWN,
            message: isOver ? SHUT_DOWN : message,
            details: isOver ? SHUT_DOWN : message,
          });
        },
      );
    };
  }

  #refuse(thing: string): Unary<unknown, never> {
    return this.#answer(() => {
      throw new Refusal(thing);
    });
  }

  #resourceMonitor(): grpc.UntypedServiceImplementation {
    const handler = this.#handler;
    const services = {
      supportsFeature: this.#answer(
        (request: SupportsFeatureRequest) => {
          const response = new resourceMessages.SupportsFeatureResponse();
          response.setHassupport(FEATURES.has(request.getId()));
          return response;
        },
        { always: true },
      ),
      registerResource: this.#answer(async (request: RegisterResourceRequest): Promise<RegisterResourceResponse> => {
        const { urn, id, outputs, unknown = false } = await handler.register(request);
        const response = new resourceMessages.RegisterResourceResponse();
        response.setUrn(urn);
        response.setId(id);
        // An older SDK does not know the field.
        response.setUnknown?.(unknown);
        response.setObject(toStruct(request.getSupportspartialvalues() ? outputs : withoutUnknowns(outputs)));
        return response;
      }),
      readResource: this.#answer(async (request: ReadResourceRequest): Promise<ReadResourceResponse> => {
        const { urn, outputs } = await handler.read(request);
        const response = new resourceMessages.ReadResourceResponse();
        response.setUrn(urn);
        response.setProperties(toStruct(outputs));
        return response;
      }),
      registerResourceOutputs: this.#answer(
        async (request: RegisterResourceOutputsRequest) => {
          const recorded = handler.registerOutputs(request.getUrn(), fromStruct(request.getOutputs()));
          // Outputs that come when the run is over are too late, which is no error of the program's: the SDK would print
          // one, after it has closed the channel over which it tells errors.
          await Promise.race([recorded, this.#closed.promise.catch(() => undefined)]);
          return new Empty();
        },
        { always: true },
      ),
      signalAndWaitForShutdown: this.#answer(async () => {
        await handler.programEnded();
        return new Empty();
      }),
      invoke: this.#answer((request: ResourceInvokeRequest) => this.#invoke(request)),
      call: this.#answer((request: { getTok(): string }) => {
        throw new Refusal(`calls of provider methods (here ${request.getTok()})`);
      }),
      streamInvoke: (call: grpc.ServerWritableStream<ResourceInvokeRequest, unknown>) => {
        const refusal = new Refusal(`calls of provider functions (here ${call.request.getTok()})`);
        handler.refused(refusal);
        call.destroy(refusal);
      },
      registerStackTransform: this.#refuse("transforms of the whole stack"),
      registerStackInvokeTransform: this.#refuse("transforms of provider functions"),
      registerResourceHook: this.#refuse("resource hooks"),
      registerErrorHook: this.#refuse("error hooks"),
      registerPackage: this.#refuse("parameterized packages"),
    };
    return services as unknown as grpc.UntypedServiceImplementation;
  }

  async #invoke(request: ResourceInvokeRequest): Promise<object> {
    const own = await this.#engineFunction(request.getTok(), fromStruct(request.getArgs()));
    const { returned, failures } =
      own === undefined ? await this.#handler.invoke(request) : { returned: own, failures: [] };
    const response = new resourceMessages.ResourceInvokeResponse();
    response.setReturn(toStruct(returned));
    for (const { property, reason } of failures) {
      const failure = new providerMessages.CheckFailure();
      failure.setProperty(property);
      failure.setReason(reason);
      response.addFailures(failure);
    }
    return response;
  }

  /** Answers the functions that the engine itself has. `undefined` for those of a package. */
  async #engineFunction(token: string, { urn, stackName }: PropertyMap): Promise<PropertyMap | undefined> {
    if (token === GET_RESOURCE) {
      const found = typeof urn === "string" ? this.#handler.getResource(urn) : undefined;
      if (found === undefined) throw new Error(`unknown resource ${String(urn)}`);
      return { urn: found.urn, id: found.id, state: found.outputs };
    }
    if (token === READ_STACK_RESOURCE_OUTPUTS) {
      const name = String(stackName);
      return { name, outputs: await this.#handler.readStackResourceOutputs(name) };
    }
    return undefined;
  }

  #engine(): grpc.UntypedServiceImplementation {
    const severities: Record<number, Severity> = {
      [engineMessages.LogSeverity.DEBUG]: "debug",
      [engineMessages.LogSeverity.INFO]: "info",
      [engineMessages.LogSeverity.WARNING]: "warning",
      [engineMessages.LogSeverity.ERROR]: "error",
    };
    const services = {
      log: this.#answer(
        (request: LogRequest) => {
          this.#handler.log(severities[request.getSeverity()] ?? "info", request.getMessage(), request.getUrn());
          return new Empty();
        },
        { always: true },
      ),
      getRootResource: this.#answer(
        (): GetRootResourceResponse => {
          const response = new engineMessages.GetRootResourceResponse();
          response.setUrn(this.#root);
          return response;
        },
        { always: true },
      ),
      setRootResource: this.#answer((request: SetRootResourceRequest) => {
        this.#root = request.getUrn();
        return new engineMessages.SetRootResourceResponse();
      }),
      startDebugging: this.#answer(() => new Empty()),
      requirePulumiVersion: this.#refuse("programs that require a version of the Pulumi CLI"),
    };
    return services as unknown as grpc.UntypedServiceImplementation;
  }
}

function withoutUnknowns(map: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => !containsUnknowns(value)));
}
