/** Where the embedded engine keeps what it made, and which stack is meant when none is named. */

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isProjectOrStackName } from "../engines/embedded/project.ts";
import { UsageError } from "./exit-codes.ts";

export function defaultStateFile(root: string, project: string, stack: string): string {
  return join(root, ".mongofed", project, `${stack}.json`);
}

/** `--stack`, else `PULUMI_STACK`, else the only one that has a `Pulumi.<stack>.yaml`, else `dev`. */
export async function chooseStack(named: string | undefined, root: string, env: NodeJS.ProcessEnv): Promise<string> {
  const stack = named ?? (env.PULUMI_STACK || (await onlyStackOf(root)) || "dev");
  if (!isProjectOrStackName(stack)) {
    throw new UsageError(
      `the stack name "${stack}" is not valid here: use 1 to 100 letters, digits, hyphens, underscores and dots, without an organization before it`,
    );
  }
  return stack;
}

async function onlyStackOf(root: string): Promise<string | undefined> {
  const stacks = (await readdir(root)).flatMap((file) => /^Pulumi\.(.+)\.ya?ml$/.exec(file)?.[1] ?? []);
  return stacks.length === 1 ? stacks[0] : undefined;
}
