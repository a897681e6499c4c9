import { REFERENCE } from "../../schema/token-check.ts";
import { type TokenConfig, tokenConfigSchema } from "../../schema/token-config.ts";
import { containsUnknown, isUnknown } from "../../schema/unknown.ts";
import { type Declaration, known, ofKind, type Program } from "../rules/program.ts";
import { providerOf } from "../rules/relations.ts";
import { usedProvider } from "../rules/used-provider.ts";

/** Which part of a program tokens are judged against. What is left out means all of it. */
export interface Scope {
  /** By resource or configuration name. */
  readonly identityProviders?: readonly string[] | undefined;
  /** By `accessName`. */
  readonly access?: readonly string[] | undefined;
}

/** What the declarations of a program tell a server about tokens. */
export interface ProgramConfig {
  /** `undefined` while something of it is not known. */
  readonly config?: TokenConfig;
  /** What is not known yet: `issuerUri of IdentityProvider "staff"`. */
  readonly unknown: readonly string[];
  /** Whether projects are told apart: not while an id of theirs is unknown. */
  readonly projects: boolean;
  /** Identity providers that access goes through, and of which no more than a reference is at hand. */
  readonly references: readonly string[];
  /** What `config` calls the identity provider that the program calls `given`; `undefined` if it is not in it. */
  nameOf(given: string): string | undefined;
}

/** The inputs of each kind that make a difference to a token. */
export const JUDGED_INPUTS = {
  IdentityProvider: ["issuerUri", "audience", "idpType", "authorizationType", "userClaim", "groupsClaim"],
  OidcRole: ["group", "roles", "deleteAfterDate"],
  FederatedUser: ["principal", "roles", "deleteAfterDate"],
  DatabaseRole: ["roleName", "database", "privileges", "roles"],
} as const;
type JudgedKind = keyof typeof JUDGED_INPUTS;

/** How a grant is named where a check is narrowed down to some: names are unique among those of a kind only. */
export function accessName({ kind, name }: Pick<Declaration, "kind" | "name">): string {
  return `${kind} ${name}`;
}

/** Reads a program, or a part of it, as a server would be set up by it. */
export function programConfig(program: Program, scope: Scope = {}): ProgramConfig {
  const providers = ofKind(program, "IdentityProvider").filter(
    (provider) => scope.identityProviders?.some((given) => isCalled(provider, given)) ?? true,
  );
  const names = namesOf(providers);
  const { grants, references, unknown } = grantsOf(program, scope, names);
  const roles = ofKind(program, "DatabaseRole");
  const projects = [...grants.map(({ declaration }) => declaration), ...roles].every(
    ({ inputs }) => !isUnknown(inputs.projectId),
  );
  const open = [
    ...unknown,
    ...[...providers, ...grants.map(({ declaration }) => declaration), ...roles].flatMap(unknownOf),
    ...(projects ? [] : ambiguous(roles)),
  ];
  const nameOf = (given: string) => {
    const own = providers.find((provider) => isCalled(provider, given));
    return own && names.get(own);
  };
  const answer = { unknown: open, projects, references, nameOf };
  if (open.length > 0) return answer;
  const read = (declaration: Declaration) => ({
    ...judgedInputs(declaration),
    ...(projects && typeof declaration.inputs.projectId === "string"
      ? { projectId: declaration.inputs.projectId }
      : {}),
  });
  const through = (kind: JudgedKind) =>
    grants
      .filter(({ declaration }) => declaration.kind === kind)
      .map(({ declaration, identityProvider }) => ({ ...read(declaration), identityProvider }));
  return {
    ...answer,
    config: tokenConfigSchema.parse({
      identityProviders: providers.map((provider) => ({ ...judgedInputs(provider), name: names.get(provider) })),
      groups: through("OidcRole"),
      users: through("FederatedUser"),
      databaseRoles: roles.map(read),
    }),
  };
}

interface Grant {
  readonly declaration: Declaration;
  readonly identityProvider: string;
}

function grantsOf(program: Program, scope: Scope, names: ReadonlyMap<Declaration, string>) {
  const grants: Grant[] = [];
  const references = new Set<string>();
  const unknown: string[] = [];
  for (const declaration of [...ofKind(program, "OidcRole"), ...ofKind(program, "FederatedUser")]) {
    if (!(scope.access?.includes(accessName(declaration)) ?? true)) continue;
    const provider = providerOf(program, declaration);
    if (typeof provider === "object") {
      const identityProvider = names.get(provider);
      if (identityProvider !== undefined) grants.push({ declaration, identityProvider });
    } else if (containsUnknown(declaration.inputs.identityProvider)) {
      unknown.push(`identityProvider of ${declaration.location.label}`);
    } else {
      const { name } = usedProvider(declaration);
      if (scope.identityProviders?.some((given) => withoutPrefix(given) === name) ?? true) references.add(name);
    }
  }
  return { grants, references: [...references], unknown };
}

/** A reference may also be one to what the program itself makes. */
function isCalled(provider: Declaration, given: string): boolean {
  const configurationName = known(provider, "configurationName");
  if (given.startsWith(REFERENCE)) return configurationName === withoutPrefix(given);
  return provider.name === given || configurationName === given;
}

function withoutPrefix(given: string): string {
  return given.startsWith(REFERENCE) ? given.slice(REFERENCE.length) : given;
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
    .filter((input) => containsUnknown(inputs[input]))
    .map((input) => `${input} of ${location.label}`);
}

/** Without their projects, roles of one name are not told apart. */
function ambiguous(roles: readonly Declaration[]): string[] {
  const byName = Map.groupBy(roles, (role) => JSON.stringify([role.inputs.roleName, role.inputs.database]));
  return [...byName.values()].flatMap((same) =>
    same.length < 2 ? [] : same.filter(({ inputs }) => isUnknown(inputs.projectId)).map(projectIdOf),
  );
}

function projectIdOf({ location }: Declaration): string {
  return `projectId of ${location.label}`;
}

function judgedInputs({ kind, inputs }: Declaration): Record<string, unknown> {
  return Object.fromEntries(
    JUDGED_INPUTS[kind as JudgedKind]
      .map((input) => [input, inputs[input]] as const)
      .filter(([, value]) => value !== undefined && value !== null),
  );
}
