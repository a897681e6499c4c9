import { type Phrase, phrase } from "../../schema/phrase.ts";
import { PLANE_KINDS, PRODUCTS } from "../../schema/plane.ts";
import { FindingError } from "../findings.ts";
import { finding, type PlaneKind } from "../rules/index.ts";
import type { AtlasPlane, ControlPlane, ProjectPlane } from "./control-plane.ts";

/**
 * The control plane as Atlas, where something is Atlas's alone.
 *
 * @param what for the message: `an OrgConnection`
 * @throws FindingError FED206
 */
export function onAtlas(plane: ControlPlane, what: Phrase): AtlasPlane {
  if (plane.name === "atlas") return plane;
  throw wrongPlane(plane, phrase`${what} exists on MongoDB Atlas only`);
}

/** The same for what belongs to a project of Cloud Manager or Ops Manager. */
export function onProjects(plane: ControlPlane, what: Phrase): ProjectPlane {
  if (plane.name !== "atlas") return plane;
  throw wrongPlane(plane, phrase`${what} exists on Cloud Manager and Ops Manager only`);
}

/** Whose rules hold there. */
export function kindOf({ name }: ControlPlane): PlaneKind {
  return PLANE_KINDS[name];
}

function wrongPlane(plane: ControlPlane, message: Phrase): FindingError {
  const speaks = `this run uses ${PRODUCTS[plane.name]} at ${plane.baseUrl} (credentials from ${plane.credentialsSource})`;
  return new FindingError([finding("FED206", { message: phrase`${message}, and ${speaks}` })]);
}
