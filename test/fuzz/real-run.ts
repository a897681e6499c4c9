/** One run in a process of its own, for a test to kill. Arguments: the program's folder, the options. Sends each event. */

import { loadProject, run } from "../../provider/engines/embedded/engine.ts";
import type { RealRunOptions } from "./real.ts";

const [folder = "", options = "{}"] = process.argv.slice(2);
await run({
  ...(JSON.parse(options) as RealRunOptions),
  project: await loadProject(folder),
  processes: true,
  onEvent: (event) => process.send?.(event),
});
process.disconnect();
