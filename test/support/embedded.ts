/** A run on the embedded engine, in this process, with what the command line would print. */

import { join, resolve } from "node:path";
import { createDisplay, type View } from "../../provider/engines/embedded/display/display.ts";
import { inlineProject, loadProject, run } from "../../provider/engines/embedded/engine.ts";
import { withEnvironment } from "../../provider/engines/embedded/testing/environment.ts";
import type { EngineOutcome, EngineRun } from "./engine-run.ts";
import { printedOutput } from "./printed.ts";

export async function runEmbedded(options: EngineRun): Promise<EngineOutcome> {
  const { command, stack, stateDir, env = {}, config = {}, flags = {} } = options;
  const project = options.inline
    ? inlineProject({ name: options.project, program: options.inline, workDir: resolve(options.cwd ?? ".") })
    : await loadProject(options.cwd);

  const { printed, streams } = printedOutput();
  const view: View = flags.json ? "json" : flags.diff ? "diff" : "table";
  const display = createDisplay(view, { ...streams, project: project.name, stack });
  const start = () =>
    run({
      command,
      project,
      stack,
      stateFile: join(stateDir, `${project.name}.${stack}.json`),
      env,
      config,
      ...(options.processes ? { processes: true } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
      ...(flags.targets ? { targets: flags.targets } : {}),
      ...(flags.excludes ? { excludes: flags.excludes } : {}),
      ...(flags.replaces ? { replaces: flags.replaces } : {}),
      ...(flags.refresh ? { refresh: true } : {}),
      ...(flags.skipPreview ? { skipPreview: true } : {}),
      ...(flags.parallel === undefined ? {} : { parallel: flags.parallel }),
      onEvent: (event) => display.onEvent(event),
    });
  const { ok, deployment } = await (project.kind === "inline" ? withEnvironment(env, start) : start());
  display.end({ ok });
  return { exitCode: ok ? 0 : 1, ...printed, deployment };
}
