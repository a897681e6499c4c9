import { z } from "zod";

/** The control planes, as the stack configuration (`mongofed:plane`) and a `Provider` name them. */
export const planeSchema = z.enum(["atlas", "cloud-manager", "ops-manager"]);
export type PlaneName = z.infer<typeof planeSchema>;

/** The control plane of a stack that selects none. */
export const DEFAULT_PLANE: PlaneName = "atlas";

/** How texts call them. */
export const PRODUCTS = {
  atlas: "MongoDB Atlas",
  "cloud-manager": "Cloud Manager",
  "ops-manager": "Ops Manager",
} as const satisfies Record<PlaneName, string>;

/** The button in the console of Cloud Manager and Ops Manager for which the API has no call. */
export const REVOKE_JWKS_BUTTON = "Deployment, Security, Revoke JWKS";

/** The two kinds of control planes that the model distinguishes: Atlas, or a project of Cloud Manager or Ops Manager. */
export type PlaneKind = "atlas" | "project";

/** The kind of each control plane. */
export const PLANE_KINDS = {
  atlas: "atlas",
  "cloud-manager": "project",
  "ops-manager": "project",
} as const satisfies Record<PlaneName, PlaneKind>;

const PRODUCTS_OF: Record<PlaneKind, string> = { atlas: "Atlas", project: "Cloud Manager and Ops Manager" };

export function productsOf(plane: PlaneKind): string {
  return PRODUCTS_OF[plane];
}
