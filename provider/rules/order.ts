import { isUnknown } from "../../schema/unknown.ts";
import { type Declaration, ofKind, type Program } from "./program.ts";
import { connectionsOf, definitionsOf, grantedRoles, providerOf } from "./relations.ts";

/**
 * Returns the declarations that must exist before another, whatever their order in the program. Deletion uses the
 * reverse order. Access waits for the connections of its provider and for its roles. A role waits for the roles that it
 * inherits, a connection for its provider, a provider for the TLS settings of its project. A declaration also waits for
 * possible matches among unknown values. The edges form no cycle: they lead from a kind to the kinds it uses, and role
 * edges that would close a cycle are dropped.
 */
export function prerequisites(program: Program, declaration: Declaration): readonly Declaration[] {
  switch (declaration.kind) {
    case "IdentityProvider":
      return tlsSettings(program, declaration);
    case "ProjectTls":
    case "TokenCheck":
      return [];
    case "OrgConnection":
      return ownProvider(program, declaration);
    case "DatabaseRole":
      return inheritance(program).get(declaration) ?? [];
    case "OidcRole":
    case "FederatedUser": {
      const { certain, maybe } = connectionsOf(program, declaration);
      return [...ownProvider(program, declaration), ...certain, ...maybe, ...definitions(program, declaration)];
    }
  }
}

/** The server wants a certificate authority where clients may log in in several ways, so it comes first and goes last. */
function tlsSettings(program: Program, declaration: Declaration): Declaration[] {
  const { projectId } = declaration.inputs;
  if (projectId === undefined) return [];
  return ofKind(program, "ProjectTls").filter(
    ({ inputs }) => inputs.projectId === projectId || isUnknown(inputs.projectId) || isUnknown(projectId),
  );
}

function ownProvider(program: Program, declaration: Declaration): Declaration[] {
  const provider = providerOf(program, declaration);
  return typeof provider === "object" ? [provider] : [];
}

function definitions(program: Program, declaration: Declaration): Declaration[] {
  return [...new Set(grantedRoles(declaration).flatMap((role) => definitionsOf(program, declaration, role)))];
}

const inheritances = new WeakMap<Program, ReadonlyMap<Declaration, readonly Declaration[]>>();

/**
 * Who inherits whom, without circles. The rules refuse real ones; one that only arises because projects are not known
 * yet must not make declarations wait for each other for ever. So an edge back to where the walk came from is left out.
 */
function inheritance(program: Program): ReadonlyMap<Declaration, readonly Declaration[]> {
  const made = inheritances.get(program);
  if (made !== undefined) return made;
  const edges = new Map<Declaration, readonly Declaration[]>();
  const walk = (role: Declaration, above: ReadonlySet<Declaration>): void => {
    if (edges.has(role)) return;
    const path = new Set(above).add(role);
    const inherited = definitions(program, role).filter((other) => !path.has(other));
    edges.set(role, inherited);
    for (const other of inherited) walk(other, path);
  };
  for (const declaration of program.declarations) {
    if (declaration.kind === "DatabaseRole") walk(declaration, new Set());
  }
  inheritances.set(program, edges);
  return edges;
}
