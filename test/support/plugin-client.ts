/**
 * A client in the manner of HashiCorp's go-plugin: starts a provider, reads its handshake, and asks it what Terraform
 * would, without a Terraform. Messages are those of `provider/engines/terraform/plugin/messages.ts`.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as grpc from "@grpc/grpc-js";
import { type Identity, selfSignedIdentity } from "../../provider/engines/terraform/plugin/certificate.ts";
import { methods } from "../../provider/engines/terraform/plugin/messages.ts";
import {
  type Decoded,
  decode,
  type Encodable,
  encode,
  type Message,
} from "../../provider/engines/terraform/plugin/protobuf.ts";

export const COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

type Methods = typeof methods;

export interface StartOptions {
  /** Over those of this process, and over those that Terraform sets; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Who the client says it is to the provider. Another one when it connects than when it started it is refused. */
  readonly connectAs?: Identity | "nobody";
  /** Without certificates, as in tests of providers. */
  readonly plain?: boolean;
}

export class PluginClient {
  readonly process: ChildProcess;
  /** All that came on standard output, the handshake first. */
  readonly lines: string[] = [];
  stderr = "";
  readonly #client: grpc.Client;

  private constructor(child: ChildProcess, client: grpc.Client) {
    this.process = child;
    this.#client = client;
  }

  /** @throws Error with the first line of standard output, if that is no handshake. */
  static async start(command: readonly string[], options: StartOptions = {}): Promise<PluginClient> {
    const own = selfSignedIdentity();
    const child = spawnPlugin(command, options.plain ? undefined : own.certificate, options.env);
    const line = await firstLine(child);
    const [, , network, address, , certificate = ""] = line.split("|");
    if (address === undefined) throw new Error(line);
    const target = network === "unix" ? `unix:${address}` : address;
    const client = new grpc.Client(target, credentialsOf(options, own, certificate), {
      "grpc.ssl_target_name_override": "localhost",
      "grpc.max_receive_message_length": -1,
    });
    const plugin = new PluginClient(child, client);
    plugin.lines.push(line);
    child.stdout!.on("data", (data: Buffer) => plugin.lines.push(data.toString()));
    child.stderr!.on("data", (data: Buffer) => {
      plugin.stderr += data;
    });
    return plugin;
  }

  /** One question to the provider. */
  async call<Name extends keyof Methods>(
    name: Name,
    request: Encodable<Methods[Name]["request"]>,
  ): Promise<Decoded<Methods[Name]["response"]>> {
    const { request: asked, response } = methods[name] as { request: Message; response: Message };
    const bytes = await this.unary(`/tfplugin6.Provider/${name}`, encode(asked, request as object));
    return decode(response, bytes) as Decoded<Methods[Name]["response"]>;
  }

  unary(path: string, request: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const same = (bytes: Uint8Array) => Buffer.from(bytes);
      this.#client.makeUnaryRequest(path, same, same, request, (error, answer) =>
        error === null ? resolve(answer!) : reject(error),
      );
    });
  }

  /** Sends an empty message and returns all responses. */
  stream(path: string): Promise<Uint8Array[]> {
    return new Promise((resolve, reject) => {
      const same = (bytes: Uint8Array) => Buffer.from(bytes);
      const call = this.#client.makeBidiStreamRequest(path, same, same);
      const received: Uint8Array[] = [];
      call.on("data", (bytes: Uint8Array) => received.push(bytes));
      call.on("error", reject);
      call.on("end", () => resolve(received));
      call.write(Buffer.alloc(0));
      call.end();
    });
  }

  /** As Terraform ends a provider. @returns the milliseconds until the process was gone. */
  async shutdown(): Promise<number> {
    const began = performance.now();
    // By then all that it said is here, too.
    const closed = once(this.process, "close");
    // The process may be gone before its answer is here.
    await this.unary("/plugin.GRPCController/Shutdown", new Uint8Array()).catch(() => undefined);
    await closed;
    this.#client.close();
    return performance.now() - began;
  }

  /** For the end of a test that failed, too. */
  kill(): void {
    this.#client.close();
    this.process.kill("SIGKILL");
  }
}

/** The process alone, with what Terraform puts into its environment. */
export function spawnPlugin(
  [command, ...args]: readonly string[],
  clientCertificate: string | undefined,
  env: StartOptions["env"] = {},
): ChildProcess {
  return spawn(command!, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      TF_PLUGIN_MAGIC_COOKIE: COOKIE,
      PLUGIN_PROTOCOL_VERSIONS: "5,6",
      PLUGIN_CLIENT_CERT: clientCertificate,
      ...env,
    },
  });
}

/** Rejects if the process ends before. */
export function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    let errors = "";
    child.stderr!.on("data", (data: Buffer) => {
      errors += data;
    });
    child.stdout!.on("data", (data: Buffer) => {
      text += data;
      if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
    });
    child.once("error", reject);
    child.once("close", () => reject(new Error(`no line of standard output; on standard error: ${errors}`)));
  });
}

function credentialsOf({ connectAs, plain }: StartOptions, own: Identity, server: string): grpc.ChannelCredentials {
  if (plain) return grpc.credentials.createInsecure();
  // With its padding, without which OpenSSL passes over a certificate in silence.
  const base64 = Buffer.from(server, "base64").toString("base64");
  const root = Buffer.from(`-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`);
  if (connectAs === "nobody") return grpc.credentials.createSsl(root);
  const { key, certificate } = connectAs ?? own;
  return grpc.credentials.createSsl(root, Buffer.from(key), Buffer.from(certificate));
}
