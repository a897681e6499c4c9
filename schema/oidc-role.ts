import { z } from "zod";
import { defineFields, shapeOf } from "./fields.ts";
import { grantFields } from "./grant.ts";

export const oidcRoleFields = defineFields({
  ...grantFields,
  group: {
    schema: z.string().min(1),
    description:
      "The group, exactly as the groups claim of the token contains it, without a leading slash. Entra ID sends the object id of a group, not its name.",
    where: "Decode a token of a member, or ask the administrator of the identity provider.",
    example: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
    replaces: true,
  },
});
export const oidcRoleShape = shapeOf(oidcRoleFields);
