import {
  identityProviderListSchema,
  identityProviderSchema,
  type OidcIdentityProvider,
  oidcIdentityProviderSchema,
} from "../../../schema/atlas.ts";
import type { IdentityProviderSettings } from "../../../schema/identity-provider.ts";
import { phrase, preview } from "../../../schema/phrase.ts";
import { path } from "../../http/index.ts";
import type { IdentityProviders, LiveIdentityProvider } from "../control-plane.ts";
import { messageOf } from "../plane-error.ts";
import { type AtlasApi, isNotFound, isUncertain, quoted } from "./api.ts";
import type { Call } from "./call.ts";
import { AtlasError, notMade } from "./errors.ts";
import type { Listings } from "./listings.ts";
import { listAll } from "./pages.ts";
import { LOOKS_MS, lookUntil, NEW_LOOKS_MS } from "./waiting.ts";
import { isOidc, toBody, toLive } from "./wire.ts";

/** How often a change is sent when its answers are lost; it is the same change each time. */
const CHANGES = 3;

type Federation = Pick<Call, "bucket" | "version">;
const one: Federation = { bucket: "identity-providers", version: "2023-11-15" };
const many: Federation = { bucket: "identity-providers", version: "2023-01-01" };

/** The identity providers of an Atlas federation. Only OIDC ones: SAML providers are never touched, nor told of. */
export class AtlasIdentityProviders implements IdentityProviders {
  readonly #api: AtlasApi;
  readonly #listings: Listings<readonly LiveIdentityProvider[]>;
  readonly #made = new Set<string>();

  constructor(api: AtlasApi, listings: Listings<readonly LiveIdentityProvider[]>) {
    this.#api = api;
    this.#listings = listings;
  }

  list(federation: string, options: { readonly fresh?: boolean } = {}): Promise<readonly LiveIdentityProvider[]> {
    return options.fresh ? this.#load(federation) : this.#listings.get(federation, () => this.#load(federation));
  }

  /** Without the filters Atlas answers SAML workforce providers only: no OIDC provider would ever be found. */
  async #load(federation: string, look = false): Promise<readonly LiveIdentityProvider[]> {
    const found = await listAll(
      this.#api,
      {
        ...many,
        operation: `list the identity providers of federation ${federation}`,
        method: "GET",
        path: path`/api/atlas/v2/federationSettings/${federation}/identityProviders`,
        query: { protocol: "OIDC", idpType: ["WORKFORCE", "WORKLOAD"] },
        look,
      },
      identityProviderListSchema,
    );
    return found.filter(isOidc).map((provider) => toLive(federation, provider));
  }

  async get(federation: string, id: string): Promise<LiveIdentityProvider | undefined> {
    const live = await lookUntil(this.#api, this.#made.has(id) ? NEW_LOOKS_MS : [0], () => this.#ask(federation, id));
    if (live !== undefined) return live;
    // A 404 alone may mean that the whole federation is out of reach. Its listing tells, or throws.
    const listed = await this.#load(federation);
    if (!listed.some(({ prefix }) => prefix === id)) return undefined;
    throw new AtlasError(
      `read identity provider ${id} in federation ${federation}: Atlas lists it, and answers 404 when asked for it\n` +
        "  fix  Run again in a minute. Until the two agree it counts neither as there nor as deleted.",
      { status: 404 },
    );
  }

  async #ask(federation: string, id: string, look = false): Promise<LiveIdentityProvider | undefined> {
    const operation = `read identity provider ${id} in federation ${federation}`;
    const call: Call = { ...one, operation, method: "GET", path: pathOf(federation, id), look };
    const found = await this.#api.find(call, identityProviderSchema);
    if (found === undefined || isOidc(found)) return found && toLive(federation, found);
    throw new AtlasError(`${operation}: it is a ${found.protocol} identity provider; mongofed manages OIDC ones only`);
  }

  async create(federation: string, settings: IdentityProviderSettings): Promise<LiveIdentityProvider> {
    const operation = `create identity provider ${quoted(settings.configurationName)} in federation ${federation}`;
    const before = new Set((await this.#load(federation)).map(({ prefix }) => prefix));
    this.#listings.forget(federation);
    try {
      const call: Call = {
        ...one,
        operation,
        method: "POST",
        path: path`/api/atlas/v2/federationSettings/${federation}/identityProviders`,
        body: toBody(settings.idpType, settings),
      };
      return this.#remember(toLive(federation, await this.#oidc(call)));
    } catch (error) {
      if (!isUncertain(error)) throw error;
      return this.#remember(await this.#findMade(federation, operation, settings, before, error));
    } finally {
      this.#listings.forget(federation);
    }
  }

  #remember(made: LiveIdentityProvider): LiveIdentityProvider {
    this.#made.add(made.prefix);
    return made;
  }

  /** The answer to a POST was lost. The API knows no idempotency key, so the only way to learn more is to look. */
  async #findMade(
    federation: string,
    operation: string,
    settings: IdentityProviderSettings,
    before: ReadonlySet<string>,
    cause: AtlasError,
  ): Promise<LiveIdentityProvider> {
    for (const wait of this.#looks()) {
      await this.#api.pause(wait);
      const listed = await this.#load(federation, true).catch((error: unknown) => {
        throw new AtlasError(
          phrase`${cause.text}\n  fix  It is unknown whether Atlas created it: looking failed too (${messageOf(error)}). Run again: the next ${preview} names it if it exists.`,
          { sent: "maybe", cause },
        );
      });
      const made = listed.filter((live) => !before.has(live.prefix) && isMadeOf(live, settings));
      if (made.length === 1) return made[0]!;
      if (made.length > 1) {
        const ids = made.map(({ prefix }) => prefix).join(", ");
        throw new AtlasError(
          `${operation}: the answer was lost, and ${made.length} new identity providers match it: ${ids}\n` +
            "  fix  Somebody else created the same at the same moment. Delete all but one there, then run again.",
          { sent: "maybe", cause },
        );
      }
    }
    throw notMade(cause, this.#api.aborted);
  }

  async update(
    federation: string,
    id: string,
    current: Pick<LiveIdentityProvider, "idpType">,
    changes: Partial<IdentityProviderSettings>,
  ): Promise<LiveIdentityProvider> {
    const operation = `change identity provider ${id} in federation ${federation}`;
    const body = toBody(current.idpType, changes);
    this.#listings.forget(federation);
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          return toLive(
            federation,
            await this.#oidc({ ...one, operation, method: "PATCH", path: pathOf(federation, id), body }),
          );
        } catch (error) {
          if (!isUncertain(error)) throw error;
          const live = await this.#ask(federation, id, true).catch(() => undefined);
          if (live !== undefined && isChanged(live, changes)) return live;
          // Sending the same change once more can do no harm, whatever became of the first.
          if (attempt === CHANGES || this.#api.aborted) throw error;
        }
      }
    } finally {
      this.#listings.forget(federation);
    }
  }

  async delete(federation: string, id: string): Promise<void> {
    const operation = `delete identity provider ${id} in federation ${federation}`;
    this.#made.delete(id);
    this.#listings.forget(federation);
    try {
      await this.#api.send({ ...one, operation, method: "DELETE", path: pathOf(federation, id) });
    } catch (error) {
      if (!isNotFound(error) && !isUncertain(error)) throw error;
      // Gone, if the federation can be read and does not hold it; a 404 of a federation out of reach is thrown here.
      if ((await this.get(federation, id)) !== undefined) throw error;
    } finally {
      this.#listings.forget(federation);
    }
  }

  async revokeJwks(federation: string, id: string): Promise<void> {
    await this.#api.send({
      ...one,
      operation: `revoke the signing keys of identity provider ${id} in federation ${federation}`,
      method: "DELETE",
      path: path`/api/atlas/v2/federationSettings/${federation}/identityProviders/${id}/jwks`,
    });
  }

  #oidc(call: Call): Promise<OidcIdentityProvider> {
    return this.#api.ask(call, oidcIdentityProviderSchema);
  }

  /** A run that was told to stop looks once. */
  #looks(): readonly number[] {
    return this.#api.aborted ? LOOKS_MS.slice(0, 1) : LOOKS_MS;
  }
}

function pathOf(federation: string, id: string) {
  return path`/api/atlas/v2/federationSettings/${federation}/identityProviders/${id}`;
}

function isMadeOf(live: LiveIdentityProvider, settings: IdentityProviderSettings): boolean {
  return (
    live.idpType === settings.idpType &&
    live.audience === settings.audience &&
    live.configurationName === settings.configurationName &&
    withoutSlash(live.issuerUri) === withoutSlash(settings.issuerUri)
  );
}

/** The server decides whether a trailing slash survives. Here it only helps to recognize what it made. */
function withoutSlash(issuer: string): string {
  return issuer.replace(/\/$/, "");
}

function isChanged(live: LiveIdentityProvider, changes: Partial<IdentityProviderSettings>): boolean {
  return Object.entries(changes).every(([key, wanted]) => {
    const value = live[key as keyof IdentityProviderSettings];
    return Array.isArray(wanted) && Array.isArray(value)
      ? wanted.length === value.length && wanted.every((item) => value.includes(item))
      : value === wanted;
  });
}
