import type { AuthorizationType } from "../../schema/identity-provider.ts";
import { containsUnknown, isUnknown, UNKNOWN } from "../../schema/unknown.ts";
import { planeOf } from "./plane.ts";
import { inProjects } from "./plane-rules.ts";
import { type Declaration, known, ofKind, type Program } from "./program.ts";
import {
  connectionsOf,
  definedRole,
  definitionsAround,
  definitionsOf,
  definitionsWithoutName,
  grantedRoles,
  type ProviderKey,
  projectIn,
  providerOf,
} from "./relations.ts";

/** Declarations that live rules take into account, because the same run may apply them. `UNKNOWN` stands for an unknown one. */
interface RelatedDeclarationsOfAccess {
  /** User-defined roles that the program defines in the project, `reader@admin`: those that the declaration names. */
  readonly roles: readonly string[];
  /** Organizations that the program connects to the identity provider, or may connect. */
  readonly connects: readonly string[];
  /** Whether the program itself makes the identity provider. In Atlas only if it adopts none. */
  readonly makesProvider?: true;
  /** The same of an identity provider that is unknown as a whole: the program makes all that it declares. */
  readonly makesUnknownProvider?: true;
}

interface RelatedDeclarationsOfProvider {
  /** Principals that the program grants access through the identity provider. They belong to this stack. */
  readonly principals: readonly DeclaredPrincipal[];
  /** Other identity providers that the program declares in the same project with the same issuer, by their names. */
  readonly sameIssuer?: readonly string[];
  /** Whether the program gives its project a TLS CA file. */
  readonly setsCaFile?: true;
}

/** `projectId` and `who` are UNKNOWN where they are not known yet. */
export interface DeclaredPrincipal {
  readonly projectId: string;
  readonly by: AuthorizationType;
  readonly who: string;
}

/** Other declarations that matter to the live rules of a resource; one kind of resource has a part of them. */
export type RelatedDeclarations = Partial<RelatedDeclarationsOfAccess & RelatedDeclarationsOfProvider>;

/**
 * Finds the related declarations of one. They hold no secrets: the program holds UNKNOWN in place of a secret.
 *
 * @param isWhole whether the program holds every declaration of the run
 */
export function relatedDeclarationsOf(
  program: Program,
  declaration: Declaration,
  isWhole = false,
): RelatedDeclarations {
  switch (declaration.kind) {
    case "IdentityProvider":
      return {
        principals: principalsThrough(program, declaration),
        ...sameIssuer(program, declaration),
        ...(setsCaFile(program, declaration) ? { setsCaFile: true } : {}),
      };
    case "OrgConnection":
      return {
        principals: principalsThrough(program, declaration),
        ...(makesProvider(program, declaration) ? { makesProvider: true } : {}),
      };
    case "OidcRole":
    case "FederatedUser":
      return {
        roles: definedRoles(program, declaration),
        connects: connectedOrgs(program, declaration),
        ...(makesProvider(program, declaration) ? { makesProvider: true } : {}),
        ...(isWhole && makesUnknownProvider(program, declaration) ? { makesUnknownProvider: true } : {}),
      };
    case "DatabaseRole":
      return { roles: definedRoles(program, declaration), connects: [] };
    case "ProjectTls":
    case "TokenCheck":
      return {};
  }
}

/** Only the names that matter to it, for a program may hold a thousand users and a hundred roles. */
function definedRoles(program: Program, declaration: Declaration): string[] {
  const named = containsUnknown(declaration.inputs.roles)
    ? definitionsAround(program, declaration)
    : [
        ...grantedRoles(declaration).flatMap((role) => definitionsOf(program, declaration, role)),
        ...definitionsWithoutName(program, declaration),
      ];
  return [...new Set(named.map((role) => definedRole(role) ?? UNKNOWN))];
}

/** In Atlas, one that adopts may be connected already. It is met in the preview if issuer and audience are known. */
function makesProvider(program: Program, declaration: Declaration): boolean {
  const provider = providerOf(program, declaration);
  return typeof provider === "object" && (planeOf(provider) === "project" || isMade(provider));
}

function isMade({ inputs: { adopt, issuerUri, audience } }: Declaration): boolean {
  return !(adopt && [issuerUri, audience].some(isUnknown));
}

function makesUnknownProvider(program: Program, declaration: Declaration): boolean {
  if (providerOf(program, declaration) !== undefined) return false;
  const providers = ofKind(program, "IdentityProvider");
  return providers.length > 0 && providers.every((one) => planeOf(one) === "atlas" && isMade(one));
}

/** Nothing, where there is none: most programs have one identity provider, and all of them a thousand users. */
function sameIssuer(program: Program, provider: Declaration): Pick<RelatedDeclarationsOfProvider, "sameIssuer"> {
  const issuer = known(provider, "issuerUri");
  const others = inProjects(program)
    .filter(([projectId]) => projectId === known(provider, "projectId"))
    .flatMap(([, providers]) => providers)
    .filter((other) => other !== provider && issuer !== undefined && known(other, "issuerUri") === issuer);
  if (others.length === 0) return {};
  return { sameIssuer: others.map((other) => known(other, "configurationName") ?? UNKNOWN) };
}

function setsCaFile(program: Program, provider: Declaration): boolean {
  const { projectId } = provider.inputs;
  return ofKind(program, "ProjectTls").some(
    ({ inputs }) => inputs.projectId === projectId && Boolean(inputs.caFilePath || inputs.caFilePathWindows),
  );
}

function connectedOrgs(program: Program, declaration: Declaration): string[] {
  const { certain, maybe } = connectionsOf(program, declaration);
  const orgs = certain.map((connection) => known(connection, "orgId") ?? UNKNOWN);
  return [...new Set([...orgs, ...maybe.map((connection) => known(connection, "orgId") ?? UNKNOWN)])];
}

/**
 * Access whose provider is not known yet is left out: it counts as foreign, so that a lockout is rather refused once
 * too often than once too rarely.
 */
function principalsThrough(program: Program, declaration: Declaration): readonly DeclaredPrincipal[] {
  const key = providerOf(program, declaration);
  return key === undefined ? [] : (principalsOf(program).get(key) ?? []);
}

const principals = new WeakMap<Program, ReadonlyMap<ProviderKey | undefined, readonly DeclaredPrincipal[]>>();

/** By identity provider; made once, since each of a provider's connections asks for the same. */
function principalsOf(program: Program): ReadonlyMap<ProviderKey | undefined, readonly DeclaredPrincipal[]> {
  const made = principals.get(program);
  if (made !== undefined) return made;
  const access = [...ofKind(program, "OidcRole"), ...ofKind(program, "FederatedUser")];
  const grouped = new Map(
    [...Map.groupBy(access, (grant) => providerOf(program, grant))].map(([key, grants]) => [
      key,
      grants.map(principal),
    ]),
  );
  principals.set(program, grouped);
  return grouped;
}

function principal(grant: Declaration): DeclaredPrincipal {
  return grant.kind === "OidcRole"
    ? { projectId: projectIn(grant), by: "GROUP", who: known(grant, "group") ?? UNKNOWN }
    : { projectId: projectIn(grant), by: "USER", who: known(grant, "principal") ?? UNKNOWN };
}
