import { type Clock, type HttpClient, systemClock } from "../../http/index.ts";
import type { ControlPlane, LiveIdentityProvider } from "../control-plane.ts";
import { AtlasApi } from "./api.ts";
import { AtlasConnections } from "./connections.ts";
import { AtlasIdentityProviders } from "./identity-providers.ts";
import { Listings } from "./listings.ts";
import { AtlasPrincipals } from "./principals.ts";

export interface AtlasOptions {
  readonly http: HttpClient;
  /** Where the credentials came from, in a user's words. */
  readonly credentialsSource: string;
  /** Aborted when the run is to stop. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
}

/** MongoDB Atlas, by its Admin API. */
export function atlasControlPlane({ http, credentialsSource, signal, clock }: AtlasOptions): ControlPlane {
  const api = new AtlasApi(http, credentialsSource, clock ?? systemClock, signal);
  const listings = new Listings<readonly LiveIdentityProvider[]>();
  return {
    name: "atlas",
    baseUrl: http.baseUrl,
    credentialsSource,
    identityProviders: new AtlasIdentityProviders(api, listings),
    connections: new AtlasConnections(api, (federation) => listings.forget(federation)),
    principals: new AtlasPrincipals(api),
    access: undefined as never,
    databaseRoles: undefined as never,
    projects: undefined as never,
  };
}
