import { z } from "zod";
import { inKeyOrder } from "./route.ts";
import type { WorldCustomDbRole } from "./world.ts";

/** A user-defined role of the seed, or of an edit, in the API's own fields. */
export const customDbRoleSeedSchema = z.looseObject({
  roleName: z.string().min(1),
  actions: z.array(z.looseObject({ action: z.string(), resources: z.array(z.looseObject({})) })).default([]),
  inheritedRoles: z.array(z.looseObject({ role: z.string(), db: z.string() })).default([]),
});

export function newCustomDbRole(projectId: string, fields: z.output<typeof customDbRoleSeedSchema>): WorldCustomDbRole {
  return { ...fields, projectId };
}

/** As the API answers it: there is no id, and no link. */
export function customDbRoleBody({ projectId: _, ...role }: WorldCustomDbRole) {
  return inKeyOrder(role);
}
