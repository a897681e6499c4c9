import type { Finding } from "../../../schema/finding.ts";
import type { Difference } from "../../../schema/report.ts";
import { containsUnknown } from "../../../schema/unknown.ts";
import { differenceRows } from "../../reports.ts";
import { finding } from "../../rules/index.ts";
import type { Props } from "../definition.ts";
import type { Comparison } from "../state/compare.ts";

/** Whether a resource may take over an object that is there already, and whether it may change it then. */
export function adoptionOf({ adopt }: Props): "no" | "equal" | "overwrite" {
  if (adopt === "overwrite") return "overwrite";
  return adopt === true ? "equal" : "no";
}

/** Where the object is not what is declared; what is not known yet is compared when it is. */
export function differencesOf(comparisons: readonly Comparison[]): readonly Comparison[] {
  return comparisons.filter(({ differs, wanted }) => differs && !containsUnknown(wanted));
}

/** FED225: the object differs, and may not be changed. */
export function adoptionDiffers(what: string, differences: readonly Comparison[], secrets: readonly string[]): Finding {
  const [first] = differences;
  const inputs = differences.length === 1 ? "one input" : `${differences.length} inputs`;
  return finding("FED225", {
    path: differences.length === 1 && first !== undefined ? first.property : "",
    message: `${what} differs from what is declared in ${inputs}`,
    why: differenceRows(shownOf(differences, secrets)),
  });
}

/** Differences as reports and findings show them. */
export function shownOf(differences: readonly Comparison[], secrets: readonly string[]): Difference[] {
  return differences.map(({ property, live, wanted }) => ({
    property,
    live,
    wanted,
    secret: secrets.includes(property),
  }));
}
