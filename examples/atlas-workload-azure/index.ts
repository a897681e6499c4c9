import * as pulumi from "@pulumi/pulumi";
import { entraManagedIdentity, entraWorkload, FederatedUser, IdentityProvider, OrgConnection } from "mongofed";

const config = new pulumi.Config();

// The application stands for MongoDB: tokens are for it. It needs no secret, and nobody logs in as it.
const apps = new IdentityProvider("apps", {
  federationSettingsId: config.require("federationSettingsId"),
  configurationName: "azure-apps",
  description: "Programs on Azure",
  ...entraWorkload({ tenantId: config.require("tenantId"), applicationId: config.require("applicationId") }),
});

new OrgConnection("apps", { orgId: config.require("orgId"), identityProvider: apps });

// A managed identity has two ids: tokens carry the object id, and the driver asks Azure by the client id.
const billing = new FederatedUser("billing", {
  projectId: config.require("projectId"),
  identityProvider: apps,
  principal: entraManagedIdentity(config.require("identityObjectId")),
  roles: ["readWrite@billing"],
  description: "The billing service, on its virtual machines",
});

/** For the service's configuration: nothing of it is secret. */
export const { uri, minimumDrivers, notes } = billing.connection({
  runsOn: "azure-vm",
  host: config.require("host"),
  database: "billing",
  managedIdentityClientId: config.require("identityClientId"),
});
