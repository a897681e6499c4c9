/** A virtual environment with the `pulumi` package of PyPI, made once in a clone. */

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const folder = fileURLToPath(new URL("../../node_modules/.cache/pulumi-python", import.meta.url));

/** @returns the folder, or why there is none */
export async function pythonEnvironment(): Promise<{ readonly folder: string } | { readonly missing: string }> {
  const run = promisify(execFile);
  try {
    if (!existsSync(join(folder, "complete"))) {
      await run("python3", ["-m", "venv", "--clear", folder]);
      await run(join(folder, "bin", "pip"), ["install", "--quiet", "pulumi>=3.216"]);
      await run("touch", [join(folder, "complete")]);
    }
    await run(join(folder, "bin", "python"), ["-c", "import pulumi"]);
    return { folder };
  } catch (error) {
    return { missing: `no Python with the package pulumi: ${String((error as Error).message).split("\n")[0]}` };
  }
}
