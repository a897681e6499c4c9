import { z } from "zod";
import { accessInputs } from "./access.ts";
import { privilegeSchema } from "./privileges.ts";

export const oidcRoleShape = z.strictObject({
  ...accessInputs,
  privileges: z
    .array(privilegeSchema)
    .default([])
    .meta({
      description:
        "Cloud Manager and Ops Manager: what the group may do beside its roles, in the form of a `DatabaseRole`. Default: nothing.",
      examples: [[{ resource: { cluster: true }, actions: ["listDatabases"] }]],
    }),
  group: z
    .string()
    .min(1)
    .meta({
      description:
        "The group, exactly as it stands in the token's groups claim, but without a slash at its beginning: of Entra ID its object id, not its name. Changing it replaces the resource.",
      examples: ["0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"],
    }),
});
export type CheckedOidcRole = z.output<typeof oidcRoleShape>;
