import { z } from "zod";
import { accessInputs } from "./access.ts";

export const federatedUserShape = z.strictObject({
  ...accessInputs,
  principal: z
    .string()
    .min(1)
    .meta({
      description:
        "The person or program, exactly as the token's user claim names it: of a managed identity its object id, of a Google service account its unique id. Changing it replaces the resource.",
      examples: ["0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"],
    }),
});
export type CheckedFederatedUser = z.output<typeof federatedUserShape>;
