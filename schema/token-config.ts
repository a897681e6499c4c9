import { z } from "zod";
import { authenticationRestrictionSchema } from "./authentication-restrictions.ts";
import { databaseRoleShape } from "./database-role.ts";
import { DEFAULT_GROUPS_CLAIM, DEFAULT_USER_CLAIM, identityProviderShape } from "./identity-provider.ts";
import { privilegeSchema } from "./privileges.ts";
import { grantedRoleSchema } from "./roles.ts";

/** An identity provider as a server knows it. */
const tokenIdentityProviderSchema = z.strictObject({
  name: z.string().min(1).meta({ description: "The name that the grants of this document and messages use." }),
  prefix: z.string().min(1).optional().meta({
    description:
      "The prefix of principals and groups: the id of the identity provider on Atlas, the configuration name on Cloud Manager. Default: not known yet, shown as `<id of NAME>`.",
  }),
  projectId: z.string().optional().meta({
    description:
      "Of Cloud Manager and Ops Manager: the project that has it. Default: every project's clusters know it.",
  }),
  idpType: identityProviderShape.shape.idpType,
  issuerUri: identityProviderShape.shape.issuerUri,
  audience: identityProviderShape.shape.audience,
  clientId: identityProviderShape.shape.clientId,
  authorizationType: identityProviderShape.shape.authorizationType,
  userClaim: z.string().min(1).default(DEFAULT_USER_CLAIM),
  groupsClaim: z.string().min(1).default(DEFAULT_GROUPS_CLAIM),
  associatedDomains: identityProviderShape.shape.associatedDomains,
});
export type TokenIdentityProvider = z.output<typeof tokenIdentityProviderSchema>;

const grant = {
  identityProvider: z.string().min(1).meta({ description: "The `name` of the identity provider of the grant." }),
  projectId: z.string().optional().meta({
    description: "The project whose clusters are meant. Roles are looked up in the same project. Default: none named.",
  }),
  roles: z.array(grantedRoleSchema).default([]),
  privileges: z.array(privilegeSchema).default([]),
  authenticationRestrictions: z.array(authenticationRestrictionSchema).default([]),
  deleteAfterDate: z.string().optional(),
};

/** The access of a group: an OidcRole. */
const tokenGroupSchema = z.strictObject({ ...grant, group: z.string().min(1) });
export type TokenGroup = z.output<typeof tokenGroupSchema>;

/** The access of one person or program: a FederatedUser. */
const tokenUserSchema = z.strictObject({ ...grant, principal: z.string().min(1) });
export type TokenUser = z.output<typeof tokenUserSchema>;

/** A role that grants, and other roles, may name: a DatabaseRole. */
const tokenDatabaseRoleSchema = z.strictObject({
  projectId: grant.projectId,
  roleName: databaseRoleShape.shape.roleName,
  database: databaseRoleShape.shape.database,
  privileges: databaseRoleShape.shape.privileges,
  roles: databaseRoleShape.shape.roles,
  authenticationRestrictions: grant.authenticationRestrictions,
});
export type TokenDatabaseRole = z.output<typeof tokenDatabaseRoleSchema>;

/** The releases that token checks distinguish, as `7.0.5`, `8.0` or `8.2.1`. */
export const serverVersionSchema = z
  .string()
  .regex(/^\d{1,2}\.\d{1,2}(\.\d{1,3})?$/, "expected a MongoDB version, such as 8.0 or 7.0.14");
export const DEFAULT_SERVER_VERSION = "8.0";

/** The configuration that tokens are checked against: all declarations of a stack, as plain data without secrets. */
export const tokenConfigSchema = z
  .strictObject({
    $schema: z.string().optional(),
    serverVersion: serverVersionSchema.default(DEFAULT_SERVER_VERSION).meta({
      description: `The MongoDB version of the clusters: 7.0 or newer. Default: ${DEFAULT_SERVER_VERSION}.`,
    }),
    identityProviders: z.array(tokenIdentityProviderSchema),
    groups: z.array(tokenGroupSchema).default([]),
    users: z.array(tokenUserSchema).default([]),
    databaseRoles: z.array(tokenDatabaseRoleSchema).default([]),
  })
  .superRefine(({ identityProviders, groups, users }, context) => {
    const names = identityProviders.map(({ name }) => name);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) === index) continue;
      context.addIssue({ code: "custom", path: ["identityProviders", index, "name"], message: `"${name}" is taken` });
    }
    for (const [list, grants] of Object.entries({ groups, users })) {
      for (const [index, { identityProvider }] of grants.entries()) {
        if (names.includes(identityProvider)) continue;
        const message = `no identity provider is called "${identityProvider}"`;
        context.addIssue({ code: "custom", path: [list, index, "identityProvider"], message });
      }
    }
  });
export type TokenConfig = z.output<typeof tokenConfigSchema>;
export type TokenConfigInput = z.input<typeof tokenConfigSchema>;

/** The JSON Schema of the document, for editors and other tools. */
export function tokenConfigJsonSchema(): object {
  return z.toJSONSchema(tokenConfigSchema, { io: "input" });
}
