/** The services that every plugin offers beside its own. Without Shutdown, Terraform waits two seconds for each start. */

import type { MethodDefinition, Server, UntypedHandleCall } from "@grpc/grpc-js";
import { endNow, signal } from "./lifetime.ts";
import { HealthCheckResponse, SERVING } from "./messages.ts";
import { encode } from "./protobuf.ts";

const EMPTY = Buffer.alloc(0);
const HEALTHY = Buffer.from(encode(HealthCheckResponse, { status: SERVING }));

interface Call {
  end(): void;
  resume(): void;
  on(event: "end", listener: () => void): void;
}

export function addPluginServices(server: Server): void {
  add(server, "/grpc.health.v1.Health/Check", (_: unknown, callback: (error: null, answer: Buffer) => void) =>
    callback(null, HEALTHY),
  );
  add(server, "/plugin.GRPCController/Shutdown", (_: unknown, callback: (error: null, answer: Buffer) => void) => {
    callback(null, EMPTY);
    endNow();
  });
  // The provider prints to standard error directly, so this stream stays empty.
  add(server, "/plugin.GRPCStdio/StreamStdio", (call: Call) => call.end(), { responseStream: true });
  // Connections of a plugin to the plugins of others: there are none. Terraform keeps this open as long as we do.
  add(
    server,
    "/plugin.GRPCBroker/StartStream",
    (call: Call) => {
      call.on("end", () => call.end());
      signal.addEventListener("abort", () => call.end());
      call.resume();
    },
    { requestStream: true, responseStream: true },
  );
}

function add(
  server: Server,
  path: string,
  handle: UntypedHandleCall | ((call: Call) => void),
  { requestStream = false, responseStream = false } = {},
): void {
  const bytes = (value: Buffer) => value;
  const method: MethodDefinition<Buffer, Buffer> = {
    path,
    requestStream,
    responseStream,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  };
  const name = path.slice(path.lastIndexOf("/") + 1);
  server.addService({ [name]: method }, { [name]: handle as UntypedHandleCall });
}
