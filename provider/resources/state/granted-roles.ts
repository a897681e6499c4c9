import { canonicalPrivileges, type Privilege } from "../../../schema/privileges.ts";
import { canonicalRole, type GrantedRole, type GrantedRoleInput, parseRole } from "../../../schema/roles.ts";
import { containsUnknown } from "../../../schema/unknown.ts";
import type { Props } from "../definition.ts";

/** Returns the canonical form of each role. Values unknown until apply stay unchanged. */
export function canonicalRoles(roles: unknown): unknown {
  if (!Array.isArray(roles)) return roles;
  return roles.map((role: unknown) => (containsUnknown(role) ? role : canonicalRole(role as GrantedRoleInput)));
}

/** One way to write each privilege. While a part of them is not known, all stay as they were written. */
export function canonicalPrivilegesIn(privileges: unknown): unknown {
  if (!Array.isArray(privileges) || containsUnknown(privileges)) return privileges;
  return canonicalPrivileges(privileges as readonly Privilege[]);
}

/** The roles of checked inputs, as far as they are known. */
export function rolesOf({ roles }: Props): GrantedRole[] {
  if (!Array.isArray(roles)) return [];
  return roles
    .filter((role: unknown) => !containsUnknown(role))
    .map((role) => parseRole(role as GrantedRoleInput))
    .filter((role) => role !== undefined);
}
