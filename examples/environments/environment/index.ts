import * as pulumi from "@pulumi/pulumi";
import { DatabaseRole, entraGroup, type IdentityProviderReference, OidcRole, OrgConnection, Provider } from "mongofed";

const config = new pulumi.Config();
const orgId = config.require("orgId");
const projectId = config.require("projectId");
const options = { protect: config.getBoolean("protect") ?? false };

// The platform team's export, as a value in the stack's configuration or straight from their stack.
const corp =
  config.getObject<IdentityProviderReference>("corp") ??
  new pulumi.StackReference(config.require("platformStack")).requireOutput("corp");

// To connect an organization takes its owner: a key of its own, which no other organization knows. All else is done
// with the project's key, out of the environment.
const owner = new Provider("organization", { credentials: "env:ORG_OWNER" });
new OrgConnection("corp", { orgId, identityProvider: corp }, { ...options, provider: owner });

const developers = entraGroup(config.require("developers"));
const support = new DatabaseRole(
  "order-support",
  {
    projectId,
    roleName: "order-support",
    privileges: [{ resource: { database: "app", collection: "orders" }, actions: ["find", "update"] }],
  },
  options,
);

// Who writes where is the only thing in which environments differ, and stands in their configuration.
const developersMay = config.requireObject<string[]>("developersMay");
new OidcRole("developers", { projectId, identityProvider: corp, group: developers, roles: developersMay }, options);
new OidcRole(
  "support",
  {
    projectId,
    identityProvider: corp,
    group: entraGroup(config.require("support")),
    roles: [{ role: support.roleName, database: "admin" }],
  },
  options,
);
