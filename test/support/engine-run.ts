import type { Deployment, InlineProject } from "../../provider/engines/embedded/engine.ts";
import type { Command } from "../../provider/engines/embedded/events.ts";
import type { ConfigValue } from "../../provider/engines/embedded/run-options.ts";

/** The program to run: the folder with Pulumi.yaml, or a function with the name of its project. */
type ProgramUnderTest =
  | { readonly cwd: string; readonly inline?: never }
  | { readonly inline: InlineProject["program"]; readonly project: string; readonly cwd?: string };

export interface EngineFlags {
  readonly diff?: boolean;
  readonly json?: boolean;
  readonly refresh?: boolean;
  /** Runs the program in a destroy; only the CLI can. */
  readonly runProgram?: boolean;
  /** Only the CLI can. */
  readonly continueOnError?: boolean;
  readonly parallel?: number;
  readonly skipPreview?: boolean;
  /** URNs. */
  readonly targets?: readonly string[];
  readonly excludes?: readonly string[];
  readonly replaces?: readonly string[];
}

export type EngineRun = ProgramUnderTest & {
  readonly command: Command;
  readonly stack: string;
  /** The state of this stack: the same folder in the next run goes on from it. Another one for each engine. */
  readonly stateDir: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, ConfigValue>>;
  readonly flags?: EngineFlags;
  /** Interrupts the run. Only for the embedded engine. */
  readonly signal?: AbortSignal;
  /**
   * `true` where the process is the subject (kills, signals, the host of a gate): the embedded engine then starts one for
   * the program and one for each provider. Default: all runs in the process of the test, a folder in a worker thread.
   */
  readonly processes?: boolean;
};

export interface EngineOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly deployment: Deployment;
}
