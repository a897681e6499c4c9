import * as grpc from "@grpc/grpc-js";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import resourceGrpc from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import { expect, onTestFinished, test } from "vitest";
import { Monitor, type MonitorHandler } from "../../../provider/engines/embedded/process/monitor.ts";
import { engineMessages, resourceMessages } from "../../../provider/engines/embedded/process/protocol.ts";

type Method = (request: object, done: (error: grpc.ServiceError | null) => void) => void;
type Client = grpc.Client & Record<string, Method>;

/** A monitor of a run in which nothing is ever answered, and a caller of its two services. */
async function monitor() {
  const never = () => new Promise<never>(() => {});
  const logged: string[] = [];
  const handler: MonitorHandler = {
    register: never,
    read: never,
    registerOutputs: never,
    getResource: () => undefined,
    invoke: never,
    readStackResourceOutputs: never,
    programEnded: never,
    log: (_severity, message) => void logged.push(message),
    refused: () => {},
  };
  const served = new Monitor(handler);
  await served.listen();
  const open = (service: unknown) =>
    new (service as new (address: string, credentials: grpc.ChannelCredentials) => Client)(
      served.address,
      grpc.credentials.createInsecure(),
    );
  const clients = {
    resources: open((resourceGrpc as unknown as Record<string, unknown>).ResourceMonitorClient),
    engine: open((engineGrpc as unknown as Record<string, unknown>).EngineClient),
  };
  onTestFinished(async () => {
    for (const client of Object.values(clients)) client.close();
    await served.close();
  });
  /** `undefined` for an answer, or the text of the error. */
  const ask = (client: Client, method: string, request: object) =>
    new Promise<string | undefined>((resolve) => client[method]!(request, (error) => resolve(error?.details)));
  return { served, logged, ask, ...clients };
}

test("when the run is over, registrations are told so, and what an ending program still says is taken", async () => {
  const { served, logged, ask, resources, engine } = await monitor();
  const waiting = ask(resources, "registerResource", new resourceMessages.RegisterResourceRequest());
  const outputs = ask(resources, "registerResourceOutputs", new resourceMessages.RegisterResourceOutputsRequest());
  await ask(engine, "log", new engineMessages.LogRequest());
  served.shutDown();
  expect(await waiting).toBe("resource monitor shut down");
  expect(await outputs).toBeUndefined();

  const line = new engineMessages.LogRequest();
  line.setMessage("last words");
  expect(await ask(engine, "log", line)).toBeUndefined();
  expect(logged).toContain("last words");
  expect(await ask(engine, "getRootResource", new engineMessages.GetRootResourceRequest())).toBeUndefined();
  expect(
    await ask(resources, "registerResourceOutputs", new resourceMessages.RegisterResourceOutputsRequest()),
  ).toBeUndefined();
  expect(await ask(resources, "registerResource", new resourceMessages.RegisterResourceRequest())).toBe(
    "resource monitor shut down",
  );
});
