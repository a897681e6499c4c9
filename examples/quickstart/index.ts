import * as pulumi from "@pulumi/pulumi";
import { IdentityProvider, OrgConnection } from "mongofed";

const config = new pulumi.Config();

// The application that people log in with, as it is registered in Entra ID.
const tenantId = "8f1c2a54-3b6d-4e0f-9a7b-5c4d3e2f1a0b";
const applicationId = "0d9e8f7a-6b5c-4d3e-2f1a-0b9c8d7e6f5a";

const staff = new IdentityProvider("staff", {
  federationSettingsId: config.require("federationSettingsId"),
  idpType: "WORKFORCE",
  configurationName: "corp-entra",
  description: "People of Example Corp",
  issuerUri: `https://login.microsoftonline.com/${tenantId}/v2.0`,
  audience: applicationId,
  clientId: applicationId,
  requestedScopes: [`${applicationId}/.default`, "offline_access"],
  associatedDomains: ["example.com"],
  authorizationType: "GROUP",
});

new OrgConnection("platform", {
  orgId: config.require("orgId"),
  identityProvider: staff,
});

/** For the stacks of other teams: what they need to grant access through this identity provider. */
export const corp = staff.reference;
