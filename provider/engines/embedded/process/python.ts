/** Runs a Python program with the `pulumi` package of its virtual environment, as Pulumi's language host does. */

import { join, resolve } from "node:path";
import type { FolderProject } from "../project.ts";

/** Exit code 32: the error was printed already. */
const RUNNER = `
import asyncio, json, os, runpy, sys, traceback
import pulumi, pulumi.runtime

given = json.loads(sys.argv[1])
sys.argv = [given["program"]]
pulumi.runtime.set_all_config(pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env())
pulumi.runtime.configure(pulumi.runtime.Settings(**given["settings"]))
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
code = 32
try:
    loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: runpy.run_path(given["program"], run_name="__main__")))
    code = 0
except pulumi.RunError as error:
    pulumi.log.error(str(error))
except Exception:
    pulumi.log.error("Program failed with an unhandled exception:\\n" + traceback.format_exc())
sys.stdout.flush()
sys.stderr.flush()
os._exit(code)
`;

/** The interpreter of the virtual environment that Pulumi.yaml names, else the one on PATH. */
export function pythonOf({ root, runtimeOptions: { virtualenv } }: FolderProject): string {
  return typeof virtualenv === "string" ? resolve(root, virtualenv, "bin", "python") : "python3";
}

/** Arguments of `pulumi.runtime.Settings`. */
interface RuntimeSettings {
  readonly project: string;
  readonly stack: string;
  readonly monitor: string;
  readonly engine: string;
  readonly organization: string;
  readonly root_directory: string;
  readonly parallel: number;
  readonly dry_run: boolean;
}

export function pythonCommand({ workDir, entryPoint }: FolderProject, settings: RuntimeSettings): string[] {
  return ["-u", "-c", RUNNER, JSON.stringify({ program: join(workDir, entryPoint), settings })];
}
