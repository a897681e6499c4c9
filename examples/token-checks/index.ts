import * as pulumi from "@pulumi/pulumi";
import { DatabaseRole, fromEnv, IdentityProvider, OidcRole, OrgConnection, TokenCheck } from "mongofed";

const config = new pulumi.Config();
const projectId = config.require("projectId");
const audience = config.require("audience");

const staff = new IdentityProvider("staff", {
  federationSettingsId: config.require("federationSettingsId"),
  idpType: "WORKFORCE",
  configurationName: "corp",
  issuerUri: config.require("issuer"),
  audience,
  clientId: audience,
  authorizationType: "GROUP",
});
new OrgConnection("platform", { orgId: config.require("orgId"), identityProvider: staff });

new OidcRole("dba", {
  projectId,
  identityProvider: staff,
  group: config.require("dbaGroup"),
  roles: ["readWrite@app", "clusterMonitor@admin"],
});
const reader = new DatabaseRole("orders reader", {
  projectId,
  roleName: "orders-reader",
  privileges: [{ resource: { database: "app", collection: "orders" }, actions: ["find"] }],
});
new OidcRole("support", {
  projectId,
  identityProvider: staff,
  group: "support",
  roles: [{ role: reader.roleName, database: "admin" }],
});

// Claims alone say what a token of such a person would hold: nothing to sign, to keep or to renew.
new TokenCheck("who gets in", {
  tokens: {
    "a DBA": {
      claims: { sub: "ada", groups: ["dba", "everybody"] },
      expect: { accepted: staff, roles: ["clusterMonitor@admin", "readWrite@app"], can: ["insert app.orders"] },
    },
    "somebody of support": {
      claims: { sub: "grace", groups: ["support"] },
      expect: { accepted: staff, can: ["find app.orders"], cannot: ["write", "find app.customers"] },
    },
    "an intern": {
      claims: { sub: "ivan", groups: ["interns"] },
      expect: { accepted: staff, roles: [], cannot: ["find"] },
    },
    "a token for another application": {
      claims: { aud: "wiki", sub: "ada", groups: ["dba"] },
      expect: { refused: "FED132" },
    },
  },
});

// A real token shows what claims that are written by hand cannot: what the identity provider really puts into it, and
// whether its keys fit. A pipeline fetches both right before the preview; whoever has none previews without.
if (process.env.DBA_JWT) {
  new TokenCheck("a real token", {
    tokens: {
      "the pipeline's own": {
        token: fromEnv("DBA_JWT"),
        keys: fromEnv("ISSUER_JWKS"),
        at: "now",
        expect: { accepted: staff, can: ["insert app.orders"] },
      },
    },
  });
}
