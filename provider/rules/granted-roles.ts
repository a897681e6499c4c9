import {
  ATLAS_BUILT_IN_ROLES,
  type GrantedRole,
  grantedRoleSchema,
  ROLES_DATABASE,
  roleText,
} from "../../schema/roles.ts";
import { containsUnknown } from "../../schema/unknown.ts";
import { slipOf } from "./nearest.ts";
import type { Declaration } from "./program.ts";
import { readRole } from "./relations.ts";
import { about, rulesOf } from "./rule.ts";

/** The rules over roles that are granted or inherited. */

const rule = rulesOf("OidcRole", "FederatedUser", "DatabaseRole");

/** Roles that can be narrowed down to one collection. */
const COLLECTION_ROLES = new Set(["read", "readWrite"]);

/**
 * Built-in roles of the server (`builtin_roles.yml`) that Atlas keeps to itself. A user-defined role cannot have the
 * name of one of them.
 */
export const SERVER_ROLES: ReadonlySet<string> = new Set([
  "__queryableBackup",
  "__system",
  "clusterAdmin",
  "clusterManager",
  "dbOwner",
  "directShardOperations",
  "hostManager",
  "restore",
  "root",
  "searchCoordinator",
  "userAdmin",
  "userAdminAnyDatabase",
]);

export function isBuiltIn(role: string): boolean {
  return Object.hasOwn(ATLAS_BUILT_IN_ROLES, role);
}

/** What is wrong with one role. */
interface Fault {
  readonly message: string;
  readonly fix?: string;
}

export const grantedRole = rule("FED315", (declaration) =>
  itemsOf(declaration).map((given, index) => {
    if (containsUnknown(given) || !grantedRoleSchema.safeParse(given).success) return undefined;
    const role = readRole(given);
    const fault =
      role === undefined
        ? { message: `${JSON.stringify(given)} cannot be read as a role` }
        : faultOf(role, given, declaration);
    return fault === undefined ? undefined : about(declaration, `roles[${index}]`, fault);
  }),
);

function faultOf(role: GrantedRole, given: unknown, { kind }: Declaration): Fault | undefined {
  return (
    databaseFault(role, typeof given === "string" && !given.includes("@")) ??
    (role.collection === undefined ? undefined : collectionFault(role, kind))
  );
}

function databaseFault({ role, database }: GrantedRole, withoutDatabase: boolean): Fault | undefined {
  if (SERVER_ROLES.has(role)) {
    return { message: `Atlas grants no role ${role}`, fix: "Take one of Atlas's built-in roles, or a DatabaseRole." };
  }
  if (isBuiltIn(role)) {
    if (withoutDatabase && ATLAS_BUILT_IN_ROLES[role] === "any") {
      return { message: `${role} does not say on which database`, fix: `Write "${role}@" and the database.` };
    }
    if (database === ROLES_DATABASE || ATLAS_BUILT_IN_ROLES[role] === "any") return undefined;
    return {
      message: `${role} is a role on ${ROLES_DATABASE} alone, not on ${database}`,
      fix: narrower(role, database),
    };
  }
  if (database === ROLES_DATABASE) return undefined;
  const meant = slipOf(role, Object.keys(ATLAS_BUILT_IN_ROLES));
  return {
    message: `${database} has no role ${role}: it is not built in, and user-defined roles live on ${ROLES_DATABASE}`,
    fix:
      meant === undefined
        ? `Write "${role}@${ROLES_DATABASE}", and say in the DatabaseRole on which database it works.`
        : `Did you mean "${meant}"?`,
  };
}

/** `readWriteAnyDatabase` on one database is `readWrite`. */
function narrower(role: string, database: string): string {
  const one = role.replace(/AnyDatabase$/, "");
  const all = `Write "${role}@${ROLES_DATABASE}"`;
  return one !== role && isBuiltIn(one) ? `${all}, or "${one}@${database}" for that database alone.` : `${all}.`;
}

function collectionFault(role: GrantedRole, kind: Declaration["kind"]): Fault | undefined {
  if (kind === "DatabaseRole") {
    return {
      message: `${roleText(role)} cannot be inherited: roles are inherited for whole databases`,
      fix: "Inherit the role without a collection, or give privileges on the collection.",
    };
  }
  if (COLLECTION_ROLES.has(role.role)) return undefined;
  return {
    message: `${role.role} cannot be narrowed down to the collection ${role.collection}: only read and readWrite can`,
    fix: "Leave the collection out, or make a DatabaseRole with privileges on the collection.",
  };
}

export const roleTwice = rule("FED326", (declaration) => {
  const texts = itemsOf(declaration).map((given) => {
    const role = readRole(given);
    return role === undefined ? undefined : roleText(role);
  });
  const verb = declaration.kind === "DatabaseRole" ? "inherited" : "granted";
  return texts.map((text, index) =>
    text !== undefined && texts.indexOf(text) < index
      ? about(declaration, `roles[${index}]`, { message: `the role ${text} is ${verb} twice` })
      : undefined,
  );
});

function itemsOf({ inputs: { roles } }: Declaration): readonly unknown[] {
  return Array.isArray(roles) ? roles : [];
}
