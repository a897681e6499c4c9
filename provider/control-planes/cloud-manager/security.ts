import type { LiveSecurity, Security } from "../control-plane.ts";
import type { AutomationConfigs } from "./automation-configs.ts";
import { notReadyForOidc, notReadyWithoutOidc } from "./ready.ts";

/** The authentication part of a deployment's Security Settings. */
export class CloudManagerSecurity implements Security {
  readonly #configs: AutomationConfigs;

  constructor(configs: AutomationConfigs) {
    this.#configs = configs;
  }

  async get(projectId: string): Promise<LiveSecurity> {
    const { auth, monitoringVersions, backupVersions } = (await this.#configs.of(projectId).read()).document;
    return {
      notReadyForOidc: notReadyForOidc(auth),
      notReadyWithoutOidc: notReadyWithoutOidc(auth),
      mechanisms: auth?.deploymentAuthMechanisms ?? [],
      managesMonitoring: (monitoringVersions ?? []).length > 0,
      managesBackup: (backupVersions ?? []).length > 0,
    };
  }
}
