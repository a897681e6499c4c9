import { expect, test } from "vitest";
import { FEDERATION, ORG, PROJECT } from "../../support/ids.ts";
import { describeTerraform } from "../../support/terraform.ts";
import { stack } from "./stack.ts";

const ENTRA = "https://login.microsoftonline.com/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0/v2.0";

/** The values that deserve a warning are those of variables, or written out. */
const main = (value: (name: string, text: string) => string) => `
resource "mongofed_identity_provider" "staff" {
  federation_settings_id = "${FEDERATION}"
  idp_type               = "WORKFORCE"
  configuration_name     = "staff"
  issuer_uri             = "${ENTRA}"
  audience               = "8d9e0f1a-2b3c-4d5e-8f60-718293a4b5c6"
  client_id              = "mongodb"
  authorization_type     = "GROUP"
  user_claim             = ${value("user_claim", "email")}
}
resource "mongofed_identity_provider" "apps" {
  federation_settings_id = "${FEDERATION}"
  idp_type               = "WORKLOAD"
  configuration_name     = "apps"
  issuer_uri             = "${ENTRA}"
  audience               = "1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9"
  authorization_type     = "USER"
}
resource "mongofed_identity_provider" "google" {
  federation_settings_id = "${FEDERATION}"
  idp_type               = "WORKLOAD"
  configuration_name     = "google"
  issuer_uri             = "https://accounts.google.com"
  audience               = "mongodb"
  authorization_type     = "USER"
}
resource "mongofed_org_connection" "staff" {
  org_id            = "${ORG}"
  identity_provider = mongofed_identity_provider.staff.reference
}
resource "mongofed_org_connection" "apps" {
  org_id            = "${ORG}"
  identity_provider = mongofed_identity_provider.apps.reference
}
resource "mongofed_org_connection" "google" {
  org_id            = "${ORG}"
  identity_provider = mongofed_identity_provider.google.reference
}
resource "mongofed_oidc_role" "name" {
  project_id        = "${PROJECT}"
  identity_provider = mongofed_org_connection.staff.identity_provider
  group             = ${value("group", "DBA Team")}
  roles             = ["read@app"]
}
resource "mongofed_oidc_role" "path" {
  project_id        = "${PROJECT}"
  identity_provider = mongofed_org_connection.staff.identity_provider
  group             = ${value("path", "/dba")}
  roles             = ["read@app"]
}
resource "mongofed_federated_user" "application" {
  project_id        = "${PROJECT}"
  # Refers to no connection, so Terraform may plan it before the connection.
  identity_provider = mongofed_identity_provider.apps.reference
  principal         = ${value("application", "1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9")}
  roles             = ["read@app"]
}
resource "mongofed_federated_user" "mail" {
  project_id        = "${PROJECT}"
  identity_provider = mongofed_org_connection.google.identity_provider
  principal         = ${value("mail", "app@shop.iam.gserviceaccount.com")}
  roles             = ["read@app"]
}
`;

const variables: string[] = [];
const fromVariables = main((name, text) => {
  variables.push(`variable "${name}" {\n  default = "${text}"\n}\n`);
  return `var.${name}`;
});
const writtenOut = main((_, text) => JSON.stringify(text));
/** Terraform prints warnings of one text as one. */
const CODES = ["FED219", "FED301", "FED304", "FED305", "FED308"];

const codesIn = (printed: string) => {
  const alone = [...printed.matchAll(/Warning: (?<code>FED\d+)/g)].map(({ groups }) => groups?.code ?? "");
  return alone.sort();
};

describeTerraform("advice about a value", () => {
  test.each([
    ["a variable", fromVariables + variables.join("")],
    ["a literal", writtenOut],
  ])("appears in the plan, once, for %s", async (_, text) => {
    const { ok, folder } = await stack({ "main.tf": text });
    expect(codesIn(await ok("plan"))).toEqual(CODES);
    const module = await folder.run("plan", "-json");
    expect(module.stdout.match(/"summary":"FED219/g)).toHaveLength(1);
    expect(codesIn(await ok("apply", "-auto-approve"))).toEqual(CODES);
  });

  test("stops the plan of access through an identity provider that no organization is connected to", async () => {
    const without = writtenOut.replace(/resource "mongofed_org_connection" "apps" \{[^}]*\}\n/, "");
    const { folder } = await stack({ "main.tf": without });
    const { stdout, stderr, code } = await folder.run("plan");
    expect(code).toBe(1);
    expect((stdout + stderr).match(/FED31[34] [a-z-]+: [^\n]*/g)).toEqual([
      expect.stringMatching(/^FED314 .* apps/),
      expect.stringMatching(/^FED313 .*: apps is not connected/),
    ]);
  });
});
