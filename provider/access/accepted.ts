import { z } from "zod";
import type { AccessRow } from "../../schema/access-report.ts";
import type { Failure } from "./failures.ts";
import { rowOf } from "./rows-text.ts";

/** A row that somebody has approved. It does not fail a run. */
const acceptedSchema = z.array(
  z.strictObject({
    /** The id of the group or principal. */
    who: z.string().min(1),
    kind: z.enum(["group", "person", "program", "principal"]),
    /** The name of the identity provider, or the prefix of one that is unknown. */
    through: z.string().min(1),
    /** The name or the id of the project. */
    project: z.string().min(1),
    /** The roles of the grant. Another role needs another approval. */
    roles: z.array(z.string().min(1)),
    reason: z.string().min(1),
    approver: z.string().min(1),
    /** ISO 8601. From then on the row fails again. */
    expires: z.iso.date().or(z.iso.datetime()),
  }),
);
export type Accepted = z.infer<typeof acceptedSchema>[number];

/** The file does not hold accepted rows. */
export class AcceptedFileError extends Error {
  override readonly name = "AcceptedFileError";
}

/** @throws AcceptedFileError */
export function readAccepted(text: string): Accepted[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new AcceptedFileError(`is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const checked = acceptedSchema.safeParse(parsed);
  if (checked.success) return checked.data;
  const issues = checked.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new AcceptedFileError(`is not a list of accepted rows: ${issues.join("; ")}`);
}

export function isAccepted(row: AccessRow, accepted: readonly Accepted[], now: number): boolean {
  const { who, through, project } = row;
  const roles = rowOf(row).roles.map(({ name }) => name);
  return accepted.some(
    (one) =>
      one.who === who.id &&
      one.kind === who.kind &&
      (one.through === through.name || one.through === through.prefix) &&
      (one.project === project.id || one.project === project.name) &&
      one.roles.toSorted().join("\n") === roles.toSorted().join("\n") &&
      Date.parse(one.expires) > now,
  );
}

/** The reasons of `--fail-on` that hold for a row. Unknown is not a reason. */
export function failuresOf({ managedBy, notes, farReaching }: AccessRow): Failure[] {
  return [
    ...(managedBy?.length === 0 ? (["unmanaged"] as const) : []),
    ...(notes.includes("provider-gone") || notes.includes("expired") || notes.includes("provider-not-connected")
      ? (["orphaned"] as const)
      : []),
    ...(farReaching.length > 0 ? (["admin"] as const) : []),
  ];
}
