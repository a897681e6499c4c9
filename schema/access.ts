import { z } from "zod";
import { authenticationRestrictionSchema } from "./authentication-restrictions.ts";
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
  projectId: objectIdSchema.optional().meta({
    description:
      "The project whose clusters are meant. Required on Atlas; in Cloud Manager it comes with the identity provider. Changing it replaces the resource.",
    examples: ["5f1e2d3c4b5a69788796a5b4"],
  }),
  identityProvider: identityProviderReferenceSchema.meta({
    description:
      "The identity provider that vouches for them: the resource, or its `reference` from another stack. Another one replaces the resource.",
  }),
  roles: z
    .array(grantedRoleSchema)
    .default([])
    .meta({
      description:
        'The roles that are granted: `"readWrite@app"`, `"atlasAdmin@admin"`, on Atlas also `"read@app.orders"` for one collection, or objects `{ role, database, collection }`. Built-in ones and those of a `DatabaseRole`. At least one, but for an `OidcRole` with `privileges`.',
      examples: [["readWrite@app", "clusterMonitor@admin"]],
    }),
  authenticationRestrictions: z
    .array(authenticationRestrictionSchema)
    .default([])
    .meta({
      description:
        "Cloud Manager and Ops Manager: the addresses from which they may log in (`clientSource`), and at which servers (`serverAddress`), as IP addresses or CIDR ranges. Of several entries one must fit; in an entry all that it has. Default: from everywhere.",
      examples: [[{ clientSource: ["10.0.0.0/8"] }]],
    }),
  scopes: z.array(scopeSchema).default([]).meta({
    description: "Atlas: the clusters that they may use: `{ name }`, of the project. Default: all.",
  }),
  labels: z.array(labelSchema).default([]).meta({
    description: "Atlas: keys and values for tools of your own, which it does not show. Default: none.",
  }),
  description: z
    .string()
    .optional()
    .meta({
      description: `Atlas: what this access is for, at most ${ACCESS_DESCRIPTION_MAX} characters. Default: none.`,
    }),
  deleteAfterDate: z
    .string()
    .optional()
    .meta({
      description: `Atlas: when it removes the access by itself, ISO 8601, at most ${EXPIRY_DAYS_MAX} days ahead. What expired is not created again. Default: never.`,
      examples: ["2026-08-17T12:00:00Z"],
    }),
  adopt: controls.adopt,
};

/** Settings of a grant that only Atlas has, and only Cloud Manager and Ops Manager. */
export const ATLAS_ACCESS_SETTINGS = ["scopes", "labels", "description", "deleteAfterDate"] as const;
export const PROJECT_ACCESS_SETTINGS = ["privileges", "authenticationRestrictions"] as const;

/** Settings of a grant that the server holds and that change in place. One that is left out means none. */
export const ACCESS_SETTINGS = ["roles", ...PROJECT_ACCESS_SETTINGS, ...ATLAS_ACCESS_SETTINGS] as const;
