import type { GrantedRole } from "../../../schema/roles.ts";
import { perRun } from "../../run-scope.ts";
import type { AtlasError } from "./errors.ts";

/** Roles that this run created, with any credentials: each by server, project and name. */
const createdInRun = perRun(() => new Set<string>());

/** How Atlas says that it does not know a role. */
const UNKNOWN_ROLE = new Set([
  "ATLAS_CUSTOM_ROLE_NOT_FOUND",
  "ATLAS_INVALID_CUSTOM_ROLE_INHERITANCE",
  "ATLAS_INVALID_ROLE",
  "UNSUPPORTED_ROLE",
]);

export function rememberRole(baseUrl: string, projectId: string, roleName: string): void {
  createdInRun().add(keyOf(baseUrl, projectId, roleName));
}

export function forgetRole(baseUrl: string, projectId: string, roleName: string): void {
  createdInRun().delete(keyOf(baseUrl, projectId, roleName));
}

/**
 * Whether a refusal is about a role that is too young: for a moment after it was created, whoever is to be granted it
 * is told that there is no such role. A role that somebody else created, or nobody, is not waited for.
 */
export function isUnknownNewRole(
  baseUrl: string,
  projectId: string,
  roles: readonly GrantedRole[],
  { errorCode }: AtlasError,
): boolean {
  if (errorCode === undefined || !UNKNOWN_ROLE.has(errorCode)) return false;
  const created = createdInRun();
  return roles.some(({ role }) => created.has(keyOf(baseUrl, projectId, role)));
}

function keyOf(baseUrl: string, projectId: string, roleName: string): string {
  return JSON.stringify([baseUrl, projectId.toLowerCase(), roleName]);
}
