import type { DatabaseRoleSettings, DatabaseRoles, LiveDatabaseRole } from "../control-plane.ts";
import type { Snapshot } from "./api.ts";
import type { AutomationConfigs } from "./automation-configs.ts";
import { understood } from "./errors.ts";
import { principalOf, ROLE_DATABASE, roleKeys, rolesOf, toLiveRole } from "./wire.ts";

/** The user-defined roles of a project on `admin`, without those that are grants to groups. */
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

  async get(projectId: string, roleName: string): Promise<LiveDatabaseRole | undefined> {
    return find(projectId, roleName, await this.#configs.of(projectId).read({ fresh: true }));
  }

  async create(projectId: string, roleName: string, settings: DatabaseRoleSettings): Promise<LiveDatabaseRole> {
    const keys = { role: roleName, db: ROLE_DATABASE, ...roleKeys(settings), authenticationRestrictions: [] };
    const change = { ...entryOf(roleName), intent: "create", keys } as const;
    return shown(projectId, roleName, await this.#configs.of(projectId).change(change));
  }

  async update(projectId: string, roleName: string, changes: Partial<DatabaseRoleSettings>): Promise<LiveDatabaseRole> {
    const change = { ...entryOf(roleName), intent: "update", keys: roleKeys(changes) } as const;
    return shown(projectId, roleName, await this.#configs.of(projectId).change(change));
  }

  async delete(projectId: string, roleName: string): Promise<void> {
    await this.#configs.of(projectId).change({ ...entryOf(roleName), intent: "delete" });
  }
}

function entryOf(roleName: string) {
  return { list: "roles", name: `${roleName}@${ROLE_DATABASE}` } as const;
}

function find(projectId: string, roleName: string, snapshot: Snapshot): LiveDatabaseRole | undefined {
  const found = rolesOf(snapshot).find(({ role, db }) => role === roleName && db === ROLE_DATABASE);
  return found && toLiveRole(projectId, found);
}

function shown(projectId: string, roleName: string, snapshot: Snapshot): LiveDatabaseRole {
  return understood(find(projectId, roleName, snapshot), `role ${roleName} in project ${projectId}`);
}
