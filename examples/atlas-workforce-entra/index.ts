import * as pulumi from "@pulumi/pulumi";
import {
  connection,
  DatabaseRole,
  entraGroup,
  entraWorkforce,
  IdentityProvider,
  OidcRole,
  OrgConnection,
} from "mongofed";

const config = new pulumi.Config();
const projectId = config.require("projectId");
const tenantId = config.require("tenantId");
const applicationId = config.require("applicationId");

const staff = new IdentityProvider("staff", {
  federationSettingsId: config.require("federationSettingsId"),
  configurationName: "corp-entra",
  description: "People of Example Corp",
  ...entraWorkforce({ tenantId, applicationId }),
});

new OrgConnection("platform", { orgId: config.require("orgId"), identityProvider: staff });

new OidcRole("dba", {
  projectId,
  identityProvider: staff,
  group: entraGroup(config.require("dbaGroup")),
  roles: ["readWrite@app", "clusterMonitor@admin"],
});

// No built-in role allows this: read orders and correct their state, but not delete any.
const support = new DatabaseRole("support", {
  projectId,
  roleName: "order-support",
  privileges: [{ resource: { database: "app", collection: "orders" }, actions: ["find", "update"] }],
});

new OidcRole("support", {
  projectId,
  identityProvider: staff,
  group: entraGroup(config.require("supportGroup")),
  roles: [{ role: support.roleName, database: "admin" }, "read@app.customers"],
});

/** For the wiki: the commands of the shell, and what to enter in Compass, field by field. */
export const { mongosh, compass } = connection(staff, { host: config.require("host") });

/** For the stacks of other teams: what they need to grant access through this identity provider. */
export const corp = staff.reference;
