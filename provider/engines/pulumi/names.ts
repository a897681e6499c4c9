import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Labels, NamesFileError, readLabels } from "../../lookups/labels.ts";
import { currentRun } from "../../run-scope.ts";

/**
 * The names for ids that previews print.
 *
 * @param setting the file of `mongofed:names`. Default: that of `MONGOFED_NAMES`
 */
export async function readNames(
  setting: string | undefined,
): Promise<{ readonly names: Labels; readonly trouble?: string }> {
  const { env, workDir } = currentRun();
  const file = setting ?? env.MONGOFED_NAMES ?? "";
  if (file === "") return { names: new Map() };
  try {
    return { names: readLabels(await readFile(resolve(workDir, file), "utf8")) };
  } catch (error) {
    const reason = error instanceof NamesFileError ? error.message : `cannot be read (${(error as Error).message})`;
    return { names: new Map(), trouble: `the names file ${file} ${reason}. The preview shows ids without names.` };
  }
}
