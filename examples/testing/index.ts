import * as pulumi from "@pulumi/pulumi";
import { IdentityProvider, OrgConnection } from "mongofed";

const config = new pulumi.Config();
const federationSettingsId = config.require("federationSettingsId");
const orgId = config.require("orgId");

const staff = new IdentityProvider("staff", {
  federationSettingsId,
  idpType: "WORKFORCE",
  configurationName: "corp",
  issuerUri: "https://login.example.com",
  audience: "mongodb",
  clientId: "mongodb",
  requestedScopes: ["openid", "offline_access"],
  authorizationType: "GROUP",
});
new OrgConnection("staff", { orgId, identityProvider: staff });

// Contractors have an identity provider of their own, and an organization of their own to use it in.
const contractorsOrgId = config.get("contractorsOrgId");
if (contractorsOrgId !== undefined) {
  const contractors = new IdentityProvider("contractors", {
    federationSettingsId,
    idpType: "WORKFORCE",
    configurationName: "contractors",
    issuerUri: "https://login.contractors.example",
    audience: "mongodb",
    clientId: "mongodb",
    authorizationType: "GROUP",
  });
  new OrgConnection("contractors", { orgId: contractorsOrgId, identityProvider: contractors });
}

export const corp = staff.reference;
