import type { Kind } from "../rules/index.ts";
import { databaseRole } from "./database-role.ts";
import type { Definition } from "./definition.ts";
import { federatedUser } from "./federated-user.ts";
import { identityProvider } from "./identity-provider.ts";
import { oidcRole } from "./oidc-role.ts";
import { orgConnection } from "./org-connection.ts";
import { projectTls } from "./project-tls.ts";
import { tokenCheck } from "./token-check.ts";

export const definitions: Readonly<Record<Kind, Definition>> = {
  IdentityProvider: identityProvider,
  OrgConnection: orgConnection,
  DatabaseRole: databaseRole,
  OidcRole: oidcRole,
  FederatedUser: federatedUser,
  ProjectTls: projectTls,
  TokenCheck: tokenCheck,
};
