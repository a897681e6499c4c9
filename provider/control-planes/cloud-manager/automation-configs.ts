import type { ComingCalls } from "../coming-calls.ts";
import type { AutomationConfigServer } from "./api.ts";
import { AutomationConfig } from "./automation-config.ts";

/** The automation configs of a plane, one for each project, so that all changes of a project meet. */
export class AutomationConfigs {
  readonly #server: AutomationConfigServer;
  readonly #coming: ComingCalls | undefined;
  readonly #known = new Map<string, AutomationConfig>();

  constructor(server: AutomationConfigServer, coming?: ComingCalls) {
    this.#server = server;
    this.#coming = coming;
  }

  of(projectId: string): AutomationConfig {
    const config =
      this.#known.get(projectId) ?? new AutomationConfig(this.#server, projectId, { coming: this.#coming });
    this.#known.set(projectId, config);
    return config;
  }

  /** All that were asked for. */
  all(): readonly AutomationConfig[] {
    return [...this.#known.values()];
  }
}
