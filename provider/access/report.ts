import type { AccessReport, AccessRow } from "../../schema/access-report.ts";
import { PRODUCTS } from "../../schema/plane.ts";
import type { ControlPlane } from "../control-planes/control-plane.ts";
import { type ReadOptions, readOrganization } from "../lookups/organization.ts";
import { covers, parseWish } from "../tokens/privileges.ts";
import { accessRows, type RowOptions } from "./rows.ts";

interface AccessFilters {
  /** Texts that the id or the name of a person or program contains. */
  readonly principal?: string;
  /** Texts that the id or the name of a group contains. */
  readonly group?: string;
  /** `readWrite@app`, or a name without a database. Inherited roles count. */
  readonly role?: string;
  /** A database that some privilege reaches. */
  readonly database?: string;
}

export interface ReportOptions extends ReadOptions, RowOptions {
  readonly filters: AccessFilters;
  /** The public part of the credentials. */
  readonly keyId: string;
  readonly version: string;
}

/** Reads who has access in organizations or projects. */
export async function readAccess(plane: ControlPlane, options: ReportOptions): Promise<AccessReport> {
  const { filters, version, keyId } = options;
  const time = new Date();
  const contents = await readOrganization(plane, options);
  const rows = accessRows(contents, { ...options, now: time.getTime() }).filter((row) => fits(row, filters));
  const names = new Map(contents.projects.map(({ projectId, name }) => [projectId, name]));
  const unread = new Set(contents.unreadable.map(({ projectId }) => projectId));
  // A federation also lists the organizations that nobody asked for.
  const asked = new Set([...(options.orgIds ?? []), ...contents.projects.map(({ orgId }) => orgId)]);
  return {
    format: "mongofed access 1",
    time: time.toISOString(),
    version,
    plane: plane.name,
    host: new URL(plane.baseUrl).host,
    key: `${keyId}, ${plane.credentialsSource}`,
    organizations: contents.organizations
      .filter(({ orgId }) => asked.has(orgId))
      .map(({ orgId, name }) => ({ id: orgId, name })),
    filters: Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)),
    projects: contents.projects
      .filter(({ projectId }) => !unread.has(projectId))
      .map(({ projectId, name }) => ({ id: projectId, name })),
    unread: contents.unreadable.map(({ what, projectId, needs, error }) => ({
      subject: what,
      ...(projectId === undefined ? {} : { project: projectId }),
      needs,
      error,
    })),
    rows: rows.toSorted((a, b) => compare(sortKey(a), sortKey(b))),
    otherUsers: contents.otherUsers.map(({ name, authentication, projectId }) => ({
      name,
      authentication,
      project: names.get(projectId) ?? projectId,
    })),
  };
}

function fits(row: AccessRow, { principal, group, role, database }: AccessFilters): boolean {
  const { who, roles, privileges } = row;
  const isNamed = (text: string) =>
    [who.id, who.name ?? ""].some((name) => name.toLowerCase().includes(text.toLowerCase()));
  if (principal !== undefined && (who.kind === "group" || !isNamed(principal))) return false;
  if (group !== undefined && (who.kind !== "group" || !isNamed(group))) return false;
  if (role !== undefined && !roles.some((one) => one.role === role || one.role.split("@")[0] === role)) return false;
  if (database === undefined) return true;
  return [...roles.flatMap((one) => one.privileges), ...privileges].some(({ resource }) => reaches(resource, database));
}

type Resource = AccessRow["roles"][number]["privileges"][number]["resource"];

function reaches(resource: Resource, database: string): boolean {
  if (resource === "*") return true;
  if ("cluster" in resource) return false;
  const wish = parseWish(`find ${database}`);
  return resource.database === database || (wish !== undefined && covers(resource, wish.target));
}

function sortKey({ project, who, through }: AccessRow): readonly string[] {
  return [project.name, project.id, who.kind === "group" ? "0" : "1", who.name ?? who.id, who.id, through.prefix];
}

function compare(a: readonly string[], b: readonly string[]): number {
  for (const [index, text] of a.entries()) {
    const other = b[index] ?? "";
    if (text !== other) return text < other ? -1 : 1;
  }
  return 0;
}

/** `Access in Example Corp` */
export function titleOf({ organizations, projects, plane }: AccessReport): string {
  const names = (organizations.length > 0 ? organizations : projects).map(({ name }) => name);
  if (names.length === 0) return `Access in ${PRODUCTS[plane]}`;
  return names.length > 3 ? `Access in ${names.length} organizations` : `Access in ${names.join(", ")}`;
}
