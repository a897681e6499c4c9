import { aResource, type Phrase, phrase, program, roleObject } from "../../schema/phrase.ts";
import type { PlaneKind } from "../../schema/plane.ts";
import {
  ATLAS_BUILT_IN_ROLES,
  DATABASES_WITHOUT_ROLES,
  type GrantedRole,
  grantedRoleSchema,
  ROLES_DATABASE,
  roleText,
  SERVER_BUILT_IN_ROLES,
} from "../../schema/roles.ts";
import { containsUnknown } from "../../schema/unknown.ts";
import { slipOf } from "./nearest.ts";
import type { Declaration } from "./program.ts";
import { readRole } from "./relations.ts";
import { about, type Codes, family, rulesOf } from "./rule.ts";
import { ATLAS_ROLES, ATLAS_USERS } from "./sources.ts";

const codes = {
  FED315: {
    slug: "invalid-role",
    severity: "error",
    title: "Grant only roles that exist on their database.",
    why: "Built-in roles exist on certain databases. Atlas supports its own set, user-defined roles on admin, and collections for read and readWrite only.",
    fix: phrase`Write "role@database", or on Atlas "read@database.collection"${roleObject}.`,
    example: 'roles: ["readWriteAnyDatabase@app", "clusterMonitor@admin.logs", "read"]',
    source: `${ATLAS_USERS}: roles (ATLAS_INVALID_ROLE, ATLAS_INVALID_ROLE_DATABASE, UNSUPPORTED_ROLE); MongoDB server, builtin_roles.yml`,
  },
  FED324: {
    slug: "unknown-role",
    severity: "error",
    title: "Grant and inherit only existing roles.",
    why: phrase`It is not a built-in role, and neither the project nor this ${program} defines it.`,
    fix: phrase`Correct the name, or declare ${aResource("DatabaseRole")} with this name in the same project.`,
    source: `${ATLAS_ROLES} (ATLAS_CUSTOM_ROLE_NOT_FOUND); ${ATLAS_USERS} (ATLAS_INVALID_ROLE)`,
  },
  FED326: {
    slug: "duplicate-role",
    severity: "error",
    title: "Grant each role once.",
    why: "Atlas refuses a list that repeats a role.",
    fix: "Remove one of the two.",
    example: 'roles: ["readWrite@app", { role: "readWrite", database: "app" }]',
    source: `${ATLAS_USERS} (DUPLICATE_DATABASE_ROLES); ${ATLAS_ROLES}: inheritedRoles (unique)`,
  },
} as const satisfies Codes;

/** The rules over roles that are granted or inherited. */

const rule = rulesOf("OidcRole", "FederatedUser", "DatabaseRole");

/** Roles that can be narrowed down to one collection. */
const COLLECTION_ROLES = new Set(["read", "readWrite"]);

/** The built-in roles of a plane, and where each can be granted. Atlas supports only some of the server's. */
const BUILT_IN_ROLES: Record<PlaneKind, Readonly<Record<string, "any" | "admin">>> = {
  atlas: ATLAS_BUILT_IN_ROLES,
  project: SERVER_BUILT_IN_ROLES,
};

/** Where a built-in role can be granted; `undefined` for one that is none. */
export function placeOfBuiltIn(plane: PlaneKind, role: string): "any" | "admin" | undefined {
  return Object.hasOwn(BUILT_IN_ROLES[plane], role) ? BUILT_IN_ROLES[plane][role] : undefined;
}

/** The problem with one role. */
interface Fault {
  readonly message: string;
  readonly fix?: Phrase;
}

const grantedRole = rule("FED315", (declaration, { plane }) =>
  itemsOf(declaration).map((given, index) => {
    if (containsUnknown(given) || !grantedRoleSchema.safeParse(given).success) return undefined;
    const role = readRole(given);
    const fault =
      role === undefined
        ? { message: `${JSON.stringify(given)} cannot be read as a role` }
        : faultOf(role, given, declaration, plane);
    return fault === undefined ? undefined : about(declaration, ["roles", index], fault);
  }),
);

/** Where it is not known which control plane it is for: what is wrong on both. */
function faultOf(
  role: GrantedRole,
  given: unknown,
  declaration: Declaration,
  plane: PlaneKind | undefined,
): Fault | undefined {
  if (plane === undefined) {
    return faultOf(role, given, declaration, "atlas") && faultOf(role, given, declaration, "project");
  }
  return (
    databaseFault(role, typeof given === "string" && !given.includes("@"), plane) ??
    (role.collection === undefined ? undefined : collectionFault(role, declaration.kind, plane))
  );
}

function databaseFault({ role, database }: GrantedRole, withoutDatabase: boolean, plane: PlaneKind): Fault | undefined {
  const place = placeOfBuiltIn(plane, role);
  if (place === undefined) return ownFault({ role, database }, plane);
  if (withoutDatabase && place === "any") {
    return { message: `${role} names no database`, fix: `Write "${role}@" and the database.` };
  }
  if (database === ROLES_DATABASE || place === "any") return undefined;
  return {
    message: `${role} is a role on ${ROLES_DATABASE} alone, not on ${database}`,
    fix: narrower(role, database, plane),
  };
}

/** `readWriteAnyDatabase` on one database is `readWrite`. */
function narrower(role: string, database: string, plane: PlaneKind): string {
  const one = role.replace(/AnyDatabase$/, "");
  const all = `Write "${role}@${ROLES_DATABASE}"`;
  return one !== role && placeOfBuiltIn(plane, one) !== undefined
    ? `${all}, or "${one}@${database}" for that database alone.`
    : `${all}.`;
}

/** Of a role that is not built in. */
function ownFault({ role, database }: GrantedRole, plane: PlaneKind): Fault | undefined {
  if (plane === "project") {
    if (!DATABASES_WITHOUT_ROLES.has(database)) return undefined;
    return { message: `${database} has no role ${role}: no user-defined role can live there` };
  }
  if (Object.hasOwn(SERVER_BUILT_IN_ROLES, role)) {
    return {
      message: `Atlas grants no role ${role}`,
      fix: phrase`Use one of Atlas's built-in roles, or ${aResource("DatabaseRole")}.`,
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

function collectionFault(role: GrantedRole, kind: Declaration["kind"], plane: PlaneKind): Fault | undefined {
  if (kind === "DatabaseRole") {
    return {
      message: `${roleText(role)} cannot be inherited: roles are inherited for whole databases`,
      fix: "Inherit the role without a collection, or add privileges on the collection.",
    };
  }
  const instead = "Leave the collection out, or make a DatabaseRole with privileges on the collection.";
  if (plane === "project") {
    return {
      message: `${roleText(role)} cannot be granted: Cloud Manager and Ops Manager grant roles on whole databases`,
      fix: instead,
    };
  }
  if (COLLECTION_ROLES.has(role.role)) return undefined;
  return {
    message: `${role.role} cannot be limited to the collection ${role.collection}: only read and readWrite can`,
    fix: instead,
  };
}

const roleTwice = rule("FED326", (declaration) => {
  const texts = itemsOf(declaration).map((given) => {
    const role = readRole(given);
    return role === undefined ? undefined : roleText(role);
  });
  const verb = declaration.kind === "DatabaseRole" ? "inherited" : "granted";
  return texts.map((text, index) =>
    text !== undefined && texts.indexOf(text) < index
      ? about(declaration, ["roles", index], { message: `the role ${text} is ${verb} twice` })
      : undefined,
  );
});

function itemsOf({ inputs: { roles } }: Declaration): readonly unknown[] {
  return Array.isArray(roles) ? roles : [];
}

export const grantedRolesRules = family({
  codes,
  declarations: [grantedRole, roleTwice],
  programs: [],
});
