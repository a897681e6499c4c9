import type { RateLimit, RateLimitName } from "./atlas/rate-limits.ts";
import type { AtlasWorld } from "./atlas/world.ts";
import type { CloudManagerWorld } from "./cloud-manager/world.ts";
import type { Edit } from "./edits.ts";
import type { Fault, InjectedFault } from "./faults.ts";
import type { LoggedRequest } from "./request-log.ts";
import type { Seed } from "./seed.ts";
import type { Behaviour } from "./state.ts";

export interface EmulatorOptions {
  /** The state at the start. Default: the default seed. `readSeed` reads a seed file. */
  readonly seed?: Seed;
  /** Keeps the state over restarts. If the file exists the seed is not used. It holds keys. Default: in memory. */
  readonly stateFile?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Loopback, and nothing else. */
  readonly host?: "127.0.0.1";
}

/** A copy of the whole state, without secrets. */
export interface EmulatorWorld {
  readonly atlas: AtlasWorld;
  readonly cloudManager: CloudManagerWorld;
  readonly behaviour: Behaviour;
  readonly credentials: readonly Record<string, unknown>[];
}

/** A running emulator. Other processes use its operations at `/_emulator/…`. */
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
  /** The environment with which a program talks to this emulator, on either control plane. */
  readonly env: Readonly<Record<string, string>>;
  world(): EmulatorWorld;
  /** Changes the state without a request. Returns the id of the created or changed object. */
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
