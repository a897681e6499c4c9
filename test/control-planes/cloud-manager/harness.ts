import { onTestFinished } from "vitest";
import { cloudManager } from "../../../provider/control-planes/cloud-manager/plane.ts";
import type { IdentityProviderSettings } from "../../../provider/control-planes/control-plane.ts";
import { type Emulator, type Fault, type Seed, startEmulator } from "../../../provider/emulator/index.ts";
import { HttpClient } from "../../../provider/http/index.ts";
import { cloudManagerSeed } from "../../support/emulator.ts";
import { staff as atlasStaff, fastClock } from "../atlas/harness.ts";

/** Its Agents apply changes at once. */
export const seed: Seed = cloudManagerSeed({ agents: { goalMs: 0, authMs: 0 } });

export const staff: IdentityProviderSettings = {
  ...atlasStaff,
  configurationName: "corp",
  description: undefined,
  associatedDomains: [],
};

export const apps: IdentityProviderSettings = {
  ...staff,
  idpType: "WORKLOAD",
  configurationName: "apps",
  audience: "api://apps",
  clientId: undefined,
  requestedScopes: [],
  authorizationType: "USER",
  groupsClaim: undefined,
};

/** The settings of a grant without any access. */
export const nothing = {
  roles: [],
  privileges: [],
  authenticationRestrictions: [],
  scopes: [],
  labels: [],
  description: undefined,
  deleteAfterDate: undefined,
};

type Plane = ReturnType<typeof cloudManager>;

export interface World {
  readonly emulator: Emulator;
  readonly plane: Plane;
  /** Returns the plane of a new process without any cache, for any number of resources. */
  newPlane(): () => Plane;
  /** The document as the server keeps it. */
  text(): string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into every corner of a document.
  document(): any;
  /** Requests of a method since the start, without those that only fetched a nonce. */
  count(method: string): number;
  fault(method: string, fault: Fault["fault"], rest?: Partial<Fault>): void;
}

/** An emulated Cloud Manager, and the adapter on it over HTTP. */
export async function emulated(options: { signal?: AbortSignal; seed?: Seed; key?: string } = {}): Promise<World> {
  const emulator = await startEmulator({ seed: options.seed ?? seed });
  const { publicKey, privateKey } = emulator.credentials;
  const [username, password] =
    options.key === undefined ? [publicKey, privateKey] : [options.key, `key-of-${options.key}`];
  const http = new HttpClient({
    baseUrl: emulator.url,
    authentication: { kind: "digest", username, password },
    retry: { failureBaseMs: 1, rateLimitBaseMs: 1 },
    clock: fastClock,
  });
  onTestFinished(async () => {
    await http.close();
    await emulator.close();
  });
  const newPlane = () => {
    const plane = cloudManager({
      http,
      name: "cloud-manager",
      credentialsSource: "the test",
      clock: fastClock,
      signal: options.signal,
    });
    return () => plane;
  };
  const text = () => emulator.world().cloudManager.deployments[0]!.automationConfig;
  return {
    emulator,
    plane: newPlane()(),
    newPlane,
    text,
    document: () => JSON.parse(text()),
    count: (method) => emulator.requests().filter((one) => one.method === method && one.status !== 401).length,
    fault: (method, fault, rest = {}) =>
      void emulator.inject({ match: { method, path: "automationConfig$" }, ...rest, fault }),
  };
}

/** Does a thing for each of many, so many at once. */
export async function inParallel<T, Result>(
  items: readonly T[],
  parallelism: number,
  work: (item: T) => Promise<Result>,
): Promise<PromiseSettledResult<Result>[]> {
  const results: PromiseSettledResult<Result>[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = (await Promise.allSettled([work(items[index] as T)]))[0];
    }
  };
  await Promise.all(Array.from({ length: parallelism }, worker));
  return results;
}
