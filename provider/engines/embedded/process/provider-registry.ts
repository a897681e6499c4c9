/**
 * The provider resources of a run and the providers behind them. A provider resource goes through the same life as any
 * other (check, diff, create, update), but its "object" is a configured process. One process serves one reference; the
 * process that was started for a check is the one that is configured afterwards.
 */

import { randomUUID } from "node:crypto";
import type { PropertyMap } from "../events.ts";
import { BUILTIN_PACKAGE, DYNAMIC_PACKAGE } from "../refusals.ts";
import type { ResourceState } from "../state/resource-state.ts";
import { makeReference, packageOf, parseReference, urnType } from "../state/urn.ts";
import { deepEqual, UNKNOWN } from "../state/values.ts";
import { type Diff, INTERNAL_KEY, type OnCall, ProviderClient, type ProviderTransport } from "./provider-client.ts";

const UNCONFIGURED = "unconfigured";

export interface ProviderRegistryOptions {
  readonly dryRun: boolean;
  /** Starts a provider of dynamic resources, or the plugin that serves a package. */
  readonly startProvider: (pkg: string) => Promise<ProviderTransport>;
  readonly onCall: OnCall;
}

/** The engine itself is this provider: it has no process and no inputs, so it is never updated. */
function isBuiltin(urn: string): boolean {
  return packageOf(urnType(urn)) === BUILTIN_PACKAGE;
}

function forConfigure(inputs: PropertyMap): PropertyMap {
  const { [INTERNAL_KEY]: _internal, ...rest } = inputs;
  return rest;
}

export class ProviderRegistry {
  readonly #options: ProviderRegistryOptions;
  readonly #clients = new Map<string, ProviderClient>();
  readonly #all = new Set<ProviderClient>();
  readonly #aliases = new Map<string, string>();
  #spare: Promise<ProviderTransport> | undefined;

  constructor(options: ProviderRegistryOptions) {
    this.#options = options;
  }

  /** A provider resource that was renamed is also known by the reference that the state still holds. */
  registerAlias(urn: string, alias: string): void {
    this.#aliases.set(urn, alias);
  }

  get(reference: string): ProviderClient | undefined {
    return this.#clients.get(reference);
  }

  /** Starts a process ahead, while the program is still loading: nearly every program needs one. */
  warm(): void {
    this.#spare = this.#options.startProvider(DYNAMIC_PACKAGE);
    this.#spare.catch(() => undefined);
  }

  async #start(urn: string): Promise<ProviderClient> {
    const pkg = packageOf(urnType(urn));
    const isDynamic = pkg === DYNAMIC_PACKAGE;
    const spare = isDynamic ? this.#spare : undefined;
    if (isDynamic) this.#spare = undefined;
    const transport = await (spare ?? this.#options.startProvider(pkg));
    const client = new ProviderClient(transport, this.#options.onCall, isDynamic ? "dynamic" : "plugin");
    this.#all.add(client);
    return client;
  }

  #set(urn: string, id: string, client: ProviderClient): void {
    this.#clients.set(makeReference(urn, id), client);
    const alias = this.#aliases.get(urn);
    if (alias !== undefined) {
      this.#clients.set(makeReference(alias, id), client);
    }
  }

  /** Starts the process that the provider resource will be configured in. */
  async check(urn: string, news: PropertyMap): Promise<PropertyMap> {
    if (isBuiltin(urn)) return news;
    const client = await this.#start(urn);
    this.#clients.set(makeReference(urn, UNCONFIGURED), client);
    return await client.checkConfig(urn, news);
  }

  /** Dynamic providers have no say about changes of their config: any difference is an update. */
  diff(old: ResourceState, news: PropertyMap): Diff {
    return {
      changes: deepEqual(old.outputs, forConfigure(news)) ? "none" : "some",
      replaces: [],
      deleteBeforeReplace: false,
    };
  }

  #takeUnconfigured(urn: string): ProviderClient | undefined {
    const reference = makeReference(urn, UNCONFIGURED);
    const client = this.#clients.get(reference);
    this.#clients.delete(reference);
    return client;
  }

  async create(urn: string, inputs: PropertyMap): Promise<{ id: string; outputs: PropertyMap }> {
    const id = this.#options.dryRun ? UNKNOWN : randomUUID();
    const outputs = forConfigure(inputs);
    if (isBuiltin(urn)) return { id, outputs };
    const client = this.#takeUnconfigured(urn) ?? (await this.#start(urn));
    client.configure(urn, id, outputs);
    this.#set(urn, id, client);
    return { id, outputs };
  }

  async update(urn: string, id: string, inputs: PropertyMap): Promise<PropertyMap> {
    const client = this.#takeUnconfigured(urn) ?? (await this.#start(urn));
    const outputs = forConfigure(inputs);
    client.configure(urn, id, outputs);
    this.#set(urn, id, client);
    return outputs;
  }

  /** The provider as the state has it, with the config of the run that wrote it. */
  async same(state: ResourceState, fromCheck: boolean): Promise<void> {
    if (isBuiltin(state.urn) || this.#clients.has(makeReference(state.urn, state.id))) {
      return;
    }
    const checked = fromCheck ? this.#takeUnconfigured(state.urn) : undefined;
    const client = checked ?? (await this.#start(state.urn));
    client.configure(state.urn, state.id, forConfigure(state.inputs));
    this.#set(state.urn, state.id, client);
  }

  delete(reference: string): void {
    this.#clients.delete(reference);
  }

  async cancel(): Promise<void> {
    await Promise.all([...this.#all].map((client) => client.cancel()));
  }

  async close(): Promise<void> {
    const spare = await this.#spare?.catch(() => undefined);
    await Promise.all([spare?.close(), ...[...this.#all].map((client) => client.close())]);
  }
}

/** Loads the provider that a resource of the previous deployment was made with. */
export async function ensureProvider(
  registry: ProviderRegistry,
  reference: string,
  resources: readonly ResourceState[],
): Promise<void> {
  if (reference === "" || registry.get(reference) !== undefined) {
    return;
  }
  const { urn, id } = parseReference(reference);
  const state = resources.find((candidate) => candidate.urn === urn && candidate.id === id);
  if (state === undefined) {
    throw new Error(`could not find provider ${reference}`);
  }
  await registry.same(state, false);
}
