import { ACCESS_NOTES, type AccessNote, type AccessRow } from "../../schema/access-report.ts";
import type { ViewRole, ViewRow } from "../formats/access-view.ts";

/** A row of an access report as texts. */
export function rowOf(row: AccessRow): ViewRow {
  const { who, project, managedBy, notes, farReaching, clusters, expires } = row;
  return {
    kind: who.kind,
    who: who.id,
    name: who.name,
    members: who.members?.join(", "),
    through: throughOf(row),
    project: project.name,
    roles: [...ownRoles(row), ...row.privileges.map(privilegeRole)],
    restrictions: row.restrictions.map(restrictionText).join("; "),
    clusters: clusters.length === 0 ? "all" : clusters.join(", "),
    expires: expires ?? "",
    managedBy: managedText(managedBy),
    isManaged: managedBy === undefined || managedBy.length > 0,
    notes: notes.map((note: AccessNote) => ACCESS_NOTES[note]),
    farReaching,
  };
}

function throughOf({ through, notes }: AccessRow): string {
  if (through.name !== undefined) return through.name;
  return notes.includes("provider-gone") ? `${through.prefix} (deleted)` : through.prefix;
}

function managedText(managedBy: readonly string[] | undefined): string {
  if (managedBy === undefined) return "";
  return managedBy.length === 0 ? "not in the given states" : managedBy.join(", ");
}

/** The roles of the grant itself, each with the databases that it and all that it inherits reach. */
function ownRoles({ roles }: AccessRow): ViewRole[] {
  return roles
    .filter(({ through }) => through.length === 0)
    .map(({ role }) => ({
      name: role,
      databases: databases(
        roles.filter((one) => (one.through[0] ?? one.role) === role).flatMap(({ privileges }) => privileges),
      ),
    }));
}

type Privileges = AccessRow["roles"][number]["privileges"];

function databases(privileges: Privileges): string[] {
  const found = privileges.flatMap(({ resource }) => {
    if (resource === "*") return ["all databases"];
    if ("cluster" in resource) return [];
    return [resource.database === "" ? "all databases" : resource.database];
  });
  return [...new Set(found)].sort();
}

function privilegeRole(privilege: AccessRow["privileges"][number]): ViewRole {
  const { resource, actions } = privilege;
  return { name: `${actions.join(", ")} on ${placeOf(resource)}`, databases: databases([privilege]) };
}

function restrictionText({ clientSource = [], serverAddress = [] }: AccessRow["restrictions"][number]): string {
  return [
    clientSource.length > 0 ? `from ${clientSource.join(", ")}` : "",
    serverAddress.length > 0 ? `to ${serverAddress.join(", ")}` : "",
  ]
    .filter((part) => part !== "")
    .join(" ");
}

/** `app.orders`, `all databases`, `the cluster` */
export function placeOf(resource: Privileges[number]["resource"]): string {
  if (resource === "*") return "all resources";
  if ("cluster" in resource) return "the cluster";
  return [resource.database || "all databases", resource.collection].filter((part) => part !== "").join(".");
}
