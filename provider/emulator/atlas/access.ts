import type { Credential } from "../credentials.ts";
import { AtlasError, notFound } from "./errors.ts";
import type { AtlasCall } from "./route.ts";
import {
  type AtlasWorld,
  type Federation,
  findFederation,
  sameId,
  type WorldOrganization,
  type WorldProject,
} from "./world.ts";

/*
 * Permissions. It is known that federation endpoints need Organization Owner and answer 401 NOT_ORG_OWNER. The statuses
 * for foreign organizations are guesses: 403 for an id in the request, and 404 for a federation, whose existence must
 * stay hidden.
 */

/** Whether a credential has any role in an organization, or this very one. A role in a project counts as membership. */
function hasOrgRole(world: AtlasWorld, caller: Credential, orgId: string, roleName?: string): boolean {
  return caller.roles.some((role) => {
    if ("orgId" in role) return sameId(role.orgId, orgId) && (roleName === undefined || role.roleName === roleName);
    if (roleName !== undefined) return false;
    return world.projects.some((project) => sameId(project.id, role.groupId) && sameId(project.orgId, orgId));
  });
}

export function visibleOrganizations({ world, caller }: AtlasCall): WorldOrganization[] {
  return world.organizations.filter(({ id }) => hasOrgRole(world, caller, id));
}

function canSeeProject(caller: Credential, project: WorldProject): boolean {
  return caller.roles.some((role) =>
    "groupId" in role
      ? sameId(role.groupId, project.id)
      : sameId(role.orgId, project.orgId) && seesAllProjects(role.roleName),
  );
}

/** An organization's member sees only the projects that he has a role in. */
function seesAllProjects(orgRole: string): boolean {
  return orgRole === "ORG_OWNER" || orgRole === "ORG_READ_ONLY";
}

export function visibleProjects({ world, caller }: AtlasCall): WorldProject[] {
  return world.projects.filter((project) => canSeeProject(caller, project));
}

export function requireOrganization(call: AtlasCall, orgId: string): WorldOrganization {
  const organization = call.world.organizations.find(({ id }) => sameId(id, orgId));
  if (organization === undefined) throw notFound("ORG_NOT_FOUND", `No organization with ID ${orgId} exists.`, orgId);
  if (!hasOrgRole(call.world, call.caller, orgId)) {
    throw new AtlasError(403, "USER_CANNOT_ACCESS_ORG", `Current user cannot access organization ${orgId}.`, {
      parameters: [orgId],
    });
  }
  return organization;
}

export function requireOrgOwner(call: AtlasCall, orgId: string): WorldOrganization {
  const organization = requireOrganization(call, orgId);
  if (!hasOrgRole(call.world, call.caller, orgId, "ORG_OWNER")) throw notOrgOwner();
  return organization;
}

export function requireProject(call: AtlasCall, groupId: string): WorldProject {
  const project = call.world.projects.find(({ id }) => sameId(id, groupId));
  if (project === undefined) throw notFound("GROUP_NOT_FOUND", `No group with ID ${groupId} exists.`, groupId);
  if (!canSeeProject(call.caller, project)) {
    throw new AtlasError(403, "USER_CANNOT_ACCESS_GROUP", `Current user cannot access group ${groupId}.`, {
      parameters: [groupId],
    });
  }
  return project;
}

/** Roles in a project that may write its database users and user-defined roles, as the API's documentation lists them. */
const DATABASE_ACCESS_ADMINS = new Set(["GROUP_OWNER", "GROUP_DATABASE_ACCESS_ADMIN", "GROUP_STREAM_PROCESSING_OWNER"]);

/** Returns the project in the path if the caller may change its database access. */
export function requireDatabaseAccessAdmin(call: AtlasCall): WorldProject {
  const project = requireProject(call, call.params.groupId ?? "");
  const may = call.caller.roles.some((role) =>
    "groupId" in role
      ? sameId(role.groupId, project.id) && DATABASE_ACCESS_ADMINS.has(role.roleName)
      : sameId(role.orgId, project.orgId) && role.roleName === "ORG_OWNER",
  );
  if (!may) {
    throw new AtlasError(401, "USER_UNAUTHORIZED", "Current user is not authorized to perform this action.");
  }
  return project;
}

/** The federation in the path, for owners of at least one of its organizations. */
export function requireFederation(call: AtlasCall): Federation {
  const id = call.params.federationSettingsId ?? "";
  const federation = findFederation(call.world, id);
  const member = federation?.connectedOrgs.some(({ orgId }) => hasOrgRole(call.world, call.caller, orgId));
  if (federation === undefined || !member) {
    throw notFound("RESOURCE_NOT_FOUND", `Cannot find resource ${call.pathname}.`, call.pathname);
  }
  if (!federation.connectedOrgs.some(({ orgId }) => hasOrgRole(call.world, call.caller, orgId, "ORG_OWNER"))) {
    throw notOrgOwner();
  }
  return federation;
}

function notOrgOwner(): AtlasError {
  return new AtlasError(401, "NOT_ORG_OWNER", "The current user is not an owner of the organization.");
}
