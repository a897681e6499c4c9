import { AtlasError, notFound } from "../atlas/errors.ts";
import { type AtlasWorld, sameId, type WorldProject } from "../atlas/world.ts";
import type { Credential } from "../credentials.ts";

/** Roles of a project that may read and write its automation config: the document holds passwords. */
const AUTOMATION = new Set(["GROUP_OWNER", "GROUP_AUTOMATION_ADMIN"]);

/** Requires any role in the project, or a role that owns or reads its organization. */
export function requireProject(world: AtlasWorld, caller: Credential, projectId: string): WorldProject {
  const project = world.projects.find(({ id }) => sameId(id, projectId));
  if (project === undefined) throw notFound("GROUP_NOT_FOUND", `No group with ID ${projectId} exists.`, projectId);
  const sees = caller.roles.some((role) =>
    "groupId" in role
      ? sameId(role.groupId, project.id)
      : sameId(role.orgId, project.orgId) && ["ORG_OWNER", "ORG_READ_ONLY"].includes(role.roleName),
  );
  if (!sees) {
    throw new AtlasError(403, "USER_CANNOT_ACCESS_GROUP", `Current user cannot access group ${projectId}.`, {
      parameters: [projectId],
    });
  }
  return project;
}

/** Project Automation Admin, which owners have too. The code is that of other endpoints: which one it is here is a guess. */
export function requireAutomationAdmin(world: AtlasWorld, caller: Credential, projectId: string): WorldProject {
  const project = requireProject(world, caller, projectId);
  const may = caller.roles.some((role) =>
    "groupId" in role
      ? sameId(role.groupId, project.id) && AUTOMATION.has(role.roleName)
      : sameId(role.orgId, project.orgId) && role.roleName === "ORG_OWNER",
  );
  if (!may) {
    throw new AtlasError(401, "USER_UNAUTHORIZED", "Current user is not authorized to perform this action.");
  }
  return project;
}
