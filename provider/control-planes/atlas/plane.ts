import { type Clock, type HttpClient, systemClock } from "../../http/index.ts";
import type { AtlasPlane, LiveIdentityProvider } from "../control-plane.ts";
import { AtlasAccess } from "./access.ts";
import { AtlasApi } from "./api.ts";
import { AtlasConnections } from "./connections.ts";
import { AtlasDatabaseRoles } from "./database-roles.ts";
import { DatabaseUsers } from "./database-users.ts";
import { AtlasIdentityProviders } from "./identity-providers.ts";
import { Listings } from "./listings.ts";
import { AtlasOrganizations } from "./organizations.ts";
import { AtlasPrincipals } from "./principals.ts";
import { AtlasProjects } from "./projects.ts";

export interface AtlasOptions {
  readonly http: HttpClient;
  /** Where the credentials came from, in a user's words. */
  readonly credentialsSource: string;
  /** Aborted when the run is to stop. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
}

/** MongoDB Atlas, by its Admin API. */
export function atlasControlPlane({ http, credentialsSource, signal, clock }: AtlasOptions): AtlasPlane {
  const api = new AtlasApi(http, credentialsSource, clock ?? systemClock, signal);
  const listings = new Listings<readonly LiveIdentityProvider[]>();
  const users = new DatabaseUsers(api);
  const connections = new AtlasConnections(api, (federation) => listings.forget(federation));
  const projects = new AtlasProjects(api);
  const organizations = new AtlasOrganizations(api);
  return {
    name: "atlas",
    baseUrl: http.baseUrl,
    credentialsSource,
    identityProviders: new AtlasIdentityProviders(api, listings),
    connections,
    organizations,
    principals: new AtlasPrincipals(organizations, users),
    access: new AtlasAccess(api, users),
    databaseRoles: new AtlasDatabaseRoles(api, users),
    projects,
    async scopeOf(projectId) {
      const id = await connections.federationOf((await projects.get(projectId)).orgId);
      return id === undefined ? undefined : { kind: "federation", id };
    },
    otherUsers: async () => [],
  };
}
