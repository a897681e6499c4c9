import { z } from "zod";

/** The effect of a change on the access of one group, person or program: a row of the access block of a preview. */
const accessChangeSchema = z.strictObject({
  /** More roles alone are a gain, and fewer alone a loss. */
  effect: z.enum(["gains", "loses", "changes"]),
  kind: z.enum(["group", "person", "program", "principal"]),
  /** The id of the group or principal. */
  who: z.string(),
  /** A name for the id. */
  name: z.string().optional(),
  /** The identity provider, by its configuration name or id. */
  through: z.string(),
  /** The project, by its name or id. */
  project: z.string(),
  /** The roles and privileges of the grant after the change. Those of a lost grant are the earlier ones. */
  roles: z.array(z.string()),
  /** `+ readWrite@app`, `- from 10.0.0.0/8` */
  differences: z.array(z.string()),
});
export type AccessChangeRow = z.infer<typeof accessChangeSchema>;

/** The effect of a program or plan on access, compared with a state. */
export const accessEffectSchema = z.strictObject({
  rows: z.array(accessChangeSchema),
  /** Parts that the comparison leaves out: values that are unknown until apply. */
  unknown: z.array(z.string()),
});
export type AccessEffect = Readonly<z.infer<typeof accessEffectSchema>>;
