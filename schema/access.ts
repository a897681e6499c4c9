import { z } from "zod";

/** The longest `description` of a database user in Atlas. */
export const ACCESS_DESCRIPTION_MAX = 100;
/** The longest user name in Atlas, the identity provider's id and the slash included. */
export const PRINCIPAL_NAME_MAX = 1024;
/** The farthest `deleteAfterDate` from now, in days. */
export const EXPIRY_DAYS_MAX = 7;

export const scopeSchema = z.strictObject({
  name: z.string().min(1),
  type: z.enum(["CLUSTER", "DATA_LAKE", "STREAM"]).default("CLUSTER"),
});
export type Scope = z.output<typeof scopeSchema>;

export const labelSchema = z.strictObject({ key: z.string().min(1).max(255), value: z.string().min(1).max(255) });
export type Label = z.infer<typeof labelSchema>;
