import { controls } from "./controls.ts";
import { defineFields, shapeOf } from "./fields.ts";
import { identityProviderReferenceSchema } from "./identity-provider.ts";
import { objectIdSchema } from "./ids.ts";

export const orgConnectionFields = defineFields({
  orgId: {
    schema: objectIdSchema,
    description: "The organization whose clusters accept the identity provider: 24 hexadecimal digits.",
    where: "Atlas shows the id under Organization Settings.",
    example: "5f1e2d3c4b5a69788796a5b4",
    replaces: true,
  },
  identityProvider: {
    schema: identityProviderReferenceSchema,
    description: "The identity provider to connect, as its `reference`. A change swaps the two in one request.",
    inPrograms: "Pass the resource, or the `reference` that another stack exports.",
  },
  adopt: {
    ...controls.adopt,
    description:
      'Takes over the connection if it already exists. `true` and `"overwrite"` mean the same: a connection has no settings.',
  },
  allowLockout: controls.allowLockout,
});
export const orgConnectionShape = shapeOf(orgConnectionFields);
