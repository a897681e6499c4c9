import { canonicalRole, type GrantedRole, type GrantedRoleInput, parseRole } from "../../../schema/roles.ts";
import { containsUnknown } from "../../../schema/unknown.ts";
import type { Props } from "../definition.ts";

/** One way to write each role; what is not known yet stays as it is. */
export function canonicalRoles(roles: unknown): unknown {
  if (!Array.isArray(roles)) return roles;
  return roles.map((role: unknown) => (containsUnknown(role) ? role : canonicalRole(role as GrantedRoleInput)));
}

/** The roles of checked inputs, as far as they are known. */
export function rolesOf({ roles }: Props): GrantedRole[] {
  if (!Array.isArray(roles)) return [];
  return roles
    .filter((role: unknown) => !containsUnknown(role))
    .map((role) => parseRole(role as GrantedRoleInput))
    .filter((role) => role !== undefined);
}
