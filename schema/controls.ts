import { z } from "zod";
import { defineFields } from "./fields.ts";

/** Inputs that tell mongofed what it may do. */
export const controls = defineFields({
  adopt: {
    schema: z.union([z.boolean(), z.literal("overwrite")], "expected true, false or overwrite").optional(),
    description:
      'Takes over the object if it already exists. `true` requires that the object equals the declaration. `"overwrite"` also changes it, after mongofed has listed the differences. Objects that mongofed manages already are not affected.',
    inPrograms:
      "Pulumi then protects the resource from deletion, unless the option `protect` says otherwise. Without `adopt`, this protection ends, and the preview says so.",
    default: "`false`",
    local: true,
    plain: true,
  },
  allowLockout: {
    schema: z.boolean().optional(),
    description:
      "Allows changes, disconnections and deletions that lock out people or programs managed elsewhere. A deletion uses the value that the last run recorded.",
    default: "`false`",
    local: true,
    plain: true,
  },
});
