import * as pulumi from "@pulumi/pulumi";
import { FederatedUser, googleCloud, googleServiceAccount, IdentityProvider, OrgConnection } from "mongofed";

const config = new pulumi.Config();

// Google needs no registration: every program on Google Cloud can ask for a token with any audience, and the driver
// asks for this one. Choose what nobody else uses.
const apps = new IdentityProvider("apps", {
  federationSettingsId: config.require("federationSettingsId"),
  configurationName: "google-cloud",
  description: "Programs on Google Cloud",
  ...googleCloud({ audience: config.require("audience") }),
});

new OrgConnection("apps", { orgId: config.require("orgId"), identityProvider: apps });

// By its number: the mail address of a service account can be given to another one once the first is deleted.
const orders = new FederatedUser("orders", {
  projectId: config.require("projectId"),
  identityProvider: apps,
  principal: googleServiceAccount(config.require("serviceAccountId")),
  roles: ["readWrite@orders", "read@catalogue.products"],
  description: "The order service, on Cloud Run",
});

/** For the service's configuration: nothing of it is secret. */
export const { uri, minimumDrivers } = orders.connection({
  runsOn: "cloud-run",
  host: config.require("host"),
  database: "orders",
});
