import {
  type Group,
  groupListSchema,
  identityProviderListSchema,
  organizationListSchema,
  orgFederationSettingsSchema,
} from "../../../schema/atlas.ts";
import { path } from "../../http/index.ts";
import type { LiveProject, Organizations } from "../control-plane.ts";
import { type AtlasApi, isNotFound } from "./api.ts";
import { Listings } from "./listings.ts";
import { listAll } from "./pages.ts";
import { isOidc } from "./wire.ts";

/** Organizations with their projects and federation. */
export class AtlasOrganizations implements Organizations {
  readonly #api: AtlasApi;
  readonly #projects = new Listings<readonly LiveProject[]>();

  constructor(api: AtlasApi) {
    this.#api = api;
  }

  async list(): ReturnType<Organizations["list"]> {
    const found = await listAll(
      this.#api,
      {
        operation: "list the organizations",
        method: "GET",
        path: path`/api/atlas/v2/orgs`,
        version: "2023-01-01",
        bucket: "organizations",
      },
      organizationListSchema,
    );
    return found.map(({ id, name }) => ({ orgId: id.toLowerCase(), name }));
  }

  projects(orgId: string): Promise<readonly LiveProject[]> {
    return this.#projects.get(orgId, async () => {
      const found = await listAll<Group>(
        this.#api,
        {
          operation: `list the projects of organization ${orgId}`,
          method: "GET",
          path: path`/api/atlas/v2/orgs/${orgId}/groups`,
          version: "2023-01-01",
          bucket: "organizations",
        },
        groupListSchema,
      );
      return found.map((group) => ({
        projectId: group.id.toLowerCase(),
        name: group.name,
        orgId: group.orgId.toLowerCase(),
      }));
    });
  }

  async federation(orgId: string): Promise<string | undefined> {
    try {
      const { id } = await this.#api.ask(
        {
          operation: `read the federation of organization ${orgId}`,
          method: "GET",
          path: path`/api/atlas/v2/orgs/${orgId}/federationSettings`,
          version: "2023-01-01",
          bucket: "connected-organizations",
        },
        orgFederationSettingsSchema,
      );
      return id.toLowerCase();
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async samlProviders(federation: string): ReturnType<Organizations["samlProviders"]> {
    const found = await listAll(
      this.#api,
      {
        operation: `list the SAML identity providers of federation ${federation}`,
        method: "GET",
        path: path`/api/atlas/v2/federationSettings/${federation}/identityProviders`,
        query: { protocol: "SAML" },
        version: "2023-01-01",
        bucket: "identity-providers",
      },
      identityProviderListSchema,
    );
    return found
      .filter((provider) => !isOidc(provider))
      .map((provider) => ({ id: provider.id, name: String(provider.displayName ?? provider.id) }));
  }
}
