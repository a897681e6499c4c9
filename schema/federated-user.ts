import { z } from "zod";
import { defineFields, shapeOf } from "./fields.ts";
import { grantFields } from "./grant.ts";

const { privileges: _, ...accessFields } = grantFields;

export const federatedUserFields = defineFields({
  ...accessFields,
  principal: {
    schema: z.string().min(1),
    description:
      "The person or program, exactly as the user claim of the token contains it: for a managed identity its object id, for a Google service account its unique id.",
    where: "Decode a token of the person or program.",
    example: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
    replaces: true,
  },
});
export const federatedUserShape = shapeOf(federatedUserFields);
