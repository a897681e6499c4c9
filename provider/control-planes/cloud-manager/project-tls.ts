import type { LiveProjectTls, PerProcess, ProjectTls, TlsChanges } from "../control-plane.ts";
import type { Snapshot } from "./api.ts";
import type { AutomationConfigs } from "./automation-configs.ts";
import type { Keys } from "./change.ts";
import { readProcess } from "./process-tls.ts";

/** The settings of the whole project, in the section `tls` of its document. */
const PROJECT_KEYS = {
  caFilePath: "CAFilePath",
  caFilePathWindows: "CAFilePathWindows",
  clientCertificateMode: "clientCertificateMode",
  unreadClusterCaFilePath: "clusterCAFilePath",
} as const;

/** The settings of each process, below `args2_6.net`. */
const PROCESS_KEYS = { mode: "mode", clusterCaFilePath: "clusterCAFile" } as const;

export class CloudManagerProjectTls implements ProjectTls {
  readonly #configs: AutomationConfigs;

  constructor(configs: AutomationConfigs) {
    this.#configs = configs;
  }

  async get(projectId: string, options: { readonly fresh?: boolean } = {}): Promise<LiveProjectTls> {
    return toLive(projectId, await this.#configs.of(projectId).read(options));
  }

  async update(projectId: string, changes: TlsChanges): Promise<LiveProjectTls> {
    const config = this.#configs.of(projectId);
    const names = processesOf(await config.read()).map(({ name }) => name);
    const keys = Object.fromEntries(
      entriesOf(PROJECT_KEYS).flatMap(([setting, key]) => (setting in changes ? [[key, changes[setting]]] : [])),
    );
    const processes = new Map<string, Keys>();
    for (const [setting, key] of entriesOf(PROCESS_KEYS)) {
      if (!(setting in changes)) continue;
      for (const [name, value] of byProcess(changes[setting], names))
        processes.set(name, { ...processes.get(name), [key]: value || undefined });
    }
    return toLive(projectId, await config.change({ list: "tls", intent: "update", keys, processes }));
  }

  removeUnread(projectId: string): void {
    const keys = { [PROJECT_KEYS.unreadClusterCaFilePath]: undefined };
    this.#configs.of(projectId).alongside({ list: "tls", intent: "update", keys, processes: new Map() });
  }
}

function toLive(projectId: string, snapshot: Snapshot): LiveProjectTls {
  const { tls } = snapshot.document;
  const processes = processesOf(snapshot);
  return {
    projectId,
    mode: shared(processes.map(({ name, mode }) => [name, mode])),
    caFilePath: tls?.CAFilePath || undefined,
    caFilePathWindows: tls?.CAFilePathWindows || undefined,
    clusterCaFilePath: shared(processes.map(({ name, clusterCaFile }) => [name, clusterCaFile])) || undefined,
    clientCertificateMode: tls?.clientCertificateMode || undefined,
    processes: processes.map(({ clusterCaFile: _, ...process }) => process),
    unreadClusterCaFilePath: tls?.clusterCAFilePath || undefined,
  };
}

function processesOf({ document }: Snapshot) {
  return (document.processes ?? []).flatMap((entry) => readProcess(entry) ?? []);
}

function shared(values: readonly (readonly [name: string, value: string])[]): PerProcess | undefined {
  const [first, ...others] = new Set(values.map(([, value]) => value));
  return others.length === 0 ? first : Object.fromEntries(values);
}

function byProcess(value: PerProcess | undefined, names: readonly string[]): (readonly [string, string])[] {
  return typeof value === "object" ? Object.entries(value) : names.map((name) => [name, value ?? ""]);
}

function entriesOf<T extends object>(table: T): [keyof T, T[keyof T]][] {
  return Object.entries(table) as [keyof T, T[keyof T]][];
}
