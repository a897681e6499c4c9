import { adminApp } from "./admin.ts";
import { atlasApp } from "./atlas/app.ts";
import type { RateLimit, RateLimitName } from "./atlas/rate-limits.ts";
import type { AtlasWorld } from "./atlas/world.ts";
import { VirtualClock } from "./clock.ts";
import { cloudManagerApp } from "./cloud-manager/app.ts";
import type { CloudManagerWorld } from "./cloud-manager/world.ts";
import { EmulatorCore } from "./core.ts";
import { type ApiKey, withoutSecret } from "./credentials.ts";
import type { Edit } from "./edits.ts";
import type { Fault, InjectedFault } from "./faults.ts";
import type { LoggedRequest } from "./request-log.ts";
import { defaultSeed, type Seed, stateFromSeed } from "./seed.ts";
import { listen, requireLoopback } from "./server.ts";
import type { Behaviour, State } from "./state.ts";
import { readStateFile, writeStateFile } from "./state-file.ts";
import { StateStore } from "./store.ts";

export type { RateLimit, RateLimitName } from "./atlas/rate-limits.ts";
export type { AtlasWorld, Federation } from "./atlas/world.ts";
export { exampleAutomationConfig } from "./cloud-manager/example.ts";
export type { Edit } from "./edits.ts";
export type { Fault, FaultKind, InjectedFault } from "./faults.ts";
export type { LoggedRequest } from "./request-log.ts";
export { defaultSeed, readSeed, type Seed, seedSchema } from "./seed.ts";

export interface EmulatorOptions {
  /** What there is at first. Default: {@link defaultSeed}. A seed file is read with {@link readSeed}. */
  readonly seed?: Seed;
  /** Keeps the state over restarts. If the file exists the seed is not used. It holds keys. Default: in memory. */
  readonly stateFile?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Loopback, and nothing else. */
  readonly host?: "127.0.0.1";
}

/** The whole world, without secrets. A copy: changing it changes nothing. */
export interface EmulatorWorld {
  readonly atlas: AtlasWorld;
  readonly cloudManager: CloudManagerWorld;
  readonly behaviour: Behaviour;
  readonly credentials: readonly Record<string, unknown>[];
}

/** A running emulator. What it can do is also at `/_emulator/…`, for other processes. */
export interface Emulator {
  /** `http://127.0.0.1:54123`: the base URL of the control plane. */
  readonly url: string;
  readonly port: number;
  /** The first API key that owns an organization, or else the first one. */
  readonly credentials: { readonly publicKey: string; readonly privateKey: string };
  /** The first organization, with its federation and first project; undefined where there is none. */
  readonly ids: {
    readonly orgId: string;
    readonly federationSettingsId: string | undefined;
    readonly projectId: string | undefined;
  };
  /** What a program needs in its environment to talk to this emulator, whichever control plane it is for. */
  readonly env: Readonly<Record<string, string>>;
  world(): EmulatorWorld;
  /** Changes the world behind the clients' backs. Returns the id of what was made or changed. */
  edit(edit: Edit): string;
  /** Every request but those to the admin endpoint, oldest first. */
  requests(): LoggedRequest[];
  clearRequests(): void;
  /** Makes requests go wrong from now on. Returns the id of the fault. */
  inject(fault: Fault): string;
  faults(): InjectedFault[];
  /** False if there is no such fault. */
  clearFault(id: string): boolean;
  clearFaults(): void;
  /** Sets the size of a token bucket; undefined puts back the real one. */
  setRateLimit(name: RateLimitName, limit: RateLimit | undefined): void;
  /** The emulator's own time. */
  now(): Date;
  /** Lets time pass, in milliseconds: tokens and nonces expire, buckets fill up. */
  advanceClock(milliseconds: number): void;
  /** Back to what this emulator started with, keys included, without faults, log and changed limits. */
  reset(): void;
  /** Ends everything: listening, connections, waiting requests. */
  close(): Promise<void>;
}

/** Starts the emulator on 127.0.0.1. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  requireLoopback(options.host);
  const { stateFile } = options;
  const stored = stateFile === undefined ? undefined : readStateFile(stateFile);
  const clock = new VirtualClock(stored?.clockOffsetMs);
  const persist = (state: State) => {
    if (stateFile !== undefined) writeStateFile(stateFile, clock.offset, state);
  };
  const initial = stored?.state ?? stateFromSeed(options.seed ?? defaultSeed, clock.now());
  if (stored === undefined) persist(initial);
  const core = new EmulatorCore(clock, new StateStore(initial, clock, persist));

  const emulator: Emulator = {
    get url() {
      return `http://127.0.0.1:${server.port}`;
    },
    get port() {
      return server.port;
    },
    credentials: ownerKey(initial),
    ids: firstIds(initial),
    get env() {
      return environment(emulator.url, initial);
    },
    world() {
      core.settle();
      const { atlas, cloudManager, behaviour, credentials } = core.store.current;
      return structuredClone({ atlas, cloudManager, behaviour, credentials: credentials.map(withoutSecret) });
    },
    edit: (edit) => core.edit(structuredClone(edit)),
    requests: () => core.log.all(),
    clearRequests: () => core.log.clear(),
    inject: (fault) => core.inject(fault),
    faults: () => core.faults.all(),
    clearFault: (id) => core.clearFaults(id),
    clearFaults: () => void core.clearFaults(),
    setRateLimit: (name, limit) => core.limiter.set(name, limit),
    now: () => new Date(clock.now()),
    advanceClock(milliseconds) {
      clock.advance(milliseconds);
      persist(core.store.current);
    },
    reset: () => core.reset(initial),
    async close() {
      core.stopWaiting();
      await server.close();
    },
  };
  const server = await listen([adminApp(emulator), atlasApp(core), cloudManagerApp(core)], options.port ?? 0);
  return emulator;
}

function ownerKey({ credentials }: State): ApiKey {
  const keys = credentials.filter((credential) => credential.kind === "api-key");
  const owner = keys.find(({ roles }) => roles.some(({ roleName }) => roleName === "ORG_OWNER")) ?? keys[0];
  if (owner === undefined) throw new Error("the emulator has no API key");
  return owner;
}

function firstIds({ atlas }: State): Emulator["ids"] {
  const orgId = atlas.organizations[0]?.id;
  if (orgId === undefined) throw new Error("the emulator has no organization");
  return {
    orgId,
    federationSettingsId: atlas.federations.find(({ connectedOrgs }) =>
      connectedOrgs.some((org) => org.orgId === orgId),
    )?.id,
    projectId: atlas.projects.find((project) => project.orgId === orgId)?.id,
  };
}

/** Both control planes are at one address and know the same keys; each has the names of its own tools. */
function environment(url: string, state: State): Record<string, string> {
  const { publicKey, privateKey } = ownerKey(state);
  const { orgId, federationSettingsId, projectId } = firstIds(state);
  const automated = state.cloudManager.deployments[0]?.projectId;
  return {
    MONGODB_ATLAS_BASE_URL: url,
    MONGODB_ATLAS_PUBLIC_API_KEY: publicKey,
    MONGODB_ATLAS_PRIVATE_API_KEY: privateKey,
    MONGODB_ATLAS_ORG_ID: orgId,
    ...(federationSettingsId === undefined ? {} : { MONGODB_ATLAS_FEDERATION_SETTINGS_ID: federationSettingsId }),
    ...(projectId === undefined ? {} : { MONGODB_ATLAS_PROJECT_ID: projectId }),
    MCLI_OPS_MANAGER_URL: url,
    MCLI_PUBLIC_API_KEY: publicKey,
    MCLI_PRIVATE_API_KEY: privateKey,
    MCLI_ORG_ID: orgId,
    ...(automated === undefined ? {} : { MCLI_PROJECT_ID: automated }),
  };
}
