import { finding } from "../../rules/index.ts";
import type { Context, Props } from "../definition.ts";
import { warn } from "../findings.ts";
import { known } from "../known.ts";

/** The name that MongoDB's Kubernetes operator gives itself, in all of its editions. */
const OPERATOR = /kubernetes|operator/i;

/** FED273: an operator that owns the automation config would overwrite changes. Each project is asked once a run. */
export async function warnOfOperator(context: Context, { projectId: given }: Props): Promise<void> {
  const plane = context.plane();
  const projectId = known(given);
  if (plane.name === "atlas" || projectId === undefined) return;
  const system = await plane.projects.externalSystem(projectId);
  if (system === undefined || !OPERATOR.test(system)) return;
  warn(context, [finding("FED273", { message: `project ${projectId} is managed by ${system}` })]);
}
