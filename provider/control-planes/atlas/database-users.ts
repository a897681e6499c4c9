import { type DatabaseUser, databaseUserListSchema } from "../../../schema/atlas.ts";
import { path } from "../../http/index.ts";
import type { LiveGrant } from "../control-plane.ts";
import type { AtlasApi } from "./api.ts";
import { Listings } from "./listings.ts";
import { listAll } from "./pages.ts";
import { toGrant } from "./user-wire.ts";

/** A database user, with its grant if it logs in through an identity provider. */
export interface ListedUser {
  readonly user: DatabaseUser;
  readonly grant: LiveGrant | undefined;
}

type Named = Pick<DatabaseUser, "databaseName" | "username">;

/**
 * A write of this process that a lagging listing may not show yet: the written user, or `undefined` after its removal.
 */
interface Write {
  readonly projectId: string;
  readonly name: Named;
  readonly now: ListedUser | undefined;
  readonly at: number;
}

/** How long a listing may lag behind a write. A guess: no figure is published. */
const LAG_MS = 60_000;

/**
 * Lists the database users of projects once for all callers. Grants are some of these users, and a lockout may concern
 * any of them. Writes of this process update the listings: a run of a thousand writes does not list a thousand times,
 * and no caller sees a user from before a write.
 */
export class DatabaseUsers {
  readonly #api: AtlasApi;
  readonly #listings = new Listings<readonly ListedUser[]>();
  #recent: Write[] = [];

  constructor(api: AtlasApi) {
    this.#api = api;
  }

  list(projectId: string, options: { readonly fresh?: boolean } = {}): Promise<readonly ListedUser[]> {
    return options.fresh ? this.#load(projectId) : this.#listings.get(projectId, () => this.#load(projectId));
  }

  async #load(projectId: string): Promise<readonly ListedUser[]> {
    const began = this.#api.clock.now();
    const users = await listAll(
      this.#api,
      {
        operation: `list the database users of project ${projectId}`,
        method: "GET",
        path: path`/api/atlas/v2/groups/${projectId}/databaseUsers`,
        version: "2023-01-01",
        bucket: "database-users",
      },
      databaseUserListSchema,
    );
    const listed = new Map(users.map((user) => [keyOf(user), { user, grant: toGrant(projectId, user) }]));
    this.#recent = this.#recent.filter(({ at }) => at >= began - LAG_MS);
    for (const write of this.#recent) if (write.projectId === projectId) enter(listed, write);
    return [...listed.values()];
  }

  /** After a create or an update: the user as it is now. */
  wrote(projectId: string, user: DatabaseUser): void {
    this.#enter(projectId, user, { user, grant: toGrant(projectId, user) });
  }

  removed(projectId: string, name: Named): void {
    this.#enter(projectId, name, undefined);
  }

  #enter(projectId: string, name: Named, now: ListedUser | undefined): void {
    const write: Write = { projectId, name, now, at: this.#api.clock.now() };
    this.#recent.push(write);
    this.#listings.change(projectId, (users) => {
      const listed = new Map(users.map((one) => [keyOf(one.user), one]));
      enter(listed, write);
      return [...listed.values()];
    });
  }

  /** After a write of which it is not known what became of it, or which changed users that it does not name. */
  forget(projectId: string): void {
    this.#listings.forget(projectId);
    this.#recent = this.#recent.filter((write) => write.projectId !== projectId);
  }
}

function enter(listed: Map<string, ListedUser>, { name, now }: Write): void {
  if (now === undefined) listed.delete(keyOf(name));
  else listed.set(keyOf(name), now);
}

function keyOf({ databaseName, username }: Named): string {
  return `${databaseName}/${username}`;
}
