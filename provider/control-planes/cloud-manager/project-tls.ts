import { z } from "zod";
import type { AutomationConfigDocument } from "../../../schema/automation-config.ts";
import type { LiveProjectTls, ProjectTls, TlsSettings } from "../control-plane.ts";
import type { Snapshot } from "./api.ts";
import type { AutomationConfigs } from "./automation-configs.ts";

const KEYS = {
  caFilePath: "CAFilePath",
  caFilePathWindows: "CAFilePathWindows",
  clusterCaFilePath: "clusterCAFilePath",
  clientCertificateMode: "clientCertificateMode",
} as const satisfies Record<keyof TlsSettings, string>;

const processSchema = z.looseObject({
  name: z.string(),
  args2_6: z
    .looseObject({ net: z.looseObject({ tls: z.looseObject({ mode: z.string() }).nullish() }).nullish() })
    .nullish(),
});

export class CloudManagerProjectTls implements ProjectTls {
  readonly #configs: AutomationConfigs;

  constructor(configs: AutomationConfigs) {
    this.#configs = configs;
  }

  async get(projectId: string, options: { readonly fresh?: boolean } = {}): Promise<LiveProjectTls> {
    return toLive(projectId, await this.#configs.of(projectId).read(options));
  }

  /** Sets what `changes` names; `undefined` takes a setting away. */
  async update(projectId: string, changes: Partial<TlsSettings>): Promise<LiveProjectTls> {
    const keys = Object.fromEntries(
      Object.entries(changes).map(([setting, value]) => [KEYS[setting as keyof TlsSettings], value]),
    );
    return toLive(projectId, await this.#configs.of(projectId).change({ list: "tls", intent: "update", keys }));
  }
}

function toLive(projectId: string, { document }: Snapshot): LiveProjectTls {
  const { tls } = document;
  return {
    projectId,
    caFilePath: tls?.CAFilePath || undefined,
    caFilePathWindows: tls?.CAFilePathWindows || undefined,
    clusterCaFilePath: tls?.clusterCAFilePath || undefined,
    clientCertificateMode: tls?.clientCertificateMode || undefined,
    modes: modesOf(document),
  };
}

function modesOf({ processes }: AutomationConfigDocument): Record<string, string> {
  const parsed = (processes ?? []).flatMap((entry) => processSchema.safeParse(entry).data ?? []);
  return Object.fromEntries(parsed.map(({ name, args2_6 }) => [name, args2_6?.net?.tls?.mode ?? "disabled"]));
}
