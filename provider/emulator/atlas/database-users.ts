import { z } from "zod";
import { requireProject } from "./access.ts";
import { includeCount, page } from "./pagination.ts";
import { type AtlasRoute, inKeyOrder, V2023_01_01 } from "./route.ts";
import { sameId, type WorldDatabaseUser } from "./world.ts";

/** A user of the seed, or of an edit, in the API's own fields. What is left out makes a user that has no role. */
export const databaseUserSeedSchema = z.looseObject({
  username: z.string().min(1).max(1024),
  databaseName: z.enum(["admin", "$external"]).optional(),
  oidcAuthType: z.enum(["NONE", "IDP_GROUP", "USER"]).default("NONE"),
  roles: z.array(z.looseObject({ roleName: z.string(), databaseName: z.string() })).default([]),
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

export const databaseUserRoutes: readonly AtlasRoute[] = [
  {
    method: "GET",
    path: "/groups/:groupId/databaseUsers",
    versions: [V2023_01_01],
    rateLimit: "database-users",
    handle(call) {
      const project = requireProject(call, call.params.groupId ?? "");
      const users = call.world.databaseUsers.filter(({ projectId }) => sameId(projectId, project.id));
      return page(
        call,
        users.map((user) => databaseUserBody(call.origin, user)),
        [includeCount(call.query)],
      );
    },
  },
];

function databaseUserBody(origin: string, { projectId, ...user }: WorldDatabaseUser) {
  const { databaseName, username } = user;
  const self = `${origin}/api/atlas/v2/groups/${projectId}/databaseUsers/${databaseName}/${encodeURIComponent(username)}`;
  return inKeyOrder({ ...user, groupId: projectId, links: [{ href: self, rel: "self" }] });
}
