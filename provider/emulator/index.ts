import { adminApp } from "./admin.ts";
import { atlasApp } from "./atlas/app.ts";
import { VirtualClock } from "./clock.ts";
import { cloudManagerApp } from "./cloud-manager/app.ts";
import { EmulatorCore } from "./core.ts";
import { type ApiKey, withoutSecret } from "./credentials.ts";
import type { Emulator, EmulatorOptions } from "./emulator.ts";
import { defaultSeed, stateFromSeed } from "./seed.ts";
import { listen, requireLoopback } from "./server.ts";
import type { State } from "./state.ts";
import { readStateFile, writeStateFile } from "./state-file.ts";
import { StateStore } from "./store.ts";

export type { AtlasWorld } from "./atlas/world.ts";
export { exampleAutomationConfig } from "./cloud-manager/example.ts";

export type { Emulator, EmulatorOptions, EmulatorWorld } from "./emulator.ts";
export type { Fault } from "./faults.ts";

export { readSeed, type Seed, seedJsonSchema } from "./seed.ts";

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
