import { resourceToken } from "../engines/plugin/names.ts";
import { entryText, typeToken } from "../engines/pulumi/entry.ts";
import { printableJson } from "../printable.ts";
import type { ImportModel } from "./model.ts";

/** The name of the file for `pulumi import --file`. */
export const IMPORT_FILE = "import.json";

/** Keeps the import file, which is needed once, and installed packages out of a repository. */
export const IGNORE_FILE = { path: ".gitignore", text: `node_modules/\n.mongofed/\n${IMPORT_FILE}\n` };

/**
 * The file for `pulumi import --file`, for a program with the classes. With inputs and outputs, Pulumi asks no provider: a
 * dynamic provider cannot read an object without its state.
 */
export function dynamicImportFile({ resources }: ImportModel): string {
  const entries = resources.map(({ kind, name, id, state }) => {
    const provider = { __provider: entryText(kind) };
    return {
      type: typeToken(kind),
      name,
      id,
      inputs: { ...state.inputs, ...provider },
      outputs: { ...state.outputs, ...provider },
    };
  });
  return `${printableJson({ resources: entries })}\n`;
}

/** The same for the plugin, which Pulumi asks for each object by its id. */
export function pluginImportFile({ resources }: ImportModel): string {
  const entries = resources.map(({ kind, name, id }) => ({ type: resourceToken(kind), name, id }));
  return `${printableJson({ resources: entries })}\n`;
}
