import { z } from "zod";
import { controls } from "./controls.ts";
import { defineFields, settingsOf, shapeOf } from "./fields.ts";
import { objectIdSchema } from "./ids.ts";
import { privilegeSchema } from "./privileges.ts";
import { grantedRoleSchema, ROLES_DATABASE } from "./roles.ts";

export const databaseRoleFields = defineFields({
  projectId: {
    schema: objectIdSchema,
    description: "The project whose clusters have the role: 24 hexadecimal digits.",
    where: "The console shows the id under Project Settings.",
    example: "5f1e2d3c4b5a69788796a5b4",
    replaces: true,
  },
  roleName: {
    schema: z.string().min(1),
    description:
      "The name of the role: letters, digits, `-` and `_`. It starts with a letter or digit, and not with `xgen-`.",
    example: "orders-reader",
    replaces: true,
  },
  database: {
    schema: z.string().min(1).default(ROLES_DATABASE),
    description: "The database that the role is defined on. Atlas accepts `admin` only.",
    example: "admin",
    replaces: true,
  },
  privileges: {
    schema: z.array(privilegeSchema).default([]),
    description:
      'The privileges of the role: `{ resource: { database, collection }, actions }`, with the action names of MongoDB. `collection: ""` means every collection of the database. `{ cluster: true }` means the cluster.',
    example: [{ resource: { database: "app", collection: "orders" }, actions: ["find"] }],
  },
  roles: {
    schema: z.array(grantedRoleSchema).default([]),
    description: 'The roles that this role inherits: `"read@app"`.',
    inPrograms: "An object `{ role, database, collection }` is possible too.",
    example: ["read@app"],
  },
  adopt: controls.adopt,
});
export const databaseRoleShape = shapeOf(databaseRoleFields);

/** Settings that the server holds and that change in place. */
export const DATABASE_ROLE_SETTINGS = settingsOf(databaseRoleFields);

/** The id of the resource: the database stands in it where it is not the usual one, or could be taken for a part of the name. */
export function databaseRoleId({
  projectId,
  roleName,
  database,
}: Readonly<Record<"projectId" | "roleName" | "database", string>>): string {
  const plain = database === ROLES_DATABASE && !roleName.includes("@");
  return `${projectId}/${plain ? roleName : `${roleName}@${database}`}`;
}
