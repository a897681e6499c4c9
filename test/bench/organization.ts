import type { Seed } from "../../provider/emulator/index.ts";
import { FEDERATION, IDP, ORG } from "../support/ids.ts";

/** An organization whose projects grant access to groups of one identity provider, and have a role of their own. */
export function organizationOf(projectCount: number, grants: number): Seed {
  const projects = Array.from({ length: projectCount }, (_, project) => ({
    name: `project ${project}`,
    clusters: [{ name: "Cluster0" }],
    customDbRoles: [
      {
        roleName: "reader",
        actions: [{ action: "FIND", resources: [{ db: "app", collection: "" }] }],
        inheritedRoles: [],
      },
    ],
    databaseUsers: Array.from({ length: grants / projectCount }, (_, user) => ({
      username: `${IDP}/0f1e2d3c-4b5a-4978-8796-${String(project * 1000 + user).padStart(12, "0")}`,
      databaseName: "admin" as const,
      oidcAuthType: "IDP_GROUP" as const,
      roles: [{ roleName: user % 2 ? "reader" : "readWrite", databaseName: user % 2 ? "admin" : "app" }],
    })),
  }));
  const provider = {
    id: IDP,
    protocol: "OIDC" as const,
    idpType: "WORKFORCE",
    displayName: "corp",
    issuerUri: "https://idp.example.com",
    audience: "mongodb",
    clientId: "client",
    associatedDomains: ["example.com"],
    authorizationType: "GROUP",
    groupsClaim: "groups",
  };
  return {
    organizations: [{ id: ORG, name: "Bench", projects }],
    federations: [
      {
        id: FEDERATION,
        federatedDomains: ["example.com"],
        identityProviders: [provider],
        connectedOrgs: [{ orgId: ORG, dataAccessIdentityProviderIds: [IDP] }],
      },
    ],
  };
}
