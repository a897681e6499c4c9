import { type Clock, type HttpClient, systemClock } from "../../http/index.ts";
import { CloudManagerAccess } from "./access.ts";
import { CloudManagerApi } from "./api.ts";
import { AutomationConfigs } from "./automation-configs.ts";
import { type Change, entryOf } from "./change.ts";
import { CloudManagerDatabaseRoles } from "./database-roles.ts";
import { CloudManagerIdentityProviders } from "./identity-providers.ts";
import { CloudManagerProjectTls } from "./project-tls.ts";
import { CloudManagerProjects } from "./projects.ts";

export interface CloudManagerOptions {
  readonly http: HttpClient;
  /** How messages call it. */
  readonly product: "Cloud Manager" | "Ops Manager";
  /** Where the credentials came from, in a user's words. */
  readonly credentialsSource: string;
  /** Aborted when the run is to stop. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
}

/** Cloud Manager or Ops Manager, by the automation configs of its projects. Organizations are connected to nothing here. */
export function cloudManager({ http, product, credentialsSource, signal, clock }: CloudManagerOptions) {
  const api = new CloudManagerApi(http, { product, credentialsSource }, clock ?? systemClock, signal);
  const configs = new AutomationConfigs(api);
  return {
    baseUrl: http.baseUrl,
    credentialsSource,
    identityProviders: new CloudManagerIdentityProviders(configs),
    access: new CloudManagerAccess(configs),
    databaseRoles: new CloudManagerDatabaseRoles(configs),
    projects: new CloudManagerProjects(api, configs),
    projectTls: new CloudManagerProjectTls(configs),
    /** What was done in this run and is not there any more, in words: to be asked, and told, when the run ends. */
    async undone(): Promise<string[]> {
      const changes: Change[][] = await Promise.all(configs.all().map((config) => config.undone()));
      return changes.flat().map(entryOf);
    },
  };
}
