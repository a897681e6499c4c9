import type { PlaneKind } from "../../schema/plane.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import type { Declaration, Program } from "./program.ts";
import { projectIn, referenceOf } from "./relations.ts";

/** Which one a declaration shows by itself that it is for: by where its identity provider belongs. */
export function planeOf(declaration: Declaration): PlaneKind | undefined {
  switch (declaration.kind) {
    case "IdentityProvider":
      return placeOf(declaration.inputs);
    case "OrgConnection":
      return "atlas";
    case "OidcRole":
    case "FederatedUser":
      return providerPlaneOf(declaration);
    case "ProjectTls":
      return "project";
    case "DatabaseRole":
    case "TokenCheck":
      return undefined;
  }
}

/** The one of the identity provider that a declaration uses. */
export function providerPlaneOf(declaration: Declaration): PlaneKind | undefined {
  return placeOf(declaration.identityProvider?.inputs ?? referenceOf(declaration));
}

/** One that belongs to both, or to neither, is wrong and tells nothing. */
function placeOf(inputs: Readonly<Record<string, unknown>>): PlaneKind | undefined {
  const inFederation = inputs.federationSettingsId !== undefined || inputs.identityProviderId !== undefined;
  const inProject = inputs.projectId !== undefined;
  if (inFederation === inProject) return undefined;
  return inFederation ? "atlas" : "project";
}

/** The same where the program tells: a project that others of it are in belongs to one control plane. */
export function planeIn(program: Program, declaration: Declaration): PlaneKind | undefined {
  return planeOf(declaration) ?? planesOf(program).get(projectIn(declaration));
}

const planes = new WeakMap<Program, ReadonlyMap<string, PlaneKind | undefined>>();

/** By project; `undefined` where declarations contradict each other. */
function planesOf(program: Program): ReadonlyMap<string, PlaneKind | undefined> {
  const made = planes.get(program);
  if (made !== undefined) return made;
  const found = new Map<string, PlaneKind | undefined>();
  for (const declaration of program.declarations) {
    const plane = planeOf(declaration);
    const project = projectIn(declaration);
    if (plane === undefined || project === UNKNOWN) continue;
    found.set(project, found.has(project) && found.get(project) !== plane ? undefined : plane);
  }
  planes.set(program, found);
  return found;
}
