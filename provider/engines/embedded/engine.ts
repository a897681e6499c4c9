/**
 * The embedded engine: runs a Pulumi program without the Pulumi CLI. Pulumi's own Node SDK runs the program, Pulumi's
 * own dynamic provider process serves the resources, and this engine between them speaks Pulumi's gRPC protocol and
 * writes Pulumi's own deployment format.
 *
 * It does what a stack of dynamic resources needs, in the order in which the CLI does it, and refuses the rest by name.
 */

import { Run } from "./run.ts";
import type { RunOptions, RunResult } from "./run-options.ts";

export type { InlineProject } from "./project.ts";
export { inlineProject, isProject, loadProject } from "./project.ts";
export type { Deployment } from "./state/deployment.ts";

/** Runs one command on one stack. It resolves also when the run fails (`ok: false`); it rejects for misuse only. */
export async function run(options: RunOptions): Promise<RunResult> {
  return new Run(options).run();
}
