import { z } from "zod";
import { controls } from "./controls.ts";
import { identityProviderReferenceSchema } from "./identity-provider.ts";
import { objectIdSchema } from "./ids.ts";
import { grantedRoleSchema } from "./roles.ts";

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

/** What a group's access and one person's or program's have in common. */
export const accessInputs = {
  projectId: objectIdSchema.meta({
    description: "The project whose clusters are meant. Changing it replaces the resource.",
    examples: ["5f1e2d3c4b5a69788796a5b4"],
  }),
  identityProvider: identityProviderReferenceSchema.meta({
    description:
      "The identity provider that vouches for them: the resource, or its `reference` from another stack. Another one replaces the resource.",
  }),
  roles: z
    .array(grantedRoleSchema)
    .min(1)
    .meta({
      description:
        'The roles that are granted: `"readWrite@app"`, `"read@app.orders"` for one collection, `"atlasAdmin@admin"`, or objects `{ role, database, collection }`. Built-in ones and those of a `DatabaseRole`. At least one.',
      examples: [["readWrite@app", "clusterMonitor@admin"]],
    }),
  scopes: z.array(scopeSchema).default([]).meta({
    description: "The clusters that they may use: `{ name }`, of the project. Default: all.",
  }),
  labels: z.array(labelSchema).default([]).meta({
    description: "Keys and values for tools of your own; Atlas does not show them. Default: none.",
  }),
  description: z
    .string()
    .optional()
    .meta({ description: `What this access is for: at most ${ACCESS_DESCRIPTION_MAX} characters. Default: none.` }),
  deleteAfterDate: z
    .string()
    .optional()
    .meta({
      description: `When Atlas removes the access by itself, ISO 8601: at most ${EXPIRY_DAYS_MAX} days ahead. What expired is not created again. Default: never.`,
      examples: ["2026-08-17T12:00:00Z"],
    }),
  adopt: controls.adopt,
};

/** Settings of a grant that the server holds and that change in place. One that is left out means none. */
export const ACCESS_SETTINGS = ["roles", "scopes", "labels", "description", "deleteAfterDate"] as const;
