import { z } from "zod";

/**
 * What a privilege is about: a collection, a whole database (`collection: ""`), all databases (both `""`), or the
 * cluster.
 */
export const privilegeResourceSchema = z.union(
  [z.strictObject({ cluster: z.literal(true) }), z.strictObject({ database: z.string(), collection: z.string() })],
  "expected { database, collection } or { cluster: true }",
);
export type PrivilegeResource = z.infer<typeof privilegeResourceSchema>;

/** Actions under MongoDB's own names: `find`, `collMod`. */
export const privilegeSchema = z.strictObject({
  resource: privilegeResourceSchema,
  actions: z.array(z.string().min(1)).min(1),
});
export type Privilege = z.infer<typeof privilegeSchema>;
