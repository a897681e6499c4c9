import { type GrantedRole, grantedRoleSchema, parseRole, ROLES_DATABASE } from "../../schema/roles.ts";
import { isUnknown, UNKNOWN } from "../../schema/unknown.ts";
import { groupBy } from "./group-by.ts";
import { type Declaration, known, ofKind, type Program } from "./program.ts";

/**
 * Identifies an identity provider across its users: its declaration if this program declares it, else its id.
 * `undefined` while both are unknown.
 */
export type ProviderKey = Declaration | string;

/** Who belongs to whom, looked up once a program: a thousand users must not each search through all of it. */
interface Relations {
  readonly providersByName: ReadonlyMap<string, readonly Declaration[]>;
  readonly connections: ReadonlyMap<ProviderKey | undefined, readonly Declaration[]>;
  /** By role, then by project; `undefined` are those whose name is not known yet. */
  readonly definitions: ReadonlyMap<string | undefined, ReadonlyMap<string, readonly Declaration[]>>;
}

const relations = new WeakMap<Program, Relations>();

function relationsOf(program: Program): Relations {
  const made = relations.get(program) ?? relate(program);
  relations.set(program, made);
  return made;
}

function relate(program: Program): Relations {
  const providersByName = new Map(groupBy(ofKind(program, "IdentityProvider"), (provider) => nameKey(provider.inputs)));
  const connections = Map.groupBy(ofKind(program, "OrgConnection"), (connection) => keyOf(providersByName, connection));
  const definitions = new Map(
    [...Map.groupBy(ofKind(program, "DatabaseRole"), definedRole)].map(([role, declarations]) => [
      role,
      Map.groupBy(declarations, projectIn),
    ]),
  );
  return { providersByName, connections, definitions };
}

/** The identity provider that a declaration uses; an `IdentityProvider` stands for itself. */
export function providerOf(program: Program, declaration: Declaration): ProviderKey | undefined {
  if (declaration.kind === "IdentityProvider") return declaration;
  return keyOf(relationsOf(program).providersByName, declaration);
}

/** A plain reference names a resource of the program too, if the program has it. */
function keyOf(
  providersByName: ReadonlyMap<string, readonly Declaration[]>,
  declaration: Declaration,
): ProviderKey | undefined {
  if (declaration.identityProvider !== undefined) return declaration.identityProvider;
  const reference = referenceOf(declaration);
  const named = providersByName.get(nameKey(reference) ?? "") ?? [];
  if (named.length === 1) return named[0];
  const id = reference.identityProviderId ?? nameKey(reference);
  return typeof id === "string" && !isUnknown(id) ? id : undefined;
}

/** The plain value that was given as `identityProvider`; nothing is in it where a resource or an unknown stands. */
export function referenceOf({ inputs: { identityProvider } }: Declaration): Readonly<Record<string, unknown>> {
  return typeof identityProvider === "object" && identityProvider !== null ? { ...identityProvider } : {};
}

function nameKey(inputs: Readonly<Record<string, unknown>>): string | undefined {
  const parts = [inputs.federationSettingsId ?? inputs.projectId, inputs.configurationName, inputs.idpType];
  return parts.every((part) => typeof part === "string" && !isUnknown(part)) ? JSON.stringify(parts) : undefined;
}

/**
 * The connections of the program that connect the provider of `declaration`. `maybe` are those of which it is not
 * known yet whether they do.
 */
export function connectionsOf(
  program: Program,
  declaration: Declaration,
): { readonly certain: readonly Declaration[]; readonly maybe: readonly Declaration[] } {
  const { connections } = relationsOf(program);
  const key = providerOf(program, declaration);
  if (key === undefined) return { certain: [], maybe: [...connections.values()].flat() };
  return { certain: connections.get(key) ?? [], maybe: connections.get(undefined) ?? [] };
}

/** The roles that `declaration` grants or inherits, as far as they are known and can be read. */
export function grantedRoles(declaration: Declaration): GrantedRole[] {
  const { roles } = declaration.inputs;
  if (!Array.isArray(roles)) return [];
  return roles.flatMap((given) => readRole(given) ?? []);
}

/** One role as it was given; `undefined` where it has another shape, cannot be read or is not known yet. */
export function readRole(given: unknown): GrantedRole | undefined {
  const checked = grantedRoleSchema.safeParse(given);
  if (!checked.success) return undefined;
  const role = parseRole(checked.data);
  return role === undefined || Object.values(role).some(isUnknown) ? undefined : role;
}

/**
 * The `DatabaseRole`s of the program that define a role in the project of `declaration`, also where one of the two
 * projects is not known yet.
 */
export function definitionsOf(program: Program, declaration: Declaration, role: GrantedRole): readonly Declaration[] {
  const byProject = relationsOf(program).definitions.get(roleKey(role.role, role.database));
  return byProject === undefined ? [] : inProject(byProject, declaration);
}

/** All `DatabaseRole`s of the program in the project of `declaration`, by the same measure. */
export function definitionsAround(program: Program, declaration: Declaration): readonly Declaration[] {
  return [...relationsOf(program).definitions.values()].flatMap((byProject) => inProject(byProject, declaration));
}

/** The `DatabaseRole`s among them whose name is not known yet. */
export function definitionsWithoutName(program: Program, declaration: Declaration): readonly Declaration[] {
  const byProject = relationsOf(program).definitions.get(undefined);
  return byProject === undefined ? [] : inProject(byProject, declaration);
}

function inProject(
  byProject: ReadonlyMap<string, readonly Declaration[]>,
  declaration: Declaration,
): readonly Declaration[] {
  const project = projectIn(declaration);
  if (project === UNKNOWN) return [...byProject.values()].flat();
  return [...(byProject.get(project) ?? []), ...(byProject.get(UNKNOWN) ?? [])];
}

/** Its project, perhaps that of the identity provider. UNKNOWN also where the project is missing or no text: another rule reports that. */
export function projectIn(declaration: Declaration): string {
  const { identityProvider: made } = declaration;
  const through = made === undefined ? referenceOf(declaration).projectId : made.inputs.projectId;
  return known(declaration, "projectId") ?? (typeof through === "string" ? through : UNKNOWN);
}

/** A role as those who grant it know it; `undefined` while a part of it is not known. */
export function definedRole(declaration: Declaration): string | undefined {
  const name = known(declaration, "roleName");
  const database = declaration.inputs.database === undefined ? ROLES_DATABASE : known(declaration, "database");
  return name === undefined || database === undefined ? undefined : roleKey(name, database);
}

/** The same text for the same role: no database holds an `@`, while a role may. */
function roleKey(role: string, database: string): string {
  return `${role}@${database}`;
}
