import * as pulumi from "@pulumi/pulumi";
import {
  connection,
  DatabaseRole,
  entraGroup,
  entraUser,
  entraWorkforce,
  FederatedUser,
  IdentityProvider,
  OidcRole,
  ProjectTls,
} from "mongofed";

const config = new pulumi.Config();
const projectId = config.require("projectId");
const reportsProjectId = config.require("reportsProjectId");
// The application that people log in with, as the overview of its app registration in Entra ID shows it.
const application = { tenantId: config.require("tenantId"), applicationId: config.require("applicationId") };

// The orders project. Its processes were raised to preferTLS by an earlier run, and all clients use TLS.
new ProjectTls("tls", {
  projectId,
  mode: "requireTLS",
  caFilePath: "/etc/mongodb/ca.pem",
  clusterCaFilePath: "/etc/mongodb/cluster-ca.pem",
  clientCertificateMode: "OPTIONAL",
});

// Access follows the groups of the directory.
const staff = new IdentityProvider("staff", {
  projectId,
  configurationName: "corp-entra",
  ...entraWorkforce(application),
});

new OidcRole("dba", {
  identityProvider: staff,
  group: entraGroup(config.require("dbaGroup")),
  roles: ["readWrite@orders", "clusterMonitor@admin"],
  // No built-in role allows only this: end another user's runaway query.
  privileges: [{ resource: { cluster: true }, actions: ["inprog", "killop"] }],
  // From the company's network, and nowhere else.
  authenticationRestrictions: [{ clientSource: ["10.0.0.0/8", "192.168.1.17"] }],
});

const support = new DatabaseRole("support", {
  projectId,
  roleName: "order-support",
  privileges: [{ resource: { database: "orders", collection: "orders" }, actions: ["find", "update"] }],
});

new OidcRole("support", {
  identityProvider: staff,
  group: entraGroup(config.require("supportGroup")),
  roles: [{ role: support.roleName, database: "admin" }],
});

// The reports project: the same people, let in one by one.
const readers = new IdentityProvider("readers", {
  projectId: reportsProjectId,
  configurationName: "corp-entra-users",
  ...entraWorkforce({ ...application, authorizationType: "USER" }),
});

new FederatedUser("analyst", {
  identityProvider: readers,
  principal: entraUser(config.require("analyst")),
  roles: ["read@reports"],
  authenticationRestrictions: [{ clientSource: ["10.20.0.0/16"], serverAddress: ["10.0.1.5"] }],
});

const deployment = {
  hosts: ["db0.example.com:27017", "db1.example.com:27017", "db2.example.com:27017"],
  replicaSet: "rs0",
  // Where people keep the certificate of the company's own authority.
  tlsCaFile: "/etc/ssl/certs/example-corp.pem",
};

/** For the wiki: the commands of the shell, and what to enter in Compass, field by field. */
export const { mongosh, compass } = connection(staff, deployment);
