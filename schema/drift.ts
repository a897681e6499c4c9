import { z } from "zod";

/** One difference between a resource of a stack and the control plane, as `mongofed drift` reports it. */
const driftEntrySchema = z.object({
  /**
   * `changed`: properties differ. `deleted` and `disconnected`: the object is missing. `unmanaged`: the object exists in a
   * project of the stack, and no resource of the stack manages it.
   */
  kind: z.enum(["changed", "deleted", "disconnected", "unmanaged"]),
  resource: z.object({
    kind: z.string(),
    /** The name in the program, where it is known. */
    name: z.string().optional(),
    /** The object: `group dba through corp`. */
    label: z.string(),
    /** The id of an unmanaged object, as a resource would have it. */
    id: z.string().optional(),
  }),
  /** A secret value reads `[secret]`. A value that is not set is missing. */
  changes: z.array(
    z.object({
      property: z.string(),
      live: z.unknown().optional(),
      recorded: z.unknown().optional(),
      declared: z.unknown().optional(),
    }),
  ),
});
export type DriftEntry = z.infer<typeof driftEntrySchema>;

/** A line of the file in which a run records drift: an entry, or the reason why the run could not look. */
export const driftLineSchema = z.union([driftEntrySchema, z.object({ notRead: z.string() })]);
export type DriftLine = z.infer<typeof driftLineSchema>;
