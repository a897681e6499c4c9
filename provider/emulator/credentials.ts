import { z } from "zod";
import { objectIdSchema } from "../../schema/atlas.ts";

/** A permission of a credential: a role on an organization or a project. */
export const roleAssignmentSchema = z.union([
  z.strictObject({ orgId: objectIdSchema, roleName: z.string().regex(/^ORG_/) }),
  z.strictObject({ groupId: objectIdSchema, roleName: z.string().regex(/^GROUP_/) }),
]);

/** A programmatic API key: HTTP digest. */
export const apiKeySchema = z.strictObject({
  kind: z.literal("api-key"),
  /** How the request log calls it. */
  name: z.string().min(1),
  publicKey: z.string().min(1),
  privateKey: z.string().min(1),
  roles: z.array(roleAssignmentSchema),
});
export type ApiKey = z.infer<typeof apiKeySchema>;

/** A service account: OAuth2 client credentials. */
export const serviceAccountSchema = z.strictObject({
  kind: z.literal("service-account"),
  name: z.string().min(1),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  /** From then on no token is given out. */
  secretExpiresAt: z.iso.datetime().optional(),
  roles: z.array(roleAssignmentSchema),
});
export type ServiceAccount = z.infer<typeof serviceAccountSchema>;

export const credentialSchema = z.discriminatedUnion("kind", [apiKeySchema, serviceAccountSchema]);
export type Credential = z.infer<typeof credentialSchema>;

/** A credential without its secret: what may be shown. */
export function withoutSecret(credential: Credential): Record<string, unknown> {
  const { kind, name, roles } = credential;
  return kind === "api-key"
    ? { kind, name, publicKey: credential.publicKey, roles }
    : { kind, name, clientId: credential.clientId, roles };
}
