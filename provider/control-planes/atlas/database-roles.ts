import { type CustomDbRole, customDbRoleListSchema, customDbRoleSchema } from "../../../schema/atlas.ts";
import { phrase, stack } from "../../../schema/phrase.ts";
import type { GrantedRole } from "../../../schema/roles.ts";
import { path } from "../../http/index.ts";
import type { DatabaseRoleSettings, DatabaseRoles, LiveDatabaseRole, RoleKey } from "../control-plane.ts";
import { messageOf } from "../plane-error.ts";
import { type AtlasApi, isNotFound, isUncertain, quoted } from "./api.ts";
import type { Call } from "./call.ts";
import type { DatabaseUsers } from "./database-users.ts";
import { AtlasError, alreadyThere, ConflictError, mayStillCome } from "./errors.ts";
import { Listings } from "./listings.ts";
import { KeyedMutex } from "./mutex.ts";
import { forgetRole, isUnknownNewRole, rememberRole } from "./new-roles.ts";
import { askProject } from "./projects.ts";
import { isRoleAs, toDatabaseRole, toRoleBody } from "./role-wire.ts";
import { isCollision, LOOKS_MS, lookUntil, NEW_LOOKS_MS, patiently } from "./waiting.ts";

/** How often a write is sent when it does not show afterwards. */
const WRITES = 3;
/** How many of those who hold a role are named. */
const NAMED = 5;

/** Of the process, not of a plane: two planes with different keys may still write to the same project. */
const mutex = new KeyedMutex();

type Roles = Pick<Call, "bucket" | "version">;
const roles: Roles = { bucket: "custom-roles", version: "2023-01-01" };

/** User-defined roles: custom database roles in Atlas. They live on `admin`. */
export class AtlasDatabaseRoles implements DatabaseRoles {
  readonly #api: AtlasApi;
  readonly #users: DatabaseUsers;
  readonly #listings = new Listings<readonly LiveDatabaseRole[]>();
  readonly #made = new Set<string>();

  /** @param users who holds a role, for the error of one that cannot be deleted */
  constructor(api: AtlasApi, users: DatabaseUsers) {
    this.#api = api;
    this.#users = users;
  }

  list(projectId: string, options: { readonly fresh?: boolean } = {}): Promise<readonly LiveDatabaseRole[]> {
    return options.fresh ? this.#load(projectId) : this.#listings.get(projectId, () => this.#load(projectId));
  }

  async #load(projectId: string): Promise<readonly LiveDatabaseRole[]> {
    const call: Call = {
      ...roles,
      operation: `list the database roles of project ${projectId}`,
      method: "GET",
      path: path`/api/atlas/v2/groups/${projectId}/customDBRoles/roles`,
    };
    const listed = await this.#api.ask(call, customDbRoleListSchema);
    return listed.map((role) => toDatabaseRole(projectId, role));
  }

  async grantable(projectId: string): Promise<readonly GrantedRole[]> {
    return (await this.list(projectId)).map(({ roleName, database }) => ({ role: roleName, database }));
  }

  async get(projectId: string, { roleName }: RoleKey): Promise<LiveDatabaseRole | undefined> {
    const waits = this.#made.has(keyOf(projectId, roleName)) ? NEW_LOOKS_MS : [0];
    const role = await lookUntil(this.#api, waits, () => this.#find(projectId, roleName));
    // A 404 alone may mean that the whole project is out of reach. This tells, or throws.
    if (role === undefined) await askProject(this.#api, projectId);
    return role;
  }

  async #find(projectId: string, roleName: string, look = false): Promise<LiveDatabaseRole | undefined> {
    const operation = `read ${describe(projectId, roleName)}`;
    const call: Call = { ...roles, operation, method: "GET", path: pathOf(projectId, roleName), look };
    const role = await this.#api.find(call, customDbRoleSchema);
    return role && toDatabaseRole(projectId, role);
  }

  create(projectId: string, { roleName }: RoleKey, settings: DatabaseRoleSettings): Promise<LiveDatabaseRole> {
    const operation = `create ${describe(projectId, roleName)}`;
    return this.#alone(projectId, async () => {
      if ((await this.#find(projectId, roleName)) !== undefined) throw alreadyThere(operation);
      const call: Call = {
        ...roles,
        operation,
        method: "POST",
        path: path`/api/atlas/v2/groups/${projectId}/customDBRoles/roles`,
        body: { roleName, ...toRoleBody(settings) },
      };
      const made = await this.#write(call, projectId, roleName, settings);
      this.#made.add(keyOf(projectId, roleName));
      rememberRole(this.#api.baseUrl, projectId, roleName);
      return made;
    });
  }

  update(projectId: string, { roleName }: RoleKey, changes: Partial<DatabaseRoleSettings>): Promise<LiveDatabaseRole> {
    const operation = `change ${describe(projectId, roleName)}`;
    return this.#alone(projectId, () => {
      const body = toRoleBody(changes);
      const call: Call = { ...roles, operation, method: "PATCH", path: pathOf(projectId, roleName), body };
      return this.#write(call, projectId, roleName, changes);
    });
  }

  /**
   * Sends, and looks until it shows. Each is sent a few times: its answer may be lost, and Atlas is known to take
   * several changes of a project's roles and to keep some of them only.
   */
  async #write(
    call: Call,
    projectId: string,
    roleName: string,
    wanted: Partial<DatabaseRoleSettings>,
  ): Promise<LiveDatabaseRole> {
    let lost: AtlasError | undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#send(call, projectId, wanted);
      } catch (error) {
        const taken = error instanceof AtlasError && error.errorCode === "ATLAS_CUSTOM_ROLE_NAME_ALREADY_EXISTS";
        if (taken && attempt === 1) throw alreadyThere(call.operation, error);
        if (isUncertain(error)) lost = error;
        // Of a repetition, that it is there now says that an earlier attempt made it: it was not there before.
        else if (!taken) throw attempt === 1 ? error : mayStillCome(error);
      }
      const live = await this.#look(call.operation, projectId, roleName, wanted);
      if (live !== undefined) return live;
      if (attempt === WRITES || this.#api.aborted) throw lost ?? overwritten(call.operation);
    }
  }

  #send(call: Call, projectId: string, wanted: Partial<DatabaseRoleSettings>): Promise<CustomDbRole> {
    const passes = (refusal: AtlasError) =>
      isCollision(refusal) || isUnknownNewRole(this.#api.baseUrl, projectId, wanted.roles ?? [], refusal);
    return patiently(this.#api, passes, () => this.#api.ask(call, customDbRoleSchema));
  }

  /** The role once it is as `wanted`; `undefined` if that does not show in time. */
  async #look(
    operation: string,
    projectId: string,
    roleName: string,
    wanted: Partial<DatabaseRoleSettings>,
  ): Promise<LiveDatabaseRole | undefined> {
    const look = async () => {
      const live = await this.#find(projectId, roleName, true);
      return live !== undefined && isRoleAs(live, wanted) ? live : undefined;
    };
    return lookUntil(this.#api, LOOKS_MS, look).catch((error: unknown) => {
      throw new AtlasError(
        `${operation}: sent, but whether it took effect could not be verified\n  note ${messageOf(error)}`,
        { sent: "maybe", cause: error },
      );
    });
  }

  delete(projectId: string, { roleName }: RoleKey): Promise<void> {
    const operation = `delete ${describe(projectId, roleName)}`;
    const call: Call = { ...roles, operation, method: "DELETE", path: pathOf(projectId, roleName) };
    this.#made.delete(keyOf(projectId, roleName));
    forgetRole(this.#api.baseUrl, projectId, roleName);
    const passes = async (refusal: AtlasError) =>
      isCollision(refusal) || (await this.#isFree(projectId, roleName, operation, refusal));
    const isGone = async () => ((await this.#find(projectId, roleName, true)) === undefined ? true : undefined);
    return this.#alone(projectId, async () => {
      const trouble = await patiently(this.#api, passes, () => this.#api.send(call)).then(
        () => undefined,
        (error: unknown) => {
          if (isNotFound(error) || isUncertain(error)) return error;
          throw error;
        },
      );
      // Atlas takes a deleted role from all who had others beside it.
      this.#users.forget(projectId);
      const gone = await lookUntil(this.#api, LOOKS_MS, isGone);
      if (gone === undefined) throw trouble ?? overwritten(operation);
      if (trouble !== undefined) await askProject(this.#api, projectId);
    });
  }

  /**
   * Whether Atlas refuses a deletion because of holders who are no more: those that were removed just before it still
   * count for a moment.
   *
   * @throws ConflictError that names the holders
   */
  async #isFree(projectId: string, roleName: string, operation: string, refusal: AtlasError): Promise<boolean> {
    if (!refusal.errorCode?.startsWith("ATLAS_CUSTOM_ROLE_IN_USE_BY_")) return false;
    const [users, others] = await Promise.all([this.#users.list(projectId, { fresh: true }), this.#load(projectId)]);
    const holders = [
      ...users
        .filter(({ user }) => isAll(user.roles, (one) => one.roleName === roleName))
        .map(({ user }) => `user ${user.username}`),
      ...others
        .filter((role) => role.privileges.length === 0 && isAll(role.roles, (one) => one.role === roleName))
        .map((role) => `role ${role.roleName}`),
    ];
    if (holders.length === 0) return true;
    const more = holders.length > NAMED ? ` and ${holders.length - NAMED} more` : "";
    throw new ConflictError(
      `${operation}: HTTP ${refusal.status} ${refusal.errorCode}: it is all that is left to ${holders.slice(0, NAMED).join(", ")}${more}\n` +
        "  fix  Give them another role, or remove them, then run again.",
      { status: refusal.status, errorCode: refusal.errorCode, cause: refusal },
    );
  }

  /** One write of a project after the other, and none of them leaves a listing from before it. */
  #alone<T>(projectId: string, write: () => Promise<T>): Promise<T> {
    return mutex.run(projectId.toLowerCase(), async () => {
      try {
        return await write();
      } finally {
        this.#listings.forget(projectId);
      }
    });
  }
}

function pathOf(projectId: string, roleName: string) {
  return path`/api/atlas/v2/groups/${projectId}/customDBRoles/roles/${roleName}`;
}

function keyOf(projectId: string, roleName: string): string {
  return `${projectId}/${roleName}`;
}

function describe(projectId: string, roleName: string): string {
  return `database role ${quoted(roleName)} in project ${projectId}`;
}

function isAll<T>(list: readonly T[], is: (item: T) => boolean): boolean {
  return list.length > 0 && list.every(is);
}

function overwritten(operation: string): ConflictError {
  return new ConflictError(
    phrase`${operation}: Atlas accepted the change, and still shows something else\n  fix  Find out who else changes the roles of this project (another ${stack}, another tool, the console), then run again.`,
    { sent: "maybe" },
  );
}
