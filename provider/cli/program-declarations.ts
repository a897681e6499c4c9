import { resolve } from "node:path";
import type { Collected } from "../engines/embedded/collect.ts";
import { UsageError } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { chooseStack } from "./state-path.ts";

/**
 * Runs a program for its declarations.
 *
 * @returns them, with the name of the project and stack
 */
export async function collect(
  folder: string,
  stack: string | undefined,
  io: Io,
): Promise<Collected & { readonly name: string }> {
  const root = resolve(io.cwd, folder);
  // Loaded here, so that judging by a file loads no engine.
  const { collectDeclarations } = await import("../engines/embedded/collect.ts");
  const { isProject, loadProject } = await import("../engines/embedded/engine.ts");
  if (!isProject(root)) {
    throw new UsageError(`no Pulumi.yaml in ${root}: --program names the folder of a Pulumi program`);
  }
  const asUsageError = (error: unknown) => {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  };
  const project = await loadProject(root).catch(asUsageError);
  const chosen = await chooseStack(stack, project.root, io.env);
  const options = { project, stack: chosen, env: io.env, signal: io.signal };
  const collected = await collectDeclarations(options).catch(asUsageError);
  return { ...collected, name: `${project.name}/${chosen}` };
}
