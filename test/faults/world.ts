import { onTestFinished } from "vitest";
import { atlasControlPlane } from "../../provider/control-planes/atlas/plane.ts";
import { cloudManager } from "../../provider/control-planes/cloud-manager/plane.ts";
import {
  itemsOf,
  type Json,
  member,
  parseJson,
  plainValue,
  printJson,
  withMember,
} from "../../provider/emulator/cloud-manager/json.ts";
import type { AtlasWorld, EmulatorWorld } from "../../provider/emulator/index.ts";
import { type Emulator, type Seed, startEmulator } from "../../provider/emulator/index.ts";
import { formatReport } from "../../provider/engines/pulumi/report-text.ts";
import {
  type Authentication,
  type Clock,
  HttpClient,
  type HttpClientOptions,
  type HttpRequest,
  type HttpResponse,
  systemClock,
} from "../../provider/http/index.ts";
import { RunMemory } from "../../provider/resources/memory.ts";
import type { Report } from "../../schema/report.ts";
import type { Run } from "../resources/harness.ts";
import { FEDERATION, IDP, ORG, OTHER_IDP, OTHER_ORG, OTHER_PROJECT, PROJECT } from "../support/ids.ts";

/**
 * A federation, a project of Atlas and one of Cloud Manager in which much is somebody else's, and clients of them that something happens to at any
 * chosen moment.
 */

export const SAML = "0oa1b2c3d4e5f6g7h8i9";
export const CLUSTERS = ["Cluster0", "Cluster1"] as const;
/** A project of Cloud Manager. */
export const DEPLOYMENT = OTHER_PROJECT;
/** The CA file in its TLS settings before the first run. */
export const THEIR_CA_FILE = "/etc/mongodb/ca.pem";
export const THEIR_USER = "legacy";
export const THEIR_ROLE = "theirs";

/** The prefix of our issuers, which no foreign issuer has. Users of these providers are ours. */
export const OUR_ISSUER = "https://ours.example.com";
/** The mark in the names of our user-defined roles, and of all our objects in Cloud Manager. */
export const OUR_ROLE = "ours";

/** How long a run waits for the clusters, in milliseconds. */
const WAIT_MS = 30_000;

const SECRET = "c4n4ry-0f-the-fault-table";
const CLIENT_ID = "mdb_sa_id_0123456789abcdef01234567";

const newer = { newerThanThisClient: { kept: [1, null, "x"] } };

const foreign = (id: string, name: string) => ({
  protocol: "OIDC" as const,
  idpType: "WORKLOAD",
  id,
  displayName: name,
  description: "not ours",
  issuerUri: "https://theirs.example.com",
  audience: name,
  authorizationType: "USER",
  userClaim: "sub",
  ...newer,
});

const read = [{ roleName: "read", databaseName: "app" }];

export const seed: Seed = {
  organizations: [
    {
      id: ORG,
      name: "Platform",
      projects: [
        {
          id: PROJECT,
          name: "billing",
          clusters: CLUSTERS.map((name) => ({ name })),
          databaseUsers: [
            { ...newer, username: THEIR_USER, roles: [{ roleName: THEIR_ROLE, databaseName: "admin" }, ...read] },
            { ...newer, username: "CN=agent", databaseName: "$external", x509Type: "MANAGED", roles: read },
            { ...newer, username: `${IDP}/payments`, oidcAuthType: "USER", roles: read, description: "not ours" },
          ],
          customDbRoles: [
            { ...newer, roleName: THEIR_ROLE, inheritedRoles: [{ role: "read", db: "theirs" }] },
            { ...newer, roleName: "other", inheritedRoles: [{ role: THEIR_ROLE, db: "admin" }] },
          ],
        },
        { id: DEPLOYMENT, name: "orders", automationConfig: "example", agents: { goalMs: 0, authMs: 0 } },
      ],
    },
    { id: OTHER_ORG, name: "Payments" },
  ],
  federations: [
    {
      id: FEDERATION,
      federatedDomains: ["example.com"],
      identityProviders: [
        { protocol: "SAML", displayName: "console", oktaIdpId: SAML },
        foreign(IDP, "foreign"),
        foreign(OTHER_IDP, "other-foreign"),
      ],
      connectedOrgs: [
        {
          orgId: ORG,
          identityProviderId: SAML,
          domainRestrictionEnabled: true,
          domainAllowList: ["example.com"],
          dataAccessIdentityProviderIds: [IDP, OTHER_IDP],
          postAuthRoleGrants: ["ORG_MEMBER"],
          newerThanThisClient: true,
        },
        { orgId: OTHER_ORG, dataAccessIdentityProviderIds: [OTHER_IDP] },
      ],
    },
  ],
  serviceAccounts: [{ name: "service", clientId: CLIENT_ID, clientSecret: SECRET }],
};

/** Foreign actions just before one of our requests, or just after its response. */
export interface Hooks {
  before?: (request: HttpRequest) => HttpRequest | undefined | Promise<HttpRequest | undefined>;
  after?: (request: HttpRequest, response: HttpResponse<unknown>) => void | Promise<void>;
}

class HookedClient extends HttpClient {
  readonly #hooks: () => Hooks;

  constructor(options: HttpClientOptions, hooks: () => Hooks) {
    super(options);
    this.#hooks = hooks;
  }

  override async request<T = unknown>(request: HttpRequest): Promise<HttpResponse<T>> {
    const sent = (await this.#hooks().before?.(request)) ?? request;
    const response = await super.request<T>(sent);
    await this.#hooks().after?.(sent, response);
    return response;
  }
}

export interface FaultWorld {
  readonly emulator: Emulator;
  /** Everything that a run might give away. */
  readonly secrets: readonly string[];
  /** The output of all runs. */
  readonly told: readonly string[];
  /** Starts a run as a new process, which ends with the signal. */
  run(signal?: AbortSignal): Run;
  /** From now on, for all runs. */
  hook(hooks: Hooks): void;
  /** All that is not ours, as one text: byte for byte the same before and after. */
  foreign(): string;
}

export interface FaultWorldOptions {
  /** Which of the two control planes of the world the runs talk to. */
  readonly plane?: PlaneKind | undefined;
  readonly as?: "API key" | "service account" | undefined;
}

export type PlaneKind = "atlas" | "cloud-manager";

export async function faultWorld({
  plane: kind = "atlas",
  as = "API key",
}: FaultWorldOptions = {}): Promise<FaultWorld> {
  const emulator = await startEmulator({ seed });
  const { publicKey, privateKey } = emulator.credentials;
  const authentication: Authentication =
    as === "API key"
      ? { kind: "digest", username: publicKey, password: privateKey }
      : {
          kind: "client-credentials",
          tokenUrl: `${emulator.url}/api/oauth/token`,
          clientId: CLIENT_ID,
          clientSecret: SECRET,
        };
  const clock = sharedClock(emulator);
  const clients: HookedClient[] = [];
  const told: string[] = [];
  let hooks: Hooks = {};
  onTestFinished(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await emulator.close();
  });
  return {
    emulator,
    secrets: [privateKey, SECRET],
    run(signal) {
      // Limits of requests stay real, for what hangs is a mistake.
      const real = { ...clock, limit: systemClock.limit };
      const http = new HookedClient({ baseUrl: emulator.url, authentication, clock: real, env: {} }, () => hooks);
      clients.push(http);
      const options = { http, credentialsSource: "the test", clock, signal };
      const plane = kind === "atlas" ? atlasControlPlane(options) : cloudManager({ ...options, name: kind });
      const report = (one: Report) => void told.push(formatReport(one));
      return {
        plane: () => plane,
        offline: undefined,
        drift: "correct",
        waitMs: WAIT_MS,
        memory: new RunMemory(),
        declared: {},
        report,
        told,
      };
    },
    told,
    hook(next) {
      hooks = next;
    },
    foreign: () => foreignIn(emulator.world()),
  };
}

/** Nobody waits: time jumps instead, for client and server alike. */
function sharedClock(emulator: Emulator): Clock {
  let jumped = 0;
  const limits = new Set<{ readonly at: number; readonly callback: () => void }>();
  return {
    now: () => systemClock.now() + jumped,
    date: () => systemClock.date() + jumped,
    limit(ms, callback) {
      const limit = { at: jumped + ms, callback };
      limits.add(limit);
      return () => limits.delete(limit);
    },
    async sleep(ms, signal) {
      if (signal?.aborted) return;
      jumped += ms;
      emulator.advanceClock(ms);
      for (const { at, callback } of limits) if (at <= jumped) callback();
      await systemClock.sleep(0);
    },
  };
}

/** The identity providers of a world whose issuer is ours, by id. */
export function ourIds(world: AtlasWorld): string[] {
  return world.federations.flatMap(({ identityProviders }) =>
    identityProviders.filter(({ issuerUri }) => String(issuerUri).startsWith(OUR_ISSUER)).map(({ id }) => id),
  );
}

/** The database users of a world for whom an identity provider of ours vouches. */
export function ourUsers(world: AtlasWorld): AtlasWorld["databaseUsers"] {
  const ours = ourIds(world);
  return world.databaseUsers.filter(({ username }) => ours.includes(username.split("/")[0] ?? ""));
}

/** The user-defined roles of a world that are ours by their name. */
export function ourRoles(world: AtlasWorld): AtlasWorld["customDbRoles"] {
  return world.customDbRoles.filter(({ roleName }) => roleName.startsWith(OUR_ROLE));
}

/** All of both control planes that is not ours, as one text. */
export function foreignIn(world: EmulatorWorld): string {
  return `${foreignInAtlas(world.atlas)}\n${foreignDocument(world)}`;
}

function foreignInAtlas(world: AtlasWorld): string {
  const ours = new Set(ourIds(world));
  const users = ourUsers(world);
  const roles = ourRoles(world);
  return JSON.stringify({
    ...world,
    // When they have applied a change is no setting of theirs: every change of the project moves it.
    clusters: world.clusters.map(({ appliesAt: _, ...cluster }) => cluster),
    databaseUsers: world.databaseUsers.filter((user) => !users.includes(user)),
    customDbRoles: world.customDbRoles.filter((role) => !roles.includes(role)),
    federations: world.federations.map((federation) => ({
      ...federation,
      identityProviders: federation.identityProviders.filter(({ id }) => !ours.has(id)),
      connectedOrgs: federation.connectedOrgs.map((org) => ({
        ...org,
        dataAccessIdentityProviderIds: (org.dataAccessIdentityProviderIds ?? []).filter((id) => !ours.has(id)),
      })),
      jwksRevocations: {},
    })),
  });
}

/** The automation config of the project of Cloud Manager. */
export function configOf({ cloudManager }: EmulatorWorld): string {
  const deployment = cloudManager.deployments.find(({ projectId }) => projectId === DEPLOYMENT);
  if (deployment === undefined) throw new Error("the world has no such project");
  return deployment.automationConfig;
}

/** Whose name begins with ours, by whatever a list calls it. */
function isOurs(entry: Json): boolean {
  const named = ["authNamePrefix", "role", "user"].map((key) => plainValue(member(entry, key)));
  return named.some((name) => typeof name === "string" && name.startsWith(OUR_ROLE));
}

/** The document without what is or may become ours, and without the number of its saves, to the byte. */
function foreignDocument(world: EmulatorWorld): string {
  const document = parseJson(configOf(world));
  const theirs = (parent: Json, list: string) =>
    withMember(parent, list, { items: itemsOf(member(parent, list)).filter((entry) => !isOurs(entry)) });
  const lists = ["oidcProviderConfigs", "roles"].reduce(theirs, document);
  const auth = theirs(member(document, "auth") ?? { members: [] }, "usersWanted");
  const tls = withMember(member(document, "tls") ?? { members: [] }, "CAFilePath", undefined);
  return printJson(withMember(withMember(withMember(lists, "auth", auth), "tls", tls), "version", undefined));
}
