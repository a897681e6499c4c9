import type { Command, EngineEvent, PropertyMap, PropertyValue, StepOp } from "./events.ts";
import type { Project } from "./project.ts";
import type { Deployment } from "./state/deployment.ts";

/** One config value: plain, or marked secret. Keys without a colon belong to the project's own namespace. */
export type ConfigValue = string | { readonly value: string; readonly secret: boolean };

/** One call that reached the dynamic provider, with plain values and without `__provider`. */
export interface ProviderCall {
  readonly method: "configure" | "check" | "diff" | "create" | "read" | "update" | "delete";
  readonly urn?: string;
  readonly id?: string;
  readonly config?: PropertyMap;
  readonly inputs?: PropertyMap;
  readonly olds?: PropertyMap;
  readonly news?: PropertyMap;
  readonly props?: PropertyMap;
  /** True for a call made in a preview, also in the preview inside `up`. */
  readonly dryRun: boolean;
}

export interface RunOptions {
  readonly command: Command;
  /** From `loadProject(folder)` or `inlineProject({...})`. */
  readonly project: Project;
  readonly stack: string;
  /** The deployment is kept here: written after every step, atomically. */
  readonly stateFile: string;
  /** Laid over what `Pulumi.<stack>.yaml` says. */
  readonly config?: Readonly<Record<string, ConfigValue>>;
  /** The environment of program and provider, over this process' own. */
  readonly env?: Readonly<Record<string, string>>;
  /** How many creates, updates, deletes and reads may run at a time. Default: four a core. */
  readonly parallel?: number;
  /** Refresh before `preview` and `up`; also set by `options: {refresh: always}` in Pulumi.yaml. */
  readonly refresh?: boolean;
  /** URNs: the run leaves all other resources as they are. */
  readonly targets?: readonly string[];
  /** URNs: the run leaves these resources as they are. */
  readonly excludes?: readonly string[];
  /** URNs: `preview` and `up` replace these resources. */
  readonly replaces?: readonly string[];
  /** `up`, `refresh` and `destroy` show a preview first, unless this is set. */
  readonly skipPreview?: boolean;
  /**
   * Runs a project folder and all providers in processes of their own, as Pulumi does. Default: mongofed's own resources
   * are served in this process. A project folder, and other dynamic resources, run in worker threads.
   */
  readonly processes?: boolean;
  readonly onEvent: (event: EngineEvent) => void;
  /** Aborted: what is in flight is waited for, nothing new is begun, the processes are ended. */
  readonly signal?: AbortSignal;
  readonly onProviderCall?: (call: ProviderCall) => void;
}

/** One stack output. A secret value is in clear text, so check `secret` before you print it. */
export interface StackOutput {
  readonly value: PropertyValue;
  readonly secret: boolean;
}

export interface RunResult {
  readonly ok: boolean;
  readonly outputs: Readonly<Record<string, StackOutput>>;
  readonly changes: Readonly<Partial<Record<StepOp, number>>>;
  readonly deployment: Deployment;
}
