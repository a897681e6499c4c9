import { z } from "zod";
import { controls } from "./controls.ts";
import { objectIdSchema } from "./ids.ts";
import { privilegeSchema } from "./privileges.ts";
import { grantedRoleSchema, ROLES_DATABASE } from "./roles.ts";

export const databaseRoleShape = z.strictObject({
  projectId: objectIdSchema.meta({
    description: "The project whose clusters know the role. Changing it replaces the role.",
    examples: ["5f1e2d3c4b5a69788796a5b4"],
  }),
  roleName: z
    .string()
    .min(1)
    .meta({
      description:
        "The name by which it is granted: letters, digits, `-` and `_`, beginning with a letter or digit, not with `xgen-`. Changing it replaces the role.",
      examples: ["orders-reader"],
    }),
  database: z
    .string()
    .min(1)
    .default(ROLES_DATABASE)
    .meta({ description: "Where the role lives. Atlas knows `admin` only. Default: `admin`." }),
  privileges: z
    .array(privilegeSchema)
    .default([])
    .meta({
      description:
        'What the role allows: `{ resource: { database, collection }, actions }`, with MongoDB\'s names of actions. `collection: ""` means all of a database, `{ cluster: true }` the cluster. Default: none.',
      examples: [[{ resource: { database: "app", collection: "orders" }, actions: ["find"] }]],
    }),
  roles: z.array(grantedRoleSchema).default([]).meta({
    description: "The roles that it inherits, in the same form as everywhere. Default: none.",
  }),
  adopt: controls.adopt,
});
export type CheckedDatabaseRole = z.output<typeof databaseRoleShape>;

/** Settings that the server holds and that change in place. */
export const DATABASE_ROLE_SETTINGS = ["privileges", "roles"] as const;

/** The id of the resource: the database stands in it where it is not the usual one, or could be taken for a part of the name. */
export function databaseRoleId({
  projectId,
  roleName,
  database,
}: Readonly<Record<"projectId" | "roleName" | "database", string>>): string {
  const plain = database === ROLES_DATABASE && !roleName.includes("@");
  return `${projectId}/${plain ? roleName : `${roleName}@${database}`}`;
}
