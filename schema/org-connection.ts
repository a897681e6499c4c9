import { z } from "zod";
import { controls } from "./controls.ts";
import { identityProviderReferenceSchema } from "./identity-provider.ts";
import { objectIdSchema } from "./ids.ts";

export const orgConnectionShape = z.strictObject({
  orgId: objectIdSchema.meta({
    description: "The organization whose clusters accept the identity provider. Changing it replaces the connection.",
    examples: ["5f1e2d3c4b5a69788796a5b4"],
  }),
  identityProvider: identityProviderReferenceSchema.meta({
    description:
      "The identity provider: the resource, or its `reference` from another stack. Changing it swaps one for the other in one request.",
  }),
  ...controls,
});
export type CheckedOrgConnection = z.output<typeof orgConnectionShape>;
