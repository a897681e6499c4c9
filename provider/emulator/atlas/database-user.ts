import { z } from "zod";
import { inKeyOrder } from "./route.ts";
import type { WorldDatabaseUser } from "./world.ts";

/** A user of the seed or of an edit, in the API's fields. Default: a user without roles. */
export const databaseUserSeedSchema = z.looseObject({
  username: z.string().min(1).max(1024),
  databaseName: z.enum(["admin", "$external"]).optional(),
  oidcAuthType: z.enum(["NONE", "IDP_GROUP", "USER"]).default("NONE"),
  roles: z
    .array(z.looseObject({ roleName: z.string(), databaseName: z.string(), collectionName: z.string().optional() }))
    .default([]),
  deleteAfterDate: z.iso.datetime({ offset: true }).optional(),
});

/** The authorization type decides on the database: groups are roles on `admin`, users stand in `$external`. */
export function newDatabaseUser(
  projectId: string,
  { databaseName, ...fields }: z.output<typeof databaseUserSeedSchema>,
): WorldDatabaseUser {
  return {
    awsIAMType: "NONE",
    labels: [],
    ldapAuthType: "NONE",
    scopes: [],
    x509Type: "NONE",
    ...fields,
    databaseName: databaseName ?? (fields.oidcAuthType === "USER" ? "$external" : "admin"),
    projectId,
  };
}

/** Returns the API's form of a user. It omits `description` and `deleteAfterDate` if they were never set. */
export function databaseUserBody(origin: string, { projectId, ...user }: WorldDatabaseUser) {
  const { databaseName, username } = user;
  const self = `${origin}/api/atlas/v2/groups/${projectId}/databaseUsers/${databaseName}/${encodeURIComponent(username)}`;
  return inKeyOrder({ ...user, groupId: projectId, links: [{ href: self, rel: "self" }] });
}
