import * as pulumi from "@pulumi/pulumi";
import { IdentityProvider, OrgConnection } from "mongofed";

const config = new pulumi.Config();

// Google needs no registration: every program on Google Cloud can ask for a token with any audience, and the driver
// asks for this one. Choose what nobody else uses.
const apps = new IdentityProvider("apps", {
  federationSettingsId: config.require("federationSettingsId"),
  idpType: "WORKLOAD",
  configurationName: "google-cloud",
  description: "Programs on Google Cloud",
  issuerUri: "https://accounts.google.com",
  audience: "mongodb.example.com",
  authorizationType: "USER",
});

new OrgConnection("apps", {
  orgId: config.require("orgId"),
  identityProvider: apps,
});

export const reference = apps.reference;
