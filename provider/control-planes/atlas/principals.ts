import type { LiveProject, Organizations, Principal, Principals } from "../control-plane.ts";
import { isForbidden } from "./api.ts";
import type { DatabaseUsers } from "./database-users.ts";
import type { AtlasError } from "./errors.ts";
import { Listings } from "./listings.ts";

/** The name of a user that logs in through an identity provider. */
const PRINCIPAL = /^([0-9a-f]{24})\/(.+)$/is;

interface Found<T> {
  readonly items: readonly T[];
  /** Parts that the credentials cannot read, with the reason. */
  readonly unreadable: readonly string[];
}

/**
 * In Atlas they are the database users of the projects of an organization. Reading them takes Project Read Only.
 * Projects are listed once a run, and users with all others who ask for them: what this run writes is in there.
 */
export class AtlasPrincipals implements Principals {
  readonly #organizations: Pick<Organizations, "projects">;
  readonly #users: DatabaseUsers;
  readonly #projects = new Listings<Found<LiveProject>>();
  /** Projects that may not be read: they are not asked again and again. */
  readonly #closed = new Map<string, Found<Principal>>();

  constructor(organizations: Pick<Organizations, "projects">, users: DatabaseUsers) {
    this.#organizations = organizations;
    this.#users = users;
  }

  async list(
    orgId: string,
    options: { readonly fresh?: boolean } = {},
  ): Promise<{ readonly principals: readonly Principal[]; readonly unreadable: readonly string[] }> {
    const projects = await this.#projects.get(orgId, () =>
      readable(`the projects of organization ${orgId}`, () => this.#organizations.projects(orgId)),
    );
    const found = await Promise.all(projects.items.map((project) => this.#principalsOf(project, options)));
    return {
      principals: found.flatMap(({ items }) => items),
      unreadable: [...projects.unreadable, ...found.flatMap(({ unreadable }) => unreadable)],
    };
  }

  async #principalsOf(
    { projectId: id, name }: LiveProject,
    options: { readonly fresh?: boolean },
  ): Promise<Found<Principal>> {
    const closed = this.#closed.get(id);
    if (closed !== undefined) return closed;
    const found = await readable(`the database users of project ${name}`, async () => {
      const listed = await this.#users.list(id, options);
      return listed.flatMap(({ user: { username } }) => {
        const [, prefix, who] = PRINCIPAL.exec(username) ?? [];
        // Ids in Atlas know no case.
        return prefix && who ? [{ prefix: prefix.toLowerCase(), who, project: name, projectId: id }] : [];
      });
    });
    if (found.unreadable.length > 0) this.#closed.set(id, found);
    return found;
  }
}

async function readable<T>(what: string, load: () => Promise<readonly T[]>): Promise<Found<T>> {
  try {
    return { items: await load(), unreadable: [] };
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return { items: [], unreadable: [`${what} (${statusOf(error)})`] };
  }
}

function statusOf({ status, errorCode }: AtlasError): string {
  return ["HTTP", status, errorCode].filter((part) => part !== undefined).join(" ");
}
