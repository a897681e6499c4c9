/** Runs `up` on a workspace in a process of its own, which a test may kill. Arguments: folder, state file. */

import { loadProject, run } from "../../../provider/engines/embedded/engine.ts";

const [folder = "", stateFile = ""] = process.argv.slice(2);
const { ok } = await run({
  command: "up",
  project: await loadProject(folder),
  stack: "dev",
  stateFile,
  processes: true,
  skipPreview: true,
  onEvent: () => undefined,
});
process.exitCode = ok ? 0 : 1;
