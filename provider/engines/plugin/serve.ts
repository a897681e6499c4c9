import { writeSync } from "node:fs";
import * as grpc from "@grpc/grpc-js";
import providerServices from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { currentRun } from "../../run-scope.ts";
import type { Handlers } from "./handlers.ts";
import { Empty, pluginMessages, providerMessages } from "./messages.ts";
import { schemaText } from "./schema-text.ts";
import { version } from "./version.ts";

/** The limit of Pulumi's own SDKs. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;
/** How often the process checks whether the engine still lives. */
const PARENT_POLL_MS = 500;
/** An engine that is killed calls nobody. Writes that are under way get this long. */
const GRACE_MS = 4_000;

/**
 * Listens, tells the engine the port, and loads the handlers only then: Pulumi connects meanwhile, and a process that
 * only serves the schema never loads them.
 */
export async function serve(): Promise<void> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  const service = pluginService(currentRun().engineAddress);
  server.addService(providerServices.ResourceProviderService, service.implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  // The first line on standard output is the port. Nothing else may print there before it.
  writeSync(process.stdout.fd, `${port}\n`);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  endWithEngine(service.end);
}

type Calls = Omit<Handlers, "connect">;

/** Answers the methods of a resource provider. `end` tells it that the engine is gone. */
export function pluginService(engineAddress: string | undefined) {
  let handlers: Promise<Handlers> | undefined;
  let address = engineAddress;
  const load = () => {
    handlers ??= import("./handlers.ts").then((module) => {
      const made = new module.Handlers();
      if (address !== undefined) made.connect(address);
      return made;
    });
    return handlers;
  };
  const connect = async (given: string) => {
    address = given;
    if (handlers !== undefined) (await handlers).connect(given);
  };
  const unary =
    (answer: (request: never) => unknown): grpc.handleUnaryCall<never, unknown> =>
    ({ request }, callback) => {
      Promise.resolve()
        .then(() => answer(request))
        .then(
          (response) => callback(null, response),
          (error: unknown) => callback(error as grpc.ServiceError),
        );
    };
  const handled = (name: keyof Calls) =>
    unary(async (request) => {
      const all = await load();
      return await (all[name] as (request: never) => unknown).call(all, request);
    });
  const end = async () => {
    if (handlers !== undefined) await (await handlers).cancel();
  };
  const implementation = {
    handshake: unary(async (request: InstanceType<typeof providerMessages.ProviderHandshakeRequest>) => {
      await connect(request.getEngineAddress());
      const response = new providerMessages.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptsOutputsInCheck(true);
      return response;
    }),
    attach: unary(async (request: InstanceType<typeof pluginMessages.PluginAttach>) => {
      await connect(request.getAddress());
      return new Empty();
    }),
    getPluginInfo: unary(() => {
      const response = new pluginMessages.PluginInfo();
      response.setVersion(version);
      return response;
    }),
    getSchema: unary(async () => {
      const response = new providerMessages.GetSchemaResponse();
      response.setSchema(await schemaText());
      return response;
    }),
    getMapping: unary(() => new providerMessages.GetMappingResponse()),
    getMappings: unary(() => new providerMessages.GetMappingsResponse()),
    // A process that only served the schema is cancelled too.
    cancel: unary(async () => {
      await end();
      return new Empty();
    }),
    checkConfig: handled("checkConfig"),
    diffConfig: handled("diffConfig"),
    configure: handled("configure"),
    invoke: handled("invoke"),
    check: handled("check"),
    diff: handled("diff"),
    create: handled("create"),
    read: handled("read"),
    update: handled("update"),
    delete: handled("delete"),
  };
  return { implementation: implementation as unknown as grpc.UntypedServiceImplementation, end };
}

/**
 * After Cancel, Pulumi ends the process with SIGINT. It starts plugins in process groups of their own, so Ctrl-C reaches
 * only Pulumi itself. An engine that was killed leaves another parent behind.
 */
function endWithEngine(end: () => Promise<void>): void {
  const parent = process.ppid;
  const exit = () => {
    setTimeout(() => process.exit(1), GRACE_MS).unref();
    void end().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  setInterval(() => process.ppid !== parent && exit(), PARENT_POLL_MS).unref();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, exit);
}
