import type { AutomationConfigServer } from "./api.ts";
import { AutomationConfig } from "./automation-config.ts";

/** The automation configs of a plane, one for each project, so that all changes of a project meet. */
export class AutomationConfigs {
  readonly #server: AutomationConfigServer;
  readonly #known = new Map<string, AutomationConfig>();

  constructor(server: AutomationConfigServer) {
    this.#server = server;
  }

  of(projectId: string): AutomationConfig {
    const config = this.#known.get(projectId) ?? new AutomationConfig(this.#server, projectId);
    this.#known.set(projectId, config);
    return config;
  }

  /** All that were asked for. */
  all(): readonly AutomationConfig[] {
    return [...this.#known.values()];
  }
}
