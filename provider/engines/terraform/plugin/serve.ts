/**
 * A process that Terraform and OpenTofu talk to as a provider: plugin protocol 6 over gRPC, in the manner of HashiCorp's
 * go-plugin. It knows nothing of what the provider provides.
 */

import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { ProviderHandlers } from "../protocol.ts";
import { selfSignedIdentity } from "./certificate.ts";
import { watch } from "./lifetime.ts";
import { listen, sweep } from "./listen.ts";
import { addPluginServices } from "./plugin-services.ts";
import { providerService } from "./provider-service.ts";
import { announce } from "./stdout.ts";

/** By this Terraform says that it is the one who started the program. The same for OpenTofu, and no secret. */
const COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
const HANDSHAKE_VERSION = 1;
const PROTOCOL = 6;
/** Terraform sets its own limit, of 256 MB. */
const NO_LIMIT = -1;

/**
 * Answers Terraform until it says that it is done. The provider is loaded once the handshake is out: Terraform connects
 * meanwhile, and a provider that cannot be loaded can say so in an answer.
 */
export async function serve(load: () => ProviderHandlers | Promise<ProviderHandlers>): Promise<void> {
  const { TF_PLUGIN_MAGIC_COOKIE, PLUGIN_PROTOCOL_VERSIONS, PLUGIN_CLIENT_CERT } = process.env;
  if (TF_PLUGIN_MAGIC_COOKIE !== COOKIE) {
    console.error("This is a provider for Terraform and OpenTofu. They start it themselves; by hand it does nothing.");
    process.exit(1);
  }
  const loaded = Promise.withResolvers<ProviderHandlers>();
  try {
    if (PLUGIN_PROTOCOL_VERSIONS && !PLUGIN_PROTOCOL_VERSIONS.split(",").includes(String(PROTOCOL))) {
      throw new Error("it needs Terraform 1.0 or newer, or OpenTofu");
    }
    const server = serverOf(loaded.promise);
    watch(() => new Promise((resolve) => server.tryShutdown(() => resolve())));
    announce(await start(server, PLUGIN_CLIENT_CERT));
  } catch (error) {
    announce(`The provider cannot start: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
  loaded.resolve((async () => load())());
  sweep();
}

function serverOf(loading: Promise<ProviderHandlers>): Server {
  const server = new Server({
    "grpc.max_receive_message_length": NO_LIMIT,
    "grpc.max_send_message_length": NO_LIMIT,
  });
  const { definition, implementation } = providerService(loading);
  server.addService(definition, implementation);
  addPluginServices(server);
  return server;
}

/** @returns the line of the handshake. */
async function start(server: Server, clientCertificate: string | undefined): Promise<string> {
  const { credentials, certificate } = identify(clientCertificate);
  const { network, address } = await listen(server, credentials);
  if (network === "tcp" && certificate === "") {
    throw new Error("without certificates it listens at sockets only: a port is open to every user of this machine");
  }
  return [HANDSHAKE_VERSION, PROTOCOL, network, address, "grpc", certificate].join("|");
}

/** Without a certificate of Terraform's, which it leaves out in tests of providers only, nothing is encrypted. */
function identify(clientCertificate: string | undefined): { credentials: ServerCredentials; certificate: string } {
  if (!clientCertificate) return { credentials: ServerCredentials.createInsecure(), certificate: "" };
  const { key, certificate, forHandshake } = selfSignedIdentity();
  const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(certificate) };
  return {
    credentials: ServerCredentials.createSsl(Buffer.from(clientCertificate), [pair], true),
    certificate: forHandshake,
  };
}
