/**
 * Pulumi's gRPC messages and services, out of the SDK's CommonJS modules.
 * The clients are made with our own copy of grpc-js: credentials and channels of two copies do not mix.
 */

import * as grpc from "@grpc/grpc-js";
import engineServices from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import providerServices from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import providerMessages from "@pulumi/pulumi/proto/provider_pb.js";
import resourceServices from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import resourceMessages from "@pulumi/pulumi/proto/resource_pb.js";
import statusMessages from "@pulumi/pulumi/proto/status_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";
import type { PropertyMap } from "../events.ts";

export {
  engineMessages,
  engineServices,
  providerMessages,
  providerServices,
  resourceMessages,
  resourceServices,
  statusMessages,
};

export const { Empty } = emptyMessages;
const { Struct } = structMessages;
export type Struct = InstanceType<typeof Struct>;

/** Messages of whole deployments pass through here; the SDK's own limit is the same. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

export const CHANNEL_OPTIONS: grpc.ChannelOptions = {
  "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
  "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
};

export function toStruct(map: PropertyMap): Struct {
  return Struct.fromJavaScript(map);
}

export function fromStruct(struct: Struct | undefined): PropertyMap {
  return struct === undefined ? {} : (struct.toJavaScript() as PropertyMap);
}

/** Listens on a free port of the loopback interface. */
export async function serveOnLoopback(server: grpc.Server): Promise<string> {
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return `127.0.0.1:${port}`;
}
