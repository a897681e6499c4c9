import { requireOrganization, requireProject, visibleOrganizations, visibleProjects } from "./access.ts";
import { includeCount, page } from "./pagination.ts";
import { type AtlasCall, type AtlasRoute, ok, V2023_01_01 } from "./route.ts";
import { sameId, type WorldOrganization, type WorldProject } from "./world.ts";

const versions = [V2023_01_01];

/** Organizations, and their projects, which the API calls groups. */
export const organizationRoutes: readonly AtlasRoute[] = [
  {
    method: "GET",
    path: "/orgs",
    versions,
    rateLimit: "organizations",
    handle(call) {
      const name = call.query.get("name") ?? "";
      const found = visibleOrganizations(call).filter((org) => org.name.toLowerCase().startsWith(name.toLowerCase()));
      return page(
        call,
        found.map((organization) => organizationBody(call, organization, [])),
        [includeCount(call.query), ["name", name]],
      );
    },
  },
  {
    method: "GET",
    path: "/orgs/:orgId",
    versions,
    rateLimit: "organization",
    handle(call) {
      const organization = requireOrganization(call, call.params.orgId ?? "");
      return ok(organizationBody(call, organization, ["groups", "teams", "users"]));
    },
  },
  {
    method: "GET",
    path: "/orgs/:orgId/groups",
    versions,
    rateLimit: "organization",
    handle(call) {
      const organization = requireOrganization(call, call.params.orgId ?? "");
      const projects = visibleProjects(call).filter(({ orgId }) => sameId(orgId, organization.id));
      return page(call, projectBodies(call, projects), [includeCount(call.query)]);
    },
  },
  {
    method: "GET",
    path: "/groups",
    versions,
    rateLimit: "projects",
    handle: (call) => page(call, projectBodies(call, visibleProjects(call)), [includeCount(call.query)]),
  },
  {
    method: "GET",
    path: "/groups/:groupId",
    versions,
    rateLimit: "projects",
    handle(call) {
      const project = requireProject(call, call.params.groupId ?? "");
      const parts = ["containers", "clusters", "databaseUsers", "peers", "processes", "whitelist"];
      return ok(projectBody(call, project, parts));
    },
  },
];

function organizationBody(call: AtlasCall, { id, name }: WorldOrganization, parts: readonly string[]) {
  return { id, isDeleted: false, links: links(call, `/orgs/${id}`, parts), name, skipDefaultAlertsSettings: false };
}

function projectBodies(call: AtlasCall, projects: readonly WorldProject[]) {
  return projects.map((project) => projectBody(call, project, []));
}

function projectBody(call: AtlasCall, project: WorldProject, parts: readonly string[]) {
  return {
    clusterCount: call.world.clusters.filter(({ projectId }) => sameId(projectId, project.id)).length,
    created: project.created,
    id: project.id,
    links: links(call, `/groups/${project.id}`, parts),
    name: project.name,
    orgId: project.orgId,
    tags: [],
    withDefaultAlertsSettings: true,
  };
}

/** An object's own link, and where it is answered alone the links of what belongs to it. */
function links({ origin }: AtlasCall, path: string, parts: readonly string[]) {
  const self = `${origin}/api/atlas/v2${path}`;
  return [
    { href: self, rel: "self" },
    ...parts.map((part) => ({ href: `${self}/${part}`, rel: `https://cloud.mongodb.com/${part}` })),
  ];
}
