import { z } from "zod";

/** Inputs that tell mongofed what it may do. They never reach a control plane. */
export const controls = {
  adopt: z
    .union([z.boolean(), z.literal("overwrite")], "expected true, false or overwrite")
    .optional()
    .meta({
      description:
        'Take over the object if it exists already: `true` if it is equal to what is declared, `"overwrite"` also changes it, which the preview lists. It is protected from deletion then, unless the option `protect` says otherwise. Has no effect on what the stack owns. Default: `false`.',
    }),
  allowLockout: z.boolean().optional().meta({
    description:
      "Allow changes, a disconnection and a deletion that lock people or programs out which this stack does not manage. A deletion goes by what was recorded by the last up. Default: `false`.",
  }),
};

/** Given plainly, never as an output: whether a program may do something is known when it is written. */
export type Control = keyof typeof controls;
