import * as pulumi from "@pulumi/pulumi";
import { FederatedUser, githubActions, githubRepository, IdentityProvider, OrgConnection } from "mongofed";

const config = new pulumi.Config();

const jobs = new IdentityProvider("jobs", {
  federationSettingsId: config.require("federationSettingsId"),
  configurationName: "github-actions",
  description: "Jobs of GitHub Actions",
  ...githubActions({ audience: config.require("audience") }),
});

new OrgConnection("jobs", { orgId: config.require("orgId"), identityProvider: jobs });

// Only jobs in the environment `production`, which GitHub starts after somebody has approved them.
const migrations = new FederatedUser("migrations", {
  projectId: config.require("projectId"),
  identityProvider: jobs,
  principal: githubRepository({
    owner: config.require("owner"),
    repository: config.require("repository"),
    environment: "production",
  }),
  roles: ["dbAdmin@app", "readWrite@app"],
  description: "Migrations of the application",
});

/** The job connects with these. examples/node-callback has the function that fetches its token. */
export const { uri, callback } = migrations.connection({ runsOn: "github-actions", host: config.require("host") });
