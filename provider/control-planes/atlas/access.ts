import { type DatabaseUser, databaseUserSchema } from "../../../schema/atlas.ts";
import { phrase, preview } from "../../../schema/phrase.ts";
import { path } from "../../http/index.ts";
import type { Access, Grantee, GrantSettings, LiveGrant, OtherUser } from "../control-plane.ts";
import { messageOf } from "../plane-error.ts";
import { type AtlasApi, isNotFound, isUncertain, quoted } from "./api.ts";
import type { Call } from "./call.ts";
import type { DatabaseUsers, ListedUser } from "./database-users.ts";
import { AtlasError, alreadyThere, ConflictError, mayStillCome, notMade } from "./errors.ts";
import { isUnknownNewRole } from "./new-roles.ts";
import { askProject } from "./projects.ts";
import { authenticationOf, isAs, toGrant, toNewUser, toUserChanges, userOf } from "./user-wire.ts";
import { isCollision, LOOKS_MS, lookUntil, NEW_LOOKS_MS, patiently } from "./waiting.ts";

/** How often a write is sent if its responses are lost. The name is unique, so two requests create one user. */
const WRITES = 3;

type Users = Pick<Call, "bucket" | "version">;
const users: Users = { bucket: "database-users", version: "2023-01-01" };

/**
 * The access of groups, people and programs in projects. In Atlas each is a database user that has the name of its
 * group or principal.
 */
export class AtlasAccess implements Access {
  readonly #api: AtlasApi;
  readonly #users: DatabaseUsers;
  readonly #made = new Set<string>();

  constructor(api: AtlasApi, users: DatabaseUsers) {
    this.#api = api;
    this.#users = users;
  }

  async list(projectId: string, options: { readonly fresh?: boolean } = {}): Promise<readonly LiveGrant[]> {
    return grantsOf(await this.#users.list(projectId, options));
  }

  async others(projectId: string): Promise<readonly OtherUser[]> {
    const listed = await this.#users.list(projectId);
    return listed
      .filter(({ grant }) => grant === undefined)
      .map(({ user }) => ({ name: `${user.username}@${user.databaseName}`, authentication: authenticationOf(user) }));
  }

  async get(projectId: string, grantee: Grantee): Promise<LiveGrant | undefined> {
    const waits = this.#made.has(keyOf(projectId, grantee)) ? NEW_LOOKS_MS : [0];
    const user = await lookUntil(this.#api, waits, () => this.#find(projectId, grantee));
    if (user !== undefined) return this.#toGrant(projectId, grantee, user);
    // A 404 alone may mean that the whole project is out of reach. This decides, or throws.
    await askProject(this.#api, projectId);
    return undefined;
  }

  #find(projectId: string, grantee: Grantee, look = false): Promise<DatabaseUser | undefined> {
    const operation = `read ${describe(projectId, grantee)}`;
    const call: Call = { ...users, operation, method: "GET", path: pathOf(projectId, grantee), look };
    return this.#api.find(call, databaseUserSchema);
  }

  #toGrant(projectId: string, grantee: Grantee, user: DatabaseUser): LiveGrant {
    const live = toGrant(projectId, user);
    if (live !== undefined) return live;
    throw new ConflictError(
      `read ${describe(projectId, grantee)}: the database user of that name authenticates otherwise (oidcAuthType ${user.oidcAuthType ?? "NONE"})\n` +
        "  fix  Find out who manages it. Then remove it there, or choose another name.",
    );
  }

  async create(projectId: string, grantee: Grantee, settings: GrantSettings): Promise<LiveGrant> {
    const operation = `create ${describe(projectId, grantee)}`;
    // Absence from the listing is enough: Atlas refuses a name that another client has taken since.
    if (await this.#isListed(projectId, grantee)) await this.#refuseExisting(projectId, grantee, operation);
    const call: Call = {
      ...users,
      operation,
      method: "POST",
      path: path`/api/atlas/v2/groups/${projectId}/databaseUsers`,
      body: toNewUser(projectId, grantee, settings),
    };
    const made = await this.#settle(projectId, async () => {
      let lost: AtlasError | undefined;
      for (let attempt = 1; ; attempt++) {
        try {
          return await this.#send(call, projectId, settings);
        } catch (error) {
          const taken = error instanceof AtlasError && error.errorCode === "USER_ALREADY_EXISTS";
          // No request of ours was pending, so another client created it.
          if (taken && lost === undefined) throw alreadyThere(operation, error);
          if (isUncertain(error)) lost = error;
          else if (!taken) throw lost === undefined ? error : mayStillCome(error);
          if (lost === undefined) throw error;
          const made = await this.#findMade(projectId, grantee, settings, operation, lost);
          if (made !== undefined) return made;
          if (attempt === WRITES || this.#api.aborted) throw notMade(lost, this.#api.aborted);
        }
      }
    });
    this.#made.add(keyOf(projectId, grantee));
    return this.#toGrant(projectId, grantee, made);
  }

  async #isListed(projectId: string, grantee: Grantee): Promise<boolean> {
    const { databaseName, username } = userOf(grantee);
    const listed = await this.#users.list(projectId);
    return listed.some(({ user }) => user.username === username && user.databaseName === databaseName);
  }

  /** @throws ConflictError if a user of that name exists, with any authentication */
  async #refuseExisting(projectId: string, grantee: Grantee, operation: string): Promise<void> {
    const user = await this.#find(projectId, grantee);
    if (user === undefined) return;
    this.#toGrant(projectId, grantee, user);
    throw alreadyThere(operation);
  }

  /** The response to a POST was lost. The user did not exist before, so an equal one that exists now is ours. */
  async #findMade(
    projectId: string,
    grantee: Grantee,
    settings: GrantSettings,
    operation: string,
    cause: AtlasError,
  ): Promise<DatabaseUser | undefined> {
    const look = () => this.#find(projectId, grantee, true);
    const user = await lookUntil(this.#api, LOOKS_MS, look).catch((error: unknown) => {
      throw new AtlasError(
        phrase`${cause.text}\n  note It is unknown whether Atlas created it: looking failed too (${messageOf(error)}). Run again: the next ${preview} names it if it exists.`,
        { sent: "maybe", cause },
      );
    });
    if (user === undefined || isAs(this.#toGrant(projectId, grantee, user), settings)) return user;
    throw new ConflictError(
      `${operation}: the response was lost, and the live object differs from the request\n` +
        "  fix  Somebody else created or changed it at the same moment. Find out who, then run again.",
      { sent: "maybe", cause },
    );
  }

  async update(projectId: string, grantee: Grantee, changes: Partial<GrantSettings>): Promise<LiveGrant> {
    const operation = `change ${describe(projectId, grantee)}`;
    const call: Call = {
      ...users,
      operation,
      method: "PATCH",
      path: pathOf(projectId, grantee),
      body: toUserChanges(projectId, grantee, changes),
    };
    const user = await this.#settle(projectId, async () => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await this.#send(call, projectId, changes);
        } catch (error) {
          if (!isUncertain(error)) throw error;
          const found = await this.#find(projectId, grantee, true).catch(() => undefined);
          if (found !== undefined && isAs(this.#toGrant(projectId, grantee, found), changes)) return found;
          // Sending the same change once more is harmless, whatever happened to the first.
          if (attempt === WRITES || this.#api.aborted) throw error;
        }
      }
    });
    const live = this.#toGrant(projectId, grantee, user);
    refuseKept(operation, live, changes);
    return live;
  }

  async delete(projectId: string, grantee: Grantee): Promise<void> {
    const operation = `delete ${describe(projectId, grantee)}`;
    this.#made.delete(keyOf(projectId, grantee));
    try {
      await patiently(this.#api, isCollision, () =>
        this.#api.send({ ...users, operation, method: "DELETE", path: pathOf(projectId, grantee) }),
      );
    } catch (error) {
      this.#users.forget(projectId);
      if (!isNotFound(error) && !isUncertain(error)) throw error;
      if ((await this.get(projectId, grantee)) !== undefined) throw error;
    }
    this.#users.removed(projectId, userOf(grantee));
  }

  #send(call: Call, projectId: string, { roles = [] }: Partial<GrantSettings>): Promise<DatabaseUser> {
    const passes = (refusal: AtlasError) =>
      isCollision(refusal) || isUnknownNewRole(this.#api.baseUrl, projectId, roles, refusal);
    return patiently(this.#api, passes, () => this.#api.ask(call, databaseUserSchema));
  }

  /** Keeps the listing current: enters a write, and invalidates the listing after a failed one. */
  async #settle(projectId: string, write: () => Promise<DatabaseUser>): Promise<DatabaseUser> {
    try {
      const user = await write();
      this.#users.wrote(projectId, user);
      return user;
    } catch (error) {
      this.#users.forget(projectId);
      throw error;
    }
  }
}

/** Thousands of handlers ask for the grants of one listing. */
const grantsByListing = new WeakMap<readonly ListedUser[], readonly LiveGrant[]>();

function grantsOf(listed: readonly ListedUser[]): readonly LiveGrant[] {
  const grants = grantsByListing.get(listed) ?? listed.flatMap(({ grant }) => grant ?? []);
  grantsByListing.set(listed, grants);
  return grants;
}

function pathOf(projectId: string, grantee: Grantee) {
  const { databaseName, username } = userOf(grantee);
  return path`/api/atlas/v2/groups/${projectId}/databaseUsers/${databaseName}/${username}`;
}

function keyOf(projectId: string, grantee: Grantee): string {
  return JSON.stringify([projectId, userOf(grantee)]);
}

function describe(projectId: string, { by, who, prefix }: Grantee): string {
  const kind = by === "GROUP" ? "group" : "user";
  return `the access of ${kind} ${quoted(who)} through identity provider ${prefix} in project ${projectId}`;
}

/** MongoDB does not document that descriptions and expiry dates can be removed. A kept value is an error. */
function refuseKept(operation: string, live: LiveGrant, changes: Partial<GrantSettings>): void {
  const kept = (["description", "deleteAfterDate"] as const).filter(
    (name) => name in changes && changes[name] === undefined && live[name] !== undefined,
  );
  if (kept.length === 0) return;
  throw new AtlasError(
    `${operation}: Atlas took the change, but keeps ${kept.join(" and ")}\n` +
      "  fix  Remove it in the Atlas console (Database Access, Edit), or remove the access and create it again.",
    { status: 200, sent: "yes" },
  );
}
