import type { Finding } from "../../schema/finding.ts";
import { containsUnknown } from "../../schema/unknown.ts";
import { finding } from "../rules/index.ts";
import type { Comparison } from "./compare.ts";
import type { Props } from "./definition.ts";
import { printed } from "./drift.ts";

/** Whether a resource may take over an object that is there already, and whether it may change it then. */
export function adoptionOf({ adopt }: Props): "no" | "equal" | "overwrite" {
  if (adopt === "overwrite") return "overwrite";
  return adopt === true ? "equal" : "no";
}

/** What to do about an object that is there, in the words of a resource that does not adopt. */
export const ADOPT_HINT =
  'If it is to belong to this stack, set adopt: true, which takes it over if it is equal (adopt: "overwrite" also changes it). If this stack made it and the program has renamed the resource, declare aliases: [{ name: "<the old name>" }].';

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
    why: rowsOf(differences, secrets).join("\n"),
  });
}

/**
 * ```
 * adopt  IdentityProvider "staff" (corp-entra) takes over corp (5f1e…)
 *          audience  live "api://old"  wanted "api://corp"  up changes it
 * ```
 */
export function formatAdoption(
  subject: string,
  what: string,
  differences: readonly Comparison[] = [],
  secrets: readonly string[] = [],
): string {
  const rows = rowsOf(differences, secrets).map((row) => `         ${row}  up changes it`);
  const unchanged = rows.length === 0 ? ", which stays as it is" : "";
  return [`adopt  ${subject} takes over ${what}${unchanged}`, ...rows].join("\n");
}

function rowsOf(differences: readonly Comparison[], secrets: readonly string[]): string[] {
  const cells = differences.map(({ property, live, wanted }) => {
    const print = secrets.includes(property) ? () => "[secret]" : printed;
    return [property, `live ${print(live)}`, `wanted ${print(wanted)}`] as const;
  });
  const widths = ([0, 1, 2] as const).map((column) => Math.max(0, ...cells.map((row) => row[column].length)));
  return cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
}
