import type { GrantedRole } from "../../../schema/roles.ts";
import type { DatabaseRoleSettings, DatabaseRoles, LiveDatabaseRole, RoleKey } from "../control-plane.ts";
import type { Snapshot } from "./api.ts";
import type { AutomationConfigs } from "./automation-configs.ts";
import { understood } from "./errors.ts";
import { principalOf, ROLE_DATABASE, roleKeys, rolesOf, toLiveRole } from "./wire.ts";

/** The user-defined roles of a project, without those that are grants to groups. */
export class CloudManagerDatabaseRoles implements DatabaseRoles {
  readonly #configs: AutomationConfigs;

  constructor(configs: AutomationConfigs) {
    this.#configs = configs;
  }

  async list(projectId: string, options: { readonly fresh?: boolean } = {}): Promise<readonly LiveDatabaseRole[]> {
    const roles = rolesOf(await this.#configs.of(projectId).read(options));
    return roles
      .filter(({ role, db }) => db !== ROLE_DATABASE || principalOf(role) === undefined)
      .map((role) => toLiveRole(projectId, role));
  }

  async get(projectId: string, key: RoleKey): Promise<LiveDatabaseRole | undefined> {
    return find(projectId, key, await this.#configs.of(projectId).read({ fresh: true }));
  }

  async create(projectId: string, key: RoleKey, settings: DatabaseRoleSettings): Promise<LiveDatabaseRole> {
    const keys = { role: key.roleName, db: key.database, ...roleKeys(settings), authenticationRestrictions: [] };
    const change = { ...entryOf(key), intent: "create", keys } as const;
    return shown(projectId, key, await this.#configs.of(projectId).change(change));
  }

  async update(projectId: string, key: RoleKey, changes: Partial<DatabaseRoleSettings>): Promise<LiveDatabaseRole> {
    const change = { ...entryOf(key), intent: "update", keys: roleKeys(changes) } as const;
    return shown(projectId, key, await this.#configs.of(projectId).change(change));
  }

  async delete(projectId: string, key: RoleKey): Promise<void> {
    await this.#configs.of(projectId).change({ ...entryOf(key), intent: "delete" });
  }

  async grantable(projectId: string): Promise<readonly GrantedRole[]> {
    return rolesOf(await this.#configs.of(projectId).read()).map(({ role, db }) => ({ role, database: db }));
  }
}

function entryOf({ roleName, database }: RoleKey) {
  return { list: "roles", name: `${roleName}@${database}` } as const;
}

function find(projectId: string, key: RoleKey, snapshot: Snapshot): LiveDatabaseRole | undefined {
  const found = rolesOf(snapshot).find(({ role, db }) => role === key.roleName && db === key.database);
  return found && toLiveRole(projectId, found);
}

function shown(projectId: string, key: RoleKey, snapshot: Snapshot): LiveDatabaseRole {
  return understood(find(projectId, key, snapshot), `role ${key.roleName}@${key.database} in project ${projectId}`);
}
