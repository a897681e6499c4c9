import type { ImportedResource, ImportModel } from "./model.ts";
import type { TerraformState } from "./terraform-state.ts";

/** A file of the new folder, by its path in there. */
export interface WrittenFile {
  readonly path: string;
  readonly text: string;
}

export interface WriteOptions {
  /** The name of the project: letters, digits and hyphens. */
  readonly project: string;
  readonly stack: string;
  /** Declares `adopt: true` instead of writing a file for `pulumi import`. */
  readonly adopt: boolean;
  /** Terraform: the state whose objects move to this configuration. */
  readonly from?: TerraformState | undefined;
  /** The version of mongofed. */
  readonly version: string;
}

/** A language that an import can write. */
export interface Language {
  /** Fragments for the help. */
  readonly description: string;
  /** The reason why the language cannot express a resource, as a sentence without a full stop. */
  obstacle?(resource: ImportedResource): string | undefined;
  write(model: ImportModel, options: WriteOptions): readonly WrittenFile[];
  /** Sentences on files that need care. */
  remarks?(options: WriteOptions): readonly string[];
  /** The commands that bring the objects under management without a write, and check that. */
  next(options: WriteOptions): readonly string[];
}
