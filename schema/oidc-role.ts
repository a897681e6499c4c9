import { z } from "zod";
import { accessInputs } from "./access.ts";

export const oidcRoleShape = z.strictObject({
  ...accessInputs,
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
