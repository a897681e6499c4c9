import * as pulumi from "@pulumi/pulumi";
import { IdentityProvider, OrgConnection } from "mongofed";

const config = new pulumi.Config();

// The application that people log in with, as the overview of its app registration in Entra ID shows it.
const tenantId = config.require("tenantId");
const applicationId = config.require("applicationId");

const staff = new IdentityProvider("staff", {
  federationSettingsId: config.require("federationSettingsId"),
  idpType: "WORKFORCE",
  configurationName: "corp-entra",
  description: "People of Example Corp",
  issuerUri: `https://login.microsoftonline.com/${tenantId}/v2.0`,
  audience: applicationId,
  clientId: applicationId,
  requestedScopes: [`${applicationId}/.default`, "offline_access"],
  authorizationType: "GROUP",
});

new OrgConnection("platform", {
  orgId: config.require("orgId"),
  identityProvider: staff,
});

/** For the stacks of other teams: what they need to grant access through this identity provider. */
export const corp = staff.reference;
