/**
 * Runs a program for what it declares, and for nothing else: no provider is started, no state is read, no control plane
 * is asked. Registrations are answered as a preview of an empty stack answers them; what only a control plane knows
 * stays unknown. So a program may also use providers that the engine itself does not serve.
 */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  ReadResourceRequest,
  RegisterResourceRequest,
  ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb.js";
import { compileCacheVariable } from "../../compile-cache.ts";
import { type Opener, readStackFile, stackConfig } from "./config.ts";
import type { PropertyMap, Severity } from "./events.ts";
import { loopbackOnly } from "./process/loopback.ts";
import { Monitor, type MonitorHandler, type Registered } from "./process/monitor.ts";
import { startProgram } from "./process/program-process.ts";
import { fromStruct } from "./process/protocol.ts";
import type { FolderProject } from "./project.ts";
import { Refusal } from "./refusals.ts";
import { passphraseOf, SecretsManager } from "./state/secrets.ts";
import { makeUrn, STACK_TYPE } from "./state/urn.ts";
import { UNKNOWN, withoutOutputValues } from "./state/values.ts";

/** Of the order in which resources are registered nothing depends here. */
const PARALLEL = 16;

export interface CollectOptions {
  readonly project: FolderProject;
  readonly stack: string;
  /** Of the program. */
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** The declarations of a program. */
export interface Collected {
  /** Whether it ran to its end and follows all rules. */
  readonly ok: boolean;
  /** The error messages of the program; empty on success. */
  readonly errors: readonly string[];
  /** Its declarations, as the program gate writes them; `undefined` where it declares nothing. */
  readonly declarations: string | undefined;
}

/** @throws Error if the stack's configuration cannot be read. */
export async function collectDeclarations({ project, stack, env, signal }: CollectOptions): Promise<Collected> {
  const file = await readStackFile(project, stack);
  const secrets = new SecretsManager(await passphraseOf(env), file.encryptionSalt);
  const config = stackConfig(project, file, asFarAsPossible(secrets), {});
  const folder = await mkdtemp(join(tmpdir(), "mongofed-program-"));
  const path = join(folder, "declarations.json");
  const collector = new Collector(stack, project.name);
  const monitor = new Monitor(collector);
  try {
    await monitor.listen();
    const said: string[] = [];
    const program = startProgram(project, {
      stack,
      config,
      env: { ...compileCacheVariable(env), ...env, ...loopbackOnly.env, MONGOFED_PROGRAM_FILE: path },
      address: monitor.address,
      dryRun: true,
      parallel: PARALLEL,
      onOutput: (severity, text) => severity === "info#err" && said.push(text),
    });
    const stopped = Promise.withResolvers<void>();
    const stop = () => stopped.resolve();
    signal.addEventListener("abort", stop, { once: true });
    await Promise.race([program.finished, collector.refusal, stopped.promise]);
    await program.stop();
    signal.removeEventListener("abort", stop);
    const { ok, error } = await program.finished;
    const errors = [...new Set([...collector.errors, ...(ok || error === "" ? [] : [error, ...said])])];
    return { ok: ok && errors.length === 0, errors, declarations: await readFile(path, "utf8").catch(() => undefined) };
  } finally {
    await monitor.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Secrets are unknown to those who ask what a program declares, so it does no harm if one cannot be opened. */
function asFarAsPossible(secrets: SecretsManager): Opener {
  return {
    openText(sealed) {
      try {
        return secrets.openText(sealed);
      } catch {
        return UNKNOWN;
      }
    },
  };
}

/** Answers a program as a preview does in which everything is new. */
class Collector implements MonitorHandler {
  readonly errors: string[] = [];
  readonly #refused = Promise.withResolvers<void>();
  readonly #stack: string;
  readonly #project: string;
  readonly #registered = new Map<string, Registered>();

  constructor(stack: string, project: string) {
    this.#stack = stack;
    this.#project = project;
  }

  /** Settles when the program asked for something that cannot be answered. */
  get refusal(): Promise<void> {
    return this.#refused.promise;
  }

  async register(request: RegisterResourceRequest): Promise<Registered> {
    const outputs = request.getCustom() ? withoutOutputValues(fromStruct(request.getObject())) : {};
    return this.#answer(request, outputs);
  }

  /** Reads of existing resources and stack references return unknown values. */
  async read(request: ReadResourceRequest): Promise<Registered> {
    return this.#answer(request, {});
  }

  #answer(request: RegisterResourceRequest | ReadResourceRequest, outputs: Registered["outputs"]): Registered {
    const parent = request.getType() === STACK_TYPE ? "" : request.getParent();
    const urn = makeUrn(this.#stack, this.#project, parent, request.getType(), request.getName());
    const registered = { urn, id: "", outputs };
    this.#registered.set(urn, registered);
    return registered;
  }

  async registerOutputs(): Promise<void> {}

  getResource(urn: string): Registered | undefined {
    return this.#registered.get(urn);
  }

  /** No control plane is asked. */
  async invoke(request: ResourceInvokeRequest): Promise<never> {
    throw new Refusal(`calls of provider functions (here ${request.getTok()})`);
  }

  /** No state is read. */
  async readStackResourceOutputs(): Promise<PropertyMap> {
    return {};
  }

  /** The program may go at once: nothing follows. */
  async programEnded(): Promise<void> {}

  log(severity: Severity, message: string): void {
    if (severity === "error") {
      this.errors.push(message);
    }
  }

  refused(refusal: Refusal): void {
    this.errors.push(refusal.message);
    this.#refused.resolve();
  }
}
