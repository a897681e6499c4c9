import { PRODUCTS } from "../../schema/plane.ts";
import { FindingError } from "../findings.ts";
import { finding, type PlaneKind } from "../rules/index.ts";
import type { AtlasPlane, ControlPlane, ProjectPlane } from "./control-plane.ts";

/**
 * The control plane as Atlas, where something is Atlas's alone.
 *
 * @param what for the message: `an OrgConnection`
 * @throws FindingError FED206
 */
export function onAtlas(plane: ControlPlane, what: string): AtlasPlane {
  if (plane.name === "atlas") return plane;
  throw wrongPlane(plane, `${what} exists on MongoDB Atlas only`);
}

/** The same for what belongs to a project of Cloud Manager or Ops Manager. */
export function onProjects(plane: ControlPlane, what: string): ProjectPlane {
  if (plane.name !== "atlas") return plane;
  throw wrongPlane(plane, `${what} exists on Cloud Manager and Ops Manager only`);
}

/** Whose rules hold there. */
export function kindOf({ name }: ControlPlane): PlaneKind {
  return name === "atlas" ? "atlas" : "project";
}

function wrongPlane(plane: ControlPlane, message: string): FindingError {
  const speaks = `this run speaks to ${PRODUCTS[plane.name]} at ${plane.baseUrl} (credentials from ${plane.credentialsSource})`;
  return new FindingError([finding("FED206", { message: `${message}, and ${speaks}` })]);
}
