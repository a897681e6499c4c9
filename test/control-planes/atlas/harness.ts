import { onTestFinished } from "vitest";
import { atlasControlPlane } from "../../../provider/control-planes/atlas/plane.ts";
import type { AtlasPlane, IdentityProviderSettings } from "../../../provider/control-planes/control-plane.ts";
import { type Emulator, type Fault, type Seed, startEmulator } from "../../../provider/emulator/index.ts";
import { type Clock, HttpClient, systemClock } from "../../../provider/http/index.ts";
import { FEDERATION, ORG, OTHER_ORG } from "../../support/ids.ts";

/** Waits are real but short: what is tested is what happens between them. */
export const fastClock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 5), signal),
};

export const seed: Seed = {
  organizations: [
    { id: ORG, name: "Platform" },
    { id: OTHER_ORG, name: "Payments" },
  ],
  federations: [{ id: FEDERATION, connectedOrgs: [{ orgId: ORG }, { orgId: OTHER_ORG }] }],
};

export const staff: IdentityProviderSettings = {
  idpType: "WORKFORCE",
  configurationName: "corp-entra",
  description: "people",
  issuerUri: "https://login.example.com/v2.0",
  audience: "api://corp",
  clientId: "client-1",
  requestedScopes: ["openid"],
  associatedDomains: ["example.com"],
  authorizationType: "GROUP",
  userClaim: "sub",
  groupsClaim: "groups",
};

export const apps: IdentityProviderSettings = {
  ...staff,
  idpType: "WORKLOAD",
  configurationName: "apps",
  description: undefined,
  audience: "api://apps",
  clientId: undefined,
  requestedScopes: [],
  associatedDomains: [],
  authorizationType: "USER",
  groupsClaim: undefined,
};

export interface World {
  readonly emulator: Emulator;
  readonly plane: AtlasPlane;
  /** Returns the plane of another process: the same server, without any cache. */
  newPlane(): AtlasPlane;
  /** Requests since the last call, `GET /path` without the prefix, without those that only fetched a nonce. */
  requests(): string[];
  /** Injects a fault into requests of a method to a path. */
  fault(method: string, path: string, fault: Fault["fault"], rest?: Partial<Fault>): void;
}

/** An emulated Atlas, and the adapter on it over HTTP. */
export async function atlas(
  options: { seed?: Seed; signal?: AbortSignal; clock?: Clock; emulator?: Emulator } = {},
): Promise<World> {
  const clock = options.clock ?? fastClock;
  const emulator = options.emulator ?? (await startEmulator({ seed: options.seed ?? seed }));
  const http = new HttpClient({
    baseUrl: emulator.url,
    authentication: {
      kind: "digest",
      username: emulator.credentials.publicKey,
      password: emulator.credentials.privateKey,
    },
    retry: { failureBaseMs: 1, rateLimitBaseMs: 1 },
    clock,
  });
  onTestFinished(async () => {
    await http.close();
    if (options.emulator === undefined) await emulator.close();
  });
  const newPlane = () => atlasControlPlane({ http, credentialsSource: "the test", clock, signal: options.signal });
  return {
    emulator,
    plane: newPlane(),
    newPlane,
    requests() {
      const logged = emulator.requests().filter(({ status }) => status !== 401);
      emulator.clearRequests();
      return logged.map(({ method, path }) => `${method} ${path.replace(/^\/api\/atlas\/v2/, "")}`);
    },
    fault(method, path, fault, rest = {}) {
      emulator.inject({ match: { method, path }, ...rest, fault });
    },
  };
}

export const providers = `/federationSettings/${FEDERATION}/identityProviders`;
export const organizations = `/federationSettings/${FEDERATION}/connectedOrgConfigs`;
