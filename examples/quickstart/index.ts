import * as pulumi from "@pulumi/pulumi";
import { entraWorkforce, IdentityProvider, OrgConnection } from "mongofed";

const config = new pulumi.Config();

const staff = new IdentityProvider("staff", {
  federationSettingsId: config.require("federationSettingsId"),
  configurationName: "corp-entra",
  description: "People of Example Corp",
  // The application that people log in with, as the overview of its app registration in Entra ID shows it.
  ...entraWorkforce({ tenantId: config.require("tenantId"), applicationId: config.require("applicationId") }),
});

new OrgConnection("platform", {
  orgId: config.require("orgId"),
  identityProvider: staff,
});

/** For the stacks of other teams: what they need to grant access through this identity provider. */
export const corp = staff.reference;
