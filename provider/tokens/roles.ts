import type { AuthenticationRestriction } from "../../schema/authentication-restrictions.ts";
import { type GrantedRole, type GrantedRoleInput, parseRole, roleText } from "../../schema/roles.ts";
import type { TokenDatabaseRole, TokenGroup, TokenUser } from "../../schema/token-config.ts";
import { type Allowed, builtInRole } from "./built-in-roles.ts";

/** A role that a principal has, directly or through another role. */
export interface EffectiveRole {
  /** `readWrite@app`. */
  readonly role: string;
  /** How it is come by, from the grant down: `["corp/dba", "orders-reader@admin"]`. */
  readonly through: readonly string[];
  readonly allows: readonly Allowed[];
  /** Neither built in nor declared: it may exist all the same, and what it allows is not known. */
  readonly undeclared: boolean;
  readonly restrictions: readonly AuthenticationRestriction[];
}

/** A grant and its name: of the user, or of the role `{prefix}/{group}`. */
export interface NamedGrant {
  readonly name: string;
  readonly grant: TokenGroup | TokenUser;
}

/** Found once for each grant: many tokens are judged against the same declarations. */
const found = new WeakMap<readonly TokenDatabaseRole[], WeakMap<NamedGrant["grant"], readonly EffectiveRole[]>>();

/** The roles of a grant and all that these inherit, each once. A circle among roles ends where it closes. */
export function effectiveRoles(named: NamedGrant, declared: readonly TokenDatabaseRole[]): readonly EffectiveRole[] {
  const known = found.get(declared) ?? new WeakMap();
  found.set(declared, known);
  const roles = known.get(named.grant) ?? inheritedRoles(named, declared);
  known.set(named.grant, roles);
  return roles;
}

function inheritedRoles({ name, grant }: NamedGrant, declared: readonly TokenDatabaseRole[]): EffectiveRole[] {
  const roles = new Map<string, EffectiveRole>();
  const queue = grant.roles.map((role) => ({ given: role, through: [name] }));
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { given, through } = next;
    const text = textOf(given);
    if (roles.has(text)) continue;
    const { inherited, ...role } = resolve(given, declared, grant.projectId);
    roles.set(text, { role: text, through, ...role });
    queue.push(...inherited.map((each) => ({ given: each, through: [...through, text] })));
  }
  return [...roles.values()];
}

/** The one way to write a role in results. */
export function textOf(given: GrantedRoleInput): string {
  const role = parseRole(given);
  return role === undefined ? String(given) : roleText(role);
}

function resolve(given: GrantedRoleInput, declared: readonly TokenDatabaseRole[], projectId: string | undefined) {
  const role = parseRole(given);
  const own = role && declaredRole(role, declared, projectId);
  if (own !== undefined) {
    const { privileges, roles, authenticationRestrictions } = own;
    return { allows: privileges, inherited: roles, restrictions: authenticationRestrictions, undeclared: false };
  }
  const builtIn = role && builtInRole(role);
  return {
    allows: builtIn?.allows ?? [],
    inherited: (builtIn?.roles ?? []) as readonly GrantedRoleInput[],
    restrictions: [],
    undeclared: builtIn === undefined,
  };
}

function declaredRole(role: GrantedRole, declared: readonly TokenDatabaseRole[], projectId: string | undefined) {
  return declared.find(
    (each) => each.roleName === role.role && each.database === role.database && each.projectId === projectId,
  );
}
