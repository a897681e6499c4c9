/** The gRPC messages and services of a Pulumi provider, out of the SDK's CommonJS modules. */

import engineServices from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import providerMessages from "@pulumi/pulumi/proto/provider_pb.js";
import statusMessages from "@pulumi/pulumi/proto/status_pb.js";
import anyMessages from "google-protobuf/google/protobuf/any_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";

export { engineMessages, engineServices, pluginMessages, providerMessages, statusMessages };

export const { Any } = anyMessages;
export const { Empty } = emptyMessages;
export const { Struct } = structMessages;
export type Struct = InstanceType<typeof Struct>;
