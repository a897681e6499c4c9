import { PRODUCTS } from "../../../schema/plane.ts";
import { type Clock, type HttpClient, systemClock } from "../../http/index.ts";
import type { ComingCalls } from "../coming-calls.ts";
import type { ProjectPlane } from "../control-plane.ts";
import { CloudManagerAccess, CloudManagerPrincipals } from "./access.ts";
import { CloudManagerApi } from "./api.ts";
import { AutomationConfigs } from "./automation-configs.ts";
import { type Change, entryOf } from "./change.ts";
import { CloudManagerDatabaseRoles } from "./database-roles.ts";
import { CloudManagerIdentityProviders } from "./identity-providers.ts";
import { CloudManagerProjectTls } from "./project-tls.ts";
import { CloudManagerProjects } from "./projects.ts";
import { CloudManagerSecurity } from "./security.ts";
import { otherUsersOf } from "./wire.ts";

export interface CloudManagerOptions {
  readonly http: HttpClient;
  readonly name: ProjectPlane["name"];
  /** Where the credentials came from, in a user's words. */
  readonly credentialsSource: string;
  /** Aborted when the run is to stop. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
  readonly coming?: ComingCalls | undefined;
}

/** Cloud Manager or Ops Manager, by the automation configs of its projects. Organizations are connected to nothing here. */
export function cloudManager({
  http,
  name,
  credentialsSource,
  signal,
  clock,
  coming,
}: CloudManagerOptions): ProjectPlane {
  const product = PRODUCTS[name];
  const api = new CloudManagerApi(
    http,
    { product, api: `the API of ${product}`, credentialsSource },
    clock ?? systemClock,
    signal,
  );
  const configs = new AutomationConfigs(api, coming);
  const access = new CloudManagerAccess(configs);
  return {
    name,
    baseUrl: http.baseUrl,
    credentialsSource,
    identityProviders: new CloudManagerIdentityProviders(configs),
    access,
    principals: new CloudManagerPrincipals(access),
    databaseRoles: new CloudManagerDatabaseRoles(configs),
    projects: new CloudManagerProjects(api, configs),
    security: new CloudManagerSecurity(configs),
    projectTls: new CloudManagerProjectTls(configs),
    async scopeOf(projectId) {
      return { kind: "project", id: projectId };
    },
    async otherUsers(projectId) {
      return otherUsersOf(projectId, await configs.of(projectId).read());
    },
    async overwritten() {
      const lost = configs.all().map(async (config) => {
        const changes = await config.overwritten();
        return changes.map((change) => `${describe(change)} in project ${config.projectId}`);
      });
      return (await Promise.all(lost)).flat();
    },
  };
}

function describe(change: Change): string {
  return change.intent === "delete" ? `${entryOf(change)} (deleted, and there again)` : entryOf(change);
}
