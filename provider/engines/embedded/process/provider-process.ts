/**
 * Pulumi's dynamic provider process: one for each provider resource in use. It loads the handlers that a resource's
 * `__provider` text names, so it runs where the program runs and finds the packages that the program finds.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import type { Severity } from "../events.ts";
import { endProcess, onText, track } from "./child.ts";
import { CHANNEL_OPTIONS, Empty, providerMessages, providerServices } from "./protocol.ts";
import type { ProviderTransport } from "./provider-client.ts";

/** A process that has not said its port by then never will. */
const START_TIMEOUT_MS = 60_000;

/** How long a provider may go on with the requests that it has, when the engine was killed. */
const ORPHAN_GRACE_MS = 10_000;

/** A server never ends by itself. When the engine is killed, its provider sees only the end of stdin. */
const END_WITH_ENGINE = `data:text/javascript,${encodeURIComponent(
  `const end = () => setTimeout(() => process.exit(1), ${ORPHAN_GRACE_MS}); process.stdin.on("end", end).on("error", end).resume();`,
)}`;

export interface ProviderProcessOptions {
  readonly workDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly engineAddress: string;
  readonly onOutput: (severity: Severity, text: string) => void;
}

/**
 * For a Node that loads the SDK. The flag is one that the SDK sets by itself, half way: Node's cache of compiled code is
 * for one set of flags, so what is loaded after that would be compiled in every run if the flag were not set at once.
 */
export const SDK_NODE_ARGUMENTS = [
  "--allow-natives-syntax",
  "--import",
  new URL(`./on-demand${extname(import.meta.url)}`, import.meta.url).href,
];

/** The SDK as the program finds it; without an installed copy there, ours. */
export function sdkModule(workDir: string, path: string): string {
  try {
    return createRequire(join(workDir, "package.json")).resolve(`@pulumi/pulumi/${path}`);
  } catch {
    return createRequire(import.meta.url).resolve(`@pulumi/pulumi/${path}`);
  }
}

/** Makes calls by method name; the messages are Pulumi's own. */
const ProviderClient = grpc.makeGenericClientConstructor(
  providerServices.ResourceProviderService as unknown as grpc.ServiceDefinition,
  "ResourceProvider",
);

export class ProviderProcess implements ProviderTransport {
  readonly #child: ChildProcess;
  readonly #client: grpc.Client;
  #isPlugin = false;

  private constructor(child: ChildProcess, client: grpc.Client) {
    this.#child = child;
    this.#client = client;
  }

  static start(options: ProviderProcessOptions): Promise<ProviderProcess> {
    const script = sdkModule(options.workDir, "cmd/dynamic-provider/index.js");
    const args = [...SDK_NODE_ARGUMENTS, "--import", END_WITH_ENGINE, script, options.engineAddress];
    return ProviderProcess.#start("The dynamic provider process", process.execPath, args, options);
  }

  /** Starts a provider plugin: a folder with a program that is named after the package. */
  static async startPlugin(pkg: string, folder: string, options: ProviderProcessOptions): Promise<ProviderProcess> {
    const program = join(folder, `pulumi-resource-${pkg}`);
    if (!existsSync(program))
      throw new Error(
        `Pulumi.yaml names ${folder} for the package ${pkg}, and that folder has no pulumi-resource-${pkg}.`,
      );
    const name = `The plugin of the package ${pkg}`;
    const plugin = await ProviderProcess.#start(name, program, [options.engineAddress], options);
    plugin.#isPlugin = true;
    const hello = new providerMessages.ProviderHandshakeRequest();
    hello.setEngineAddress(options.engineAddress);
    await plugin.call("handshake", hello);
    return plugin;
  }

  static async #start(name: string, program: string, args: readonly string[], options: ProviderProcessOptions) {
    const child = spawn(program, args, {
      cwd: options.workDir,
      env: options.env,
      stdio: ["pipe", "pipe", "pipe"],
      // Ctrl-C in a terminal reaches the whole process group, and a create that is under way must be able to finish.
      detached: true,
    });
    track(child);
    try {
      const port = await readPort(name, child, options.onOutput);
      const client = new ProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), CHANNEL_OPTIONS);
      return new ProviderProcess(child, client);
    } catch (error) {
      await endProcess(child);
      throw error;
    }
  }

  call<Request, Response>(method: string, request: Request): Promise<Response> {
    const invoke = (this.#client as unknown as Record<string, UnaryCall<Request, Response> | undefined>)[method];
    if (invoke === undefined) {
      throw new Error(`The provider protocol has no method ${method}.`);
    }
    return new Promise((resolve, reject) => {
      invoke.call(this.#client, request, (error, response) =>
        error === null ? resolve(response as Response) : reject(error),
      );
    });
  }

  async cancel(): Promise<void> {
    if (this.#isPlugin) await this.call("cancel", new Empty()).catch(() => undefined);
  }

  async close(): Promise<void> {
    // A plugin reports then what only the end of the run can know.
    await this.cancel();
    this.#client.close();
    await endProcess(this.#child);
  }
}

type UnaryCall<Request, Response> = (
  this: grpc.Client,
  request: Request,
  callback: (error: grpc.ServiceError | null, response?: Response) => void,
) => void;

/** The first line of stdout is the port; whatever follows is the provider's own talk. */
function readPort(name: string, child: ChildProcess, onOutput: ProviderProcessOptions["onOutput"]): Promise<number> {
  return new Promise((resolve, reject) => {
    const complaints: string[] = [];
    let started = false;
    const timer = setTimeout(() => reject(new Error(`${name} did not start in time.`)), START_TIMEOUT_MS);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    onText(child.stdout, (text) => {
      if (started) {
        onOutput("info", text);
        return;
      }
      started = true;
      const [head = "", ...more] = text.split("\n");
      const port = Number(head);
      if (!Number.isInteger(port) || port <= 0) {
        fail(new Error(`${name} printed ${JSON.stringify(head)} where its port was expected.`));
        return;
      }
      clearTimeout(timer);
      resolve(port);
      if (more.length > 0) {
        onOutput("info", more.join("\n"));
      }
    });
    onText(child.stderr, (text) => {
      complaints.push(text);
      onOutput("info#err", text);
    });
    child.on("error", fail);
    child.on("exit", (code, signal) =>
      fail(new Error(`${name} ended before it served (${signal ?? `exit code ${code}`}): ${complaints.join("\n")}`)),
    );
  });
}
