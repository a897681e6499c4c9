import { REFERENCE } from "../../schema/token-check.ts";
import { type TokenConfig, tokenConfigSchema } from "../../schema/token-config.ts";
import { containsUnknown, isUnknown } from "../../schema/unknown.ts";
import { type Declaration, known, ofKind, type Program } from "../rules/program.ts";
import { providerOf, referenceOf } from "../rules/relations.ts";
import { usedProvider } from "../rules/used-provider.ts";
import { unknownAudience, unknownIssuer } from "./references.ts";

/** The part of a program that tokens are checked against. A missing list means all. */
export interface Scope {
  /** By resource or configuration name. */
  readonly identityProviders?: readonly string[] | undefined;
  /** By `accessName`. */
  readonly access?: readonly string[] | undefined;
}

/** The token configuration that the declarations of a program result in. */
export interface ProgramConfig {
  /** `undefined` while something of it is not known. */
  readonly config?: TokenConfig;
  /** Unknown values: `issuerUri of IdentityProvider "staff"`. */
  readonly unknown: readonly string[];
  /** Whether projects are told apart: not while an id of theirs is unknown. */
  readonly projects: boolean;
  /** Identity providers that access goes through, and of which no more than a reference is at hand: as `config` calls them. */
  readonly references: readonly string[];
  /** The provider of claims that name none: the only one that the program declares, or else the only one that it uses. */
  readonly only?: string;
  /**
   * Returns the name in `config` of the provider that the program calls `given`, or `undefined` if `config` lacks it.
   */
  nameOf(given: string): string | undefined;
}

/** The inputs of each kind that make a difference to a token. */
export const JUDGED_INPUTS = {
  IdentityProvider: [
    "issuerUri",
    "audience",
    "idpType",
    "authorizationType",
    "userClaim",
    "groupsClaim",
    "associatedDomains",
  ],
  OidcRole: ["group", "roles", "privileges", "authenticationRestrictions", "deleteAfterDate"],
  FederatedUser: ["principal", "roles", "authenticationRestrictions", "deleteAfterDate"],
  DatabaseRole: ["roleName", "database", "privileges", "roles"],
} as const;
type JudgedKind = keyof typeof JUDGED_INPUTS;

/** Inputs that only advice reads, so no check waits until they are known. */
const MAY_BE_UNKNOWN: ReadonlySet<string> = new Set(["associatedDomains"]);

/** How a grant is named where a check is narrowed down to some: names are unique among those of a kind only. */
export function accessName({ kind, name }: Pick<Declaration, "kind" | "name">): string {
  return `${kind} ${name}`;
}

/** Reads a program, or a part of it, as a server would be set up by it. */
export function programConfig(program: Program, scope: Scope = {}): ProgramConfig {
  const providers = ofKind(program, "IdentityProvider").filter(
    (provider) => scope.identityProviders?.some((given) => isCalled(provider, given)) ?? true,
  );
  const { grants, references, unknown } = grantsOf(program, scope, providers);
  const names = namesOf([...providers, ...references.values()]);
  const roles = ofKind(program, "DatabaseRole");
  const projects = [...providers, ...grants.map(({ declaration }) => declaration), ...roles].every(
    (declaration) => !isUnknown(declaredProject(declaration)),
  );
  const open = [
    ...unknown,
    ...[...providers, ...grants.map(({ declaration }) => declaration), ...roles].flatMap(unknownOf),
    ...(projects ? [] : ambiguous(roles)),
  ];
  const nameOf = (given: string) => {
    const meant = [...providers, ...references.values()].find((provider) => isCalled(provider, given));
    return meant && names.get(meant);
  };
  const [only, ...others] = providers.length > 0 ? providers : references.values();
  const answer = {
    unknown: open,
    projects,
    references: [...references.values()].map((reference) => names.get(reference) ?? ""),
    ...(only === undefined || others.length > 0 ? {} : { only: names.get(only) ?? "" }),
    nameOf,
  };
  if (open.length > 0) return answer;
  const read = (declaration: Declaration) => {
    const projectId = declaredProject(declaration);
    return { ...judgedInputs(declaration), ...(projects && typeof projectId === "string" ? { projectId } : {}) };
  };
  const through = (kind: JudgedKind) =>
    grants
      .filter(({ declaration }) => declaration.kind === kind)
      .map(({ declaration, provider }) => ({ ...read(declaration), identityProvider: names.get(provider) }));
  return {
    ...answer,
    config: tokenConfigSchema.parse({
      identityProviders: [...providers, ...references.values()].map((provider) => ({
        ...judgedInputs(provider),
        ...identityOf(provider, names),
      })),
      groups: through("OidcRole"),
      users: through("FederatedUser"),
      databaseRoles: roles.map(read),
    }),
  };
}

interface Grant {
  readonly declaration: Declaration;
  /** The provider that it is through: declared here, or what stands for a reference. */
  readonly provider: Declaration;
}

function grantsOf(program: Program, scope: Scope, providers: readonly Declaration[]) {
  const grants: Grant[] = [];
  const references = new Map<string, Declaration>();
  const unknown: string[] = [];
  for (const declaration of [...ofKind(program, "OidcRole"), ...ofKind(program, "FederatedUser")]) {
    if (!(scope.access?.includes(accessName(declaration)) ?? true)) continue;
    const provider = providerOf(program, declaration);
    if (typeof provider === "object") {
      if (providers.includes(provider)) grants.push({ declaration, provider });
    } else if (containsUnknown(declaration.inputs.identityProvider)) {
      unknown.push(`identityProvider of ${declaration.location.label}`);
    } else {
      const reference = referencedProvider(declaration);
      if (!(scope.identityProviders?.some((given) => isCalled(reference, given)) ?? true)) continue;
      const key = JSON.stringify(reference.inputs);
      references.set(key, references.get(key) ?? reference);
      grants.push({ declaration, provider: references.get(key) ?? reference });
    }
  }
  return { grants, references, unknown };
}

/** Returns a reference as a declaration, as if the program declared the provider. */
function referencedProvider(declaration: Declaration): Declaration {
  const { name } = usedProvider(declaration);
  const inputs = {
    configurationName: name,
    ...referenceOf(declaration),
    issuerUri: unknownIssuer(name),
    audience: unknownAudience(name),
  };
  return { kind: "IdentityProvider", name, inputs, location: declaration.location };
}

/**
 * By what a server knows it: on Atlas its id, which a reference tells; in a project of Cloud Manager its configuration
 * name. A project that is not known yet is not the same as another.
 */
function identityOf(provider: Declaration, names: ReadonlyMap<Declaration, string>) {
  const name = names.get(provider) ?? provider.name;
  const id = known(provider, "identityProviderId");
  if (provider.inputs.projectId === undefined) return { name, ...(id === undefined ? {} : { prefix: id }) };
  const projectId = known(provider, "projectId") ?? `<project of ${name}>`;
  return { name, prefix: known(provider, "configurationName"), projectId };
}

/** A reference may also be one to what the program itself makes. */
function isCalled(provider: Declaration, given: string): boolean {
  const configurationName = known(provider, "configurationName");
  if (given.startsWith(REFERENCE)) return configurationName === given.slice(REFERENCE.length);
  return provider.name === given || configurationName === given;
}

/** The name that users know it by, as long as it tells them apart. */
function namesOf(providers: readonly Declaration[]): ReadonlyMap<Declaration, string> {
  const called = providers.map((provider) => known(provider, "configurationName") ?? provider.name);
  const isTwice = (name: string) => called.indexOf(name) !== called.lastIndexOf(name);
  return new Map(
    providers.map((provider, index) => {
      const name = called[index] ?? provider.name;
      return [provider, isTwice(name) ? `${name} (${provider.name}, the ${index + 1}. of the program)` : name];
    }),
  );
}

function unknownOf({ kind, inputs, location }: Declaration): string[] {
  return JUDGED_INPUTS[kind as JudgedKind]
    .filter((input) => !MAY_BE_UNKNOWN.has(input) && containsUnknown(inputs[input]))
    .map((input) => `${input} of ${location.label}`);
}

/** Without their projects, roles of one name are not told apart. */
function ambiguous(roles: readonly Declaration[]): string[] {
  const byName = Map.groupBy(roles, (role) => JSON.stringify([role.inputs.roleName, role.inputs.database]));
  return [...byName.values()].flatMap((same) =>
    same.length < 2
      ? []
      : same.filter((role) => isUnknown(declaredProject(role))).map(({ location }) => `projectId of ${location.label}`),
  );
}

/** The project of a grant or role as declared, of any type; on Cloud Manager the identity provider supplies it. */
function declaredProject(declaration: Declaration): unknown {
  const { projectId } = declaration.inputs;
  return projectId ?? declaration.identityProvider?.inputs.projectId ?? referenceOf(declaration).projectId;
}

function judgedInputs({ kind, inputs }: Declaration): Record<string, unknown> {
  return Object.fromEntries(
    JUDGED_INPUTS[kind as JudgedKind]
      .map((input) => [input, inputs[input]] as const)
      .filter(([, value]) => value !== undefined && value !== null && !containsUnknown(value)),
  );
}
