import { z } from "zod";
import { authenticationRestrictionSchema } from "./authentication-restrictions.ts";
import { planeSchema } from "./plane.ts";
import { privilegeSchema } from "./privileges.ts";

/** Who has access: the form of `mongofed access --json`. */

const roleSchema = z.strictObject({
  /** `readWrite@app` */
  role: z.string(),
  /** The roles that lead to it, from the grant down. Empty for a role of the grant itself. */
  through: z.array(z.string()),
  /** Neither built in nor found in the project: its privileges are unknown. */
  isUnknown: z.boolean(),
  privileges: z.array(
    z.strictObject({ ...privilegeSchema.shape, resource: z.union([privilegeSchema.shape.resource, z.literal("*")]) }),
  ),
});
export type AccessRole = z.infer<typeof roleSchema>;

export const ACCESS_NOTES = {
  "provider-gone": "cannot log in: its identity provider does not exist",
  "provider-unknown": "its identity provider could not be read",
  "provider-not-connected": "cannot log in: its identity provider is not connected to the organization",
  expired: "expired",
  "unknown-role": "a role that it names does not exist",
  "unread-role": "a role that it names could not be read",
  duplicate: "the same id has a grant through another identity provider in the project",
} as const;

const accessRowSchema = z.strictObject({
  who: z.strictObject({
    /** `principal`: its identity provider is not known, so it may be a person or a program. */
    kind: z.enum(["group", "person", "program", "principal"]),
    id: z.string(),
    name: z.string().optional(),
    members: z.array(z.string()).optional(),
  }),
  /** The identity provider. Without a name, only the prefix of the principal is known. */
  through: z.strictObject({ prefix: z.string(), name: z.string().optional() }),
  project: z.strictObject({ id: z.string(), name: z.string() }),
  /** The roles of the grant, and below each the roles that it inherits. */
  roles: z.array(roleSchema),
  /** Privileges of the grant itself. */
  privileges: z.array(privilegeSchema),
  /** Access that reaches beyond data of single databases, by the role or privilege that gives it. */
  farReaching: z.array(z.string()),
  restrictions: z.array(authenticationRestrictionSchema),
  /** Empty: all clusters. */
  clusters: z.array(z.string()),
  /** ISO 8601. */
  expires: z.string().optional(),
  /** The stacks whose states hold the grant. Missing if no state was given. */
  managedBy: z.array(z.string()).optional(),
  notes: z.array(z.enum(Object.keys(ACCESS_NOTES) as [keyof typeof ACCESS_NOTES])),
});
export type AccessRow = z.infer<typeof accessRowSchema>;
export type AccessNote = AccessRow["notes"][number];

export const accessReportSchema = z.strictObject({
  format: z.literal("mongofed access 1"),
  /** ISO 8601. */
  time: z.string(),
  version: z.string(),
  plane: planeSchema,
  host: z.string(),
  /** The place and the id of the credentials, without the secret. */
  key: z.string(),
  organizations: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  filters: z.record(z.string(), z.string()),
  projects: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  /** Everything that the key may not read. The report is incomplete if this holds anything. */
  unread: z.array(
    z.strictObject({
      subject: z.string(),
      /** The id of the project, if it is one. */
      project: z.string().optional(),
      needs: z.string(),
      error: z.string(),
    }),
  ),
  rows: z.array(accessRowSchema),
  /** Database users that log in by other means. */
  otherUsers: z.array(z.strictObject({ name: z.string(), authentication: z.string(), project: z.string() })),
});
export type AccessReport = z.infer<typeof accessReportSchema>;
