import { z } from "zod";
import { ACCESS_DESCRIPTION_MAX, EXPIRY_DAYS_MAX, labelSchema, scopeSchema } from "./access.ts";
import { authenticationRestrictionSchema } from "./authentication-restrictions.ts";
import { controls } from "./controls.ts";
import { defineFields, settingsOf, settingsOnlyOn } from "./fields.ts";
import { identityProviderReferenceSchema } from "./identity-provider.ts";
import { objectIdSchema } from "./ids.ts";
import { privilegeSchema } from "./privileges.ts";
import { grantedRoleSchema } from "./roles.ts";

/** The inputs of every grant, and `privileges`, which only a group can have. */
export const grantFields = defineFields({
  projectId: {
    schema: objectIdSchema.optional(),
    description:
      "The project whose clusters grant the access: 24 hexadecimal digits. Required on Atlas. On Cloud Manager and Ops Manager it is the project of the identity provider.",
    inPrograms: "Set it beside a `reference` of another stack, which could otherwise choose the project.",
    where: "The console shows the id under Project Settings.",
    example: "5f1e2d3c4b5a69788796a5b4",
    replaces: true,
    default: "the project of the identity provider",
  },
  identityProvider: {
    schema: identityProviderReferenceSchema,
    description: "The identity provider that issues the tokens, as its `reference`.",
    inPrograms: "Pass the resource, or the `reference` that another stack exports.",
    replaces: true,
  },
  roles: {
    schema: z.array(grantedRoleSchema).default([]),
    description:
      'The roles to grant, built-in or from a `DatabaseRole`: `"readWrite@app"`, `"atlasAdmin@admin"`. On Atlas, `"read@app.orders"` grants one collection. At least one is required, unless a group has `privileges`.',
    inPrograms: "An object `{ role, database, collection }` is possible too.",
    example: ["readWrite@app", "clusterMonitor@admin"],
  },
  privileges: {
    schema: z.array(privilegeSchema).default([]),
    description: "The privileges to grant in addition to the roles, in the form of a `DatabaseRole`.",
    example: [{ resource: { cluster: true }, actions: ["listDatabases"] }],
    plane: "project",
  },
  authenticationRestrictions: {
    schema: z.array(authenticationRestrictionSchema).default([]),
    description:
      "The IP addresses or CIDR ranges that a login may come from (`clientSource`) and connect to (`serverAddress`). A login must match at least one entry, and every condition in it. No entry means every address.",
    example: [{ clientSource: ["10.0.0.0/8"] }],
    plane: "project",
  },
  scopes: {
    schema: z.array(scopeSchema).default([]),
    description: "The clusters of the project that the access is limited to. No entry means all clusters.",
    example: [{ name: "cluster0" }],
    plane: "atlas",
  },
  labels: {
    schema: z.array(labelSchema).default([]),
    description: "Keys and values for your own tools. The console does not show them.",
    example: [{ key: "team", value: "payments" }],
    plane: "atlas",
  },
  description: {
    schema: z.string().optional(),
    description: `The purpose of this access, in at most ${ACCESS_DESCRIPTION_MAX} characters.`,
    default: "none",
    plane: "atlas",
  },
  deleteAfterDate: {
    schema: z.string().optional(),
    description: `The time when Atlas removes the access: ISO 8601 with time zone, at most ${EXPIRY_DAYS_MAX} days ahead. mongofed does not create expired access again.`,
    example: "2026-08-17T12:00:00Z",
    default: "never",
    plane: "atlas",
  },
  adopt: controls.adopt,
});

/** Settings of a grant that only Atlas has, and only Cloud Manager and Ops Manager. */
export const ATLAS_ACCESS_SETTINGS = settingsOnlyOn(grantFields, "atlas");
export const PROJECT_ACCESS_SETTINGS = settingsOnlyOn(grantFields, "project");

/** Settings of a grant that the server holds and that change in place. One that is left out means none. */
export const ACCESS_SETTINGS = settingsOf(grantFields);
