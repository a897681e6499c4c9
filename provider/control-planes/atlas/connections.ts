import {
  type ConnectedOrgConfig,
  type ConnectedOrgConfigUpdate,
  connectedOrgConfigListSchema,
  connectedOrgConfigSchema,
  organizationSchema,
  orgFederationSettingsSchema,
} from "../../../schema/atlas.ts";
import { phrase, stack } from "../../../schema/phrase.ts";
import { path } from "../../http/index.ts";
import type { Connections, LiveConnection } from "../control-plane.ts";
import type { AtlasApi } from "./api.ts";
import type { Call } from "./call.ts";
import { AtlasError, ConflictError } from "./errors.ts";
import { Listings } from "./listings.ts";
import { KeyedMutex } from "./mutex.ts";
import { listAll } from "./pages.ts";
import { toConnection } from "./wire.ts";

/** How often a lost change is merged again. */
const MERGES = 5;
/** Delays before each read after a change: a read may return the earlier state for a moment. */
const LOOKS_MS = [0, 250, 500, 1_000, 2_000, 4_000];
/** The longest random delay before another merge, so that two writers that collided do not collide again. */
const JITTER_MS = 500;

interface Change {
  readonly add?: string;
  readonly remove?: string;
}

/** Shared by the process, because two planes with different keys may write to one organization. */
const mutex = new KeyedMutex();

/** The identity providers that are connected to each organization of a federation. */
export class AtlasConnections implements Connections {
  readonly #api: AtlasApi;
  readonly #listings = new Listings<readonly LiveConnection[]>();
  readonly #names = new Listings<string>();
  readonly #federations = new Listings<string | undefined>();
  readonly #written: (federation: string) => void;

  /** @param written called when a connection of a federation changes: its identity providers list it too. */
  constructor(api: AtlasApi, written: (federation: string) => void) {
    this.#api = api;
    this.#written = written;
  }

  list(federation: string, options: { readonly fresh?: boolean } = {}): Promise<readonly LiveConnection[]> {
    return options.fresh ? this.#load(federation) : this.#listings.get(federation, () => this.#load(federation));
  }

  async #load(federation: string): Promise<readonly LiveConnection[]> {
    const configs = await listAll(
      this.#api,
      {
        operation: `list the organizations of federation ${federation}`,
        method: "GET",
        path: path`/api/atlas/v2/federationSettings/${federation}/connectedOrgConfigs`,
        version: "2023-01-01",
        bucket: "identity-providers",
      },
      connectedOrgConfigListSchema,
    );
    return configs.map((config) => toConnection(federation, config));
  }

  async get(federation: string, orgId: string): Promise<LiveConnection | undefined> {
    const config = await this.#find(federation, orgId);
    return config && toConnection(federation, config);
  }

  async #find(federation: string, orgId: string, look = false): Promise<ConnectedOrgConfig | undefined> {
    const operation = `read organization ${orgId} in federation ${federation}`;
    const call = this.#call(federation, orgId, { operation, method: "GET", look });
    const config = await this.#api.find(call, connectedOrgConfigSchema);
    if (config !== undefined) return config;
    // A 404 alone may mean that the whole federation is out of reach. Its listing tells, or throws.
    const listed = await this.#load(federation);
    if (!listed.some((connection) => connection.orgId === orgId)) return undefined;
    throw new AtlasError(
      `${operation}: Atlas lists it, and answers 404 when asked for it\n  fix  Run again in a minute.`,
      { status: 404 },
    );
  }

  change(federation: string, orgId: string, change: Change): Promise<LiveConnection> {
    return mutex.run(`${federation}/${orgId}`, async () => {
      try {
        return await this.#change(federation, orgId, change);
      } finally {
        this.#listings.forget(federation);
        this.#written(federation);
      }
    });
  }

  /**
   * Reads, merges, writes and reads again. The API has no conditional write, so this overwrites a foreign write between our
   * read and our write unseen. That window is one round trip. It notices a client that overwrites our write.
   */
  async #change(federation: string, orgId: string, change: Change): Promise<LiveConnection> {
    const operation = `${describe(change)} organization ${orgId} in federation ${federation}`;
    let trouble: unknown;
    for (let attempt = 1; attempt <= MERGES; attempt++) {
      if (attempt > 1) await this.#api.pause(Math.random() * JITTER_MS * attempt);
      const before = await this.#mustFind(federation, orgId, operation);
      const ids = before.dataAccessIdentityProviderIds ?? [];
      const merged = merge(ids, change);
      if (same(ids, merged)) return toConnection(federation, before);
      trouble = undefined;
      let echo: ConnectedOrgConfig | undefined;
      try {
        const call = this.#call(federation, orgId, { operation, method: "PATCH", body: bodyOf(before, merged) });
        echo = await this.#api.ask(call, connectedOrgConfigSchema);
      } catch (error) {
        if (!(error instanceof AtlasError) || error.sent === "no") throw error;
        trouble = error;
      }
      const dropped = echo && merged.filter((id) => !has(echo.dataAccessIdentityProviderIds ?? [], id));
      if (dropped !== undefined && dropped.length > 0) {
        throw new ConflictError(
          `${operation}: Atlas took the change, but answers without ${dropped.join(", ")}\n` +
            "  fix  Look at the organization's connections in the Federation Management Console, then run again.",
          { status: 200, sent: "yes" },
        );
      }
      const after = await this.#verify(federation, orgId, change).catch((error: unknown) => {
        const text = error instanceof Error ? error.message : String(error);
        throw new AtlasError(`${operation}: sent, but whether it took effect could not be verified\n  note ${text}`, {
          sent: echo === undefined ? "maybe" : "yes",
          cause: error,
        });
      });
      if (after !== undefined) return after;
      if (this.#api.aborted) break;
    }
    if (trouble !== undefined) throw trouble;
    throw new ConflictError(
      phrase`${operation}: another client changes this organization's connections at the same time, and ${lost(change)} was lost ${MERGES} times\n  fix  Find out who else manages this organization (another ${stack}, another tool, the console), then run again.`,
      { sent: "maybe" },
    );
  }

  async #mustFind(federation: string, orgId: string, operation: string): Promise<ConnectedOrgConfig> {
    const config = await this.#find(federation, orgId);
    if (config !== undefined) return config;
    throw new AtlasError(
      `${operation}: the organization is not part of the federation\n` +
        "  fix  Check orgId and federationSettingsId, or add the organization in the Federation Management Console.",
      { status: 404 },
    );
  }

  /** Returns the organization once the change is visible. `undefined` if that takes too long. */
  async #verify(federation: string, orgId: string, change: Change): Promise<LiveConnection | undefined> {
    for (const wait of this.#api.aborted ? LOOKS_MS.slice(0, 1) : LOOKS_MS) {
      await this.#api.pause(wait);
      const config = await this.#find(federation, orgId, true);
      const ids = config?.dataAccessIdentityProviderIds ?? [];
      if (config !== undefined && same(ids, merge(ids, change))) return toConnection(federation, config);
    }
    return undefined;
  }

  #call(federation: string, orgId: string, rest: Pick<Call, "operation" | "method" | "body" | "look">): Call {
    return {
      ...rest,
      path: path`/api/atlas/v2/federationSettings/${federation}/connectedOrgConfigs/${orgId}`,
      version: "2023-01-01",
      bucket: "connected-organizations",
    };
  }

  orgName(orgId: string): Promise<string> {
    return this.#names.get(orgId, async () => {
      const call: Call = {
        operation: `read the name of organization ${orgId}`,
        method: "GET",
        path: path`/api/atlas/v2/orgs/${orgId}`,
        version: "2023-01-01",
        bucket: "organizations",
      };
      // Only messages use the name, so an unreadable organization goes by its id.
      return await this.#api.ask(call, organizationSchema).then(
        ({ name }) => name,
        () => orgId,
      );
    });
  }

  federationOf(orgId: string): Promise<string | undefined> {
    return this.#federations.get(orgId, async () => {
      const call: Call = {
        operation: `read the federation of organization ${orgId}`,
        method: "GET",
        path: path`/api/atlas/v2/orgs/${orgId}/federationSettings`,
        version: "2023-01-01",
        bucket: "connected-organizations",
      };
      // For convenience only: who imports access need not own the organization.
      return await this.#api.ask(call, orgFederationSettingsSchema).then(
        ({ id }) => id,
        () => undefined,
      );
    });
  }
}

/** The new id takes the place of the old one, or comes last. All others keep their order. */
function merge(ids: readonly string[], { add, remove }: Change): string[] {
  const merged: string[] = [];
  for (const id of ids) {
    if (remove === undefined || id.toLowerCase() !== remove) merged.push(id);
    else if (add !== undefined && !has(ids, add)) merged.push(add);
  }
  if (add !== undefined && !has(merged, add)) merged.push(add);
  return merged;
}

/**
 * Returns the settings that a PATCH would reset if it omitted them. Without `identityProviderId` it disconnects SAML, so that
 * all console users are logged out. Without `domainRestrictionEnabled` it lifts the restriction. Atlas refuses an empty
 * `identityProviderId`, so none is sent if there is none.
 */
function bodyOf(before: ConnectedOrgConfig, ids: string[]): ConnectedOrgConfigUpdate {
  const saml = before.identityProviderId;
  return {
    dataAccessIdentityProviderIds: ids,
    domainRestrictionEnabled: before.domainRestrictionEnabled,
    ...(typeof saml === "string" && saml !== "" ? { identityProviderId: saml } : {}),
  };
}

function has(ids: readonly string[], id: string): boolean {
  return ids.some((other) => other.toLowerCase() === id.toLowerCase());
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}

function describe({ add, remove }: Change): string {
  if (add !== undefined && remove !== undefined) return `swap identity provider ${remove} for ${add} in`;
  return add !== undefined ? `connect identity provider ${add} to` : `disconnect identity provider ${remove} from`;
}

function lost({ add, remove }: Change): string {
  const parts = [
    ...(add === undefined ? [] : [`the connection to ${add}`]),
    ...(remove === undefined ? [] : [`the disconnection of ${remove}`]),
  ];
  return parts.join(" or ");
}
