import type { z } from "zod";
import { databaseRoleFields, databaseRoleShape } from "./database-role.ts";
import { federatedUserFields, federatedUserShape } from "./federated-user.ts";
import type { Fields } from "./fields.ts";
import { identityProviderFields, identityProviderShape } from "./identity-provider.ts";
import { oidcRoleFields, oidcRoleShape } from "./oidc-role.ts";
import { orgConnectionFields, orgConnectionShape } from "./org-connection.ts";
import { projectTlsFields, projectTlsShape } from "./project-tls.ts";
import { tokenCheckFields, tokenCheckShape } from "./token-check.ts";

/** The inputs of every kind of resource: the one list of kinds. */
export const shapes = {
  IdentityProvider: identityProviderShape,
  OrgConnection: orgConnectionShape,
  DatabaseRole: databaseRoleShape,
  OidcRole: oidcRoleShape,
  FederatedUser: federatedUserShape,
  ProjectTls: projectTlsShape,
  TokenCheck: tokenCheckShape,
} as const satisfies Record<string, z.ZodType>;

/** A kind of resource that a program can declare. */
export type Kind = keyof typeof shapes;
export const kinds = Object.keys(shapes) as Kind[];

/** The field table of every kind. */
export const fields: Readonly<Record<Kind, Fields>> = {
  IdentityProvider: identityProviderFields,
  OrgConnection: orgConnectionFields,
  DatabaseRole: databaseRoleFields,
  OidcRole: oidcRoleFields,
  FederatedUser: federatedUserFields,
  ProjectTls: projectTlsFields,
  TokenCheck: tokenCheckFields,
};
