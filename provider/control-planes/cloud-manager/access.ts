import { EXTERNAL_DATABASE } from "../../../schema/automation-config.ts";
import type { Access, Grantee, GrantSettings, LiveGrant, OtherUser, Principals } from "../control-plane.ts";
import type { Snapshot } from "./api.ts";
import type { AutomationConfigs } from "./automation-configs.ts";
import { understood } from "./errors.ts";
import {
  grantKeys,
  grantName,
  newGrantKeys,
  onceADocument,
  otherUsersOf,
  ROLE_DATABASE,
  rolesOf,
  toLiveGrant,
  usersOf,
} from "./wire.ts";

/**
 * The access of groups, people and programs. The access of a group is a role `{configurationName}/{group}` on `admin`.
 * The access of one person or program is a user `{configurationName}/{principal}` on `$external`.
 */
export class CloudManagerAccess implements Access {
  readonly #configs: AutomationConfigs;

  constructor(configs: AutomationConfigs) {
    this.#configs = configs;
  }

  /** All that is named after a configuration, present or not: other roles and users have no such names. */
  async list(projectId: string, options: { readonly fresh?: boolean } = {}): Promise<readonly LiveGrant[]> {
    return grantsOf(await this.#configs.of(projectId).read(options), projectId);
  }

  async others(projectId: string): Promise<readonly OtherUser[]> {
    const users = otherUsersOf(projectId, await this.#configs.of(projectId).read());
    return users.map(({ name }) => ({
      name,
      authentication: name.endsWith(`@${EXTERNAL_DATABASE}`) ? "X.509, LDAP or Kerberos" : "password",
    }));
  }

  async get(projectId: string, grantee: Grantee): Promise<LiveGrant | undefined> {
    return find(projectId, grantee, await this.#configs.of(projectId).read({ fresh: true }));
  }

  async create(projectId: string, grantee: Grantee, settings: GrantSettings): Promise<LiveGrant> {
    const change = { ...entryOf(grantee), intent: "create", keys: newGrantKeys(grantee, settings) } as const;
    return shown(projectId, grantee, await this.#configs.of(projectId).change(change));
  }

  async update(projectId: string, grantee: Grantee, changes: Partial<GrantSettings>): Promise<LiveGrant> {
    const change = { ...entryOf(grantee), intent: "update", keys: grantKeys(grantee, changes) } as const;
    return shown(projectId, grantee, await this.#configs.of(projectId).change(change));
  }

  async delete(projectId: string, grantee: Grantee): Promise<void> {
    await this.#configs.of(projectId).change({ ...entryOf(grantee), intent: "delete" });
  }
}

/** Everyone that a project grants something to. Its document can be read, or nothing of it can. */
export class CloudManagerPrincipals implements Principals {
  readonly #access: Access;

  constructor(access: Access) {
    this.#access = access;
  }

  async list(projectId: string): ReturnType<Principals["list"]> {
    const grants = await this.#access.list(projectId, { fresh: true });
    return {
      principals: grants.map(({ prefix, who }) => ({ prefix, who, project: `project ${projectId}`, projectId })),
      unreadable: [],
    };
  }
}

function entryOf(grantee: Grantee): { readonly list: "roles" | "usersWanted"; readonly name: string } {
  const name = grantName(grantee);
  return grantee.by === "GROUP"
    ? { list: "roles", name: `${name}@${ROLE_DATABASE}` }
    : { list: "usersWanted", name: `${name}@${EXTERNAL_DATABASE}` };
}

const grantsOf = onceADocument((snapshot, projectId: string): readonly LiveGrant[] =>
  [...rolesOf(snapshot), ...usersOf(snapshot)].flatMap((entry) => toLiveGrant(projectId, entry) ?? []),
);

function find(projectId: string, grantee: Grantee, snapshot: Snapshot): LiveGrant | undefined {
  return grantsOf(snapshot, projectId).find(
    (grant) => grant.by === grantee.by && grantName(grant) === grantName(grantee),
  );
}

function shown(projectId: string, grantee: Grantee, snapshot: Snapshot): LiveGrant {
  return understood(find(projectId, grantee, snapshot), `the access of ${grantName(grantee)} in project ${projectId}`);
}
