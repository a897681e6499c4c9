import { readFile } from "node:fs/promises";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type PlaneName, planeSchema } from "../../schema/plane.ts";
import { UsageError } from "./exit-codes.ts";
import type { Io } from "./io.ts";

/** Options that several commands share. */

/** Collects ids of organizations or projects. */
function ids(text: string, before: readonly string[] = []): readonly string[] {
  if (!/^[0-9a-f]{24}$/i.test(text)) throw new InvalidArgumentError("It must be 24 hexadecimal digits.");
  return [...before, text.toLowerCase()];
}

/** Adds the options that name the organizations or projects to read. */
export function addScope(command: Command): Command {
  return command
    .option("--org <id>", "an Atlas organization with all its projects; may be repeated", ids)
    .option("--project <id>", "a project; may be repeated", ids)
    .addOption(
      new Option("--plane <plane>", "the control plane")
        .choices(planeSchema.options)
        .default("atlas" satisfies PlaneName),
    );
}

/** Collects the values of an option that may be repeated. */
export function list(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** @throws UsageError */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** How long a run stays silent. */
const QUIET_MS = 1500;

export function progressOf(io: Io): (progress: { readonly done: number; readonly of: number }) => void {
  const began = performance.now();
  let next = QUIET_MS;
  return ({ done, of }) => {
    if (performance.now() - began < next || done === of) return;
    next = performance.now() - began + QUIET_MS;
    io.stderr.write(`Read ${done} of ${of} projects ...\n`);
  };
}
