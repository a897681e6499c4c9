import { databaseUserListSchema, type Group, groupListSchema } from "../../../schema/atlas.ts";
import { path } from "../../http/index.ts";
import type { Principal, Principals } from "../control-plane.ts";
import { type AtlasApi, isForbidden } from "./api.ts";
import type { AtlasError } from "./errors.ts";
import { Listings } from "./listings.ts";
import { listAll } from "./pages.ts";

interface Found {
  readonly principals: readonly Principal[];
  readonly unreadable: readonly string[];
}

/** In Atlas they are the database users of the projects of an organization. Reading them takes Project Read Only. */
export class AtlasPrincipals implements Principals {
  readonly #api: AtlasApi;
  readonly #listings = new Listings<Found>();

  constructor(api: AtlasApi) {
    this.#api = api;
  }

  list(orgId: string): Promise<Found> {
    return this.#listings.get(orgId, () => readable(`the projects of organization ${orgId}`, () => this.#load(orgId)));
  }

  async #load(orgId: string): Promise<Found> {
    const projects = await listAll<Group>(
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
    const found = await Promise.all(
      projects.map((project) =>
        readable(`the database users of project ${project.name}`, () => this.#loadProject(project)),
      ),
    );
    return {
      principals: found.flatMap(({ principals }) => principals),
      unreadable: found.flatMap(({ unreadable }) => unreadable),
    };
  }

  async #loadProject({ id, name }: Group): Promise<Found> {
    const users = await listAll(
      this.#api,
      {
        operation: `list the database users of project ${id}`,
        method: "GET",
        path: path`/api/atlas/v2/groups/${id}/databaseUsers`,
        version: "2023-01-01",
        bucket: "database-users",
      },
      databaseUserListSchema,
    );
    return {
      principals: users.map(({ username }) => ({ name: username, project: name, projectId: id })),
      unreadable: [],
    };
  }
}

async function readable(what: string, load: () => Promise<Found>): Promise<Found> {
  try {
    return await load();
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return { principals: [], unreadable: [`${what} (${statusOf(error)})`] };
  }
}

function statusOf({ status, errorCode }: AtlasError): string {
  return ["HTTP", status, errorCode].filter((part) => part !== undefined).join(" ");
}
