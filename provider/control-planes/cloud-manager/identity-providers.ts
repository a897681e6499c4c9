import type { IdentityProviderSettings } from "../../../schema/identity-provider.ts";
import { REVOKE_JWKS_BUTTON } from "../../../schema/plane.ts";
import type { IdentityProviders, LiveIdentityProvider } from "../control-plane.ts";
import { foreignSettings } from "../identity-provider-settings.ts";
import type { Snapshot } from "./api.ts";
import type { AutomationConfigs } from "./automation-configs.ts";
import { CloudManagerError, understood } from "./errors.ts";
import { providerKeys, providersOf, toLiveProvider } from "./wire.ts";

/** The OIDC configurations of a project. Their id is the configuration name, which never changes. */
export class CloudManagerIdentityProviders implements IdentityProviders {
  readonly #configs: AutomationConfigs;

  constructor(configs: AutomationConfigs) {
    this.#configs = configs;
  }

  async list(projectId: string, options: { readonly fresh?: boolean } = {}): Promise<readonly LiveIdentityProvider[]> {
    return providersOf(await this.#configs.of(projectId).read(options)).map((one) => toLiveProvider(projectId, one));
  }

  async get(projectId: string, name: string): Promise<LiveIdentityProvider | undefined> {
    return find(projectId, name, await this.#configs.of(projectId).read({ fresh: true }));
  }

  async create(projectId: string, settings: IdentityProviderSettings): Promise<LiveIdentityProvider> {
    const name = settings.configurationName;
    refuseAtlasOnly(settings);
    const change = { list: "oidcProviderConfigs", name, intent: "create", keys: providerKeys(settings) } as const;
    return shown(projectId, name, await this.#configs.of(projectId).change(change));
  }

  async update(
    projectId: string,
    name: string,
    _current: unknown,
    changes: Partial<IdentityProviderSettings>,
  ): Promise<LiveIdentityProvider> {
    refuseAtlasOnly(changes);
    if ((changes.configurationName ?? name) !== name) {
      throw new CloudManagerError(
        `change identity provider ${name} in project ${projectId}: a configuration name never changes\n` +
          "  fix  Replace the identity provider: every role and user of the provider has the name in its own.",
      );
    }
    const change = { list: "oidcProviderConfigs", name, intent: "update", keys: providerKeys(changes) } as const;
    return shown(projectId, name, await this.#configs.of(projectId).change(change));
  }

  async delete(projectId: string, name: string): Promise<void> {
    await this.#configs.of(projectId).change({ list: "oidcProviderConfigs", name, intent: "delete" });
  }

  async revokeJwks(projectId: string, name: string): Promise<void> {
    throw new CloudManagerError(
      `revoke the signing keys of identity provider ${name} in project ${projectId}: the API has nothing for it\n` +
        `  fix  Use the console: ${REVOKE_JWKS_BUTTON}. MongoDB fetches rotated keys by itself.`,
    );
  }
}

function find(projectId: string, name: string, snapshot: Snapshot): LiveIdentityProvider | undefined {
  const found = providersOf(snapshot).find(({ authNamePrefix }) => authNamePrefix === name);
  return found && toLiveProvider(projectId, found);
}

function shown(projectId: string, name: string, snapshot: Snapshot): LiveIdentityProvider {
  return understood(find(projectId, name, snapshot), `identity provider ${name} in project ${projectId}`);
}

function refuseAtlasOnly(settings: Partial<IdentityProviderSettings>): void {
  const given = foreignSettings("project", settings);
  if (given.length === 0) return;
  throw new CloudManagerError(
    `Cloud Manager knows no ${given.join(", no ")} of an identity provider\n  fix  Remove it: only Atlas has it.`,
  );
}
