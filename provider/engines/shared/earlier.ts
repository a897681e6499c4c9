import type { Declaration } from "../../rules/index.ts";

/** FED314 concludes from a missing connection: an engine that shows one resource after another may show it later. */
export const FROM_ABSENCE: ReadonlySet<string> = new Set(["FED314"]);

/** The group or principal of a grant. Of thousands of grants, only those of the same one matter to each other. */
export function granteeOf({ kind, inputs }: Declaration): string | undefined {
  if (kind === "OidcRole") return `group ${String(inputs.group)}`;
  return kind === "FederatedUser" ? `principal ${String(inputs.principal)}` : undefined;
}
