/** The life of a configuration for Cloud Manager under the real CLI. */

import { expect, test } from "vitest";
import { PROJECT } from "../../support/ids.ts";
import { describeTerraform } from "../../support/terraform.ts";
import { stack, writes } from "./stack.ts";

const main = `
variable "label" {
  default = "corp-entra"
}


variable "allow" {
  default = false
}

resource "mongofed_identity_provider" "staff" {
  project_id         = "${PROJECT}"
  idp_type           = "WORKFORCE"
  configuration_name = var.label
  issuer_uri         = "https://idp.example.com"
  audience           = "api://corp"
  client_id          = "mongodb"
  authorization_type = "GROUP"
  allow_lockout      = var.allow
}

resource "mongofed_oidc_role" "dba" {
  identity_provider           = mongofed_identity_provider.staff.reference
  group                       = "dba"
  roles                       = ["readWrite@app"]
  privileges                  = [{ resource = { cluster = true }, actions = ["serverStatus"] }]
  authentication_restrictions = [{ client_source = ["10.0.0.0/8"] }]
}

resource "mongofed_project_tls" "tls" {
  project_id           = "${PROJECT}"
  ca_file_path         = "/etc/mongodb/corp-ca.pem"
  cluster_ca_file_path = ""
}
`;

describeTerraform("Terraform", () => {
  test("keeps a project of Cloud Manager, and everything that is not its own", async () => {
    const { emulator, ok, fails, unchanged } = await stack({ "main.tf": main }, "cloud-manager");
    const document = () => emulator.world().cloudManager.deployments[0]?.automationConfig ?? "";
    const foreign = document();

    // All of a reference is known before anything is there: it has no id but its name.
    expect(await ok("plan")).toMatch(
      /identity_provider +=? *\{\n[^}]*configuration_name = "corp-entra"[^}]*project_id/,
    );
    expect(await ok("apply", "-auto-approve")).toContain("3 added, 0 changed, 0 destroyed");
    expect(document()).toContain("corp-entra/dba");
    await unchanged();

    // The name never changes: another one is another identity provider, and its people are shut out in between.
    expect(await fails("plan", "-var=label=corp")).toMatch(/FED224 [\s\S]*dba[\s\S]*main.tf line/);
    writes(emulator);
    expect(await ok("apply", "-auto-approve", "-var=label=corp", "-var=allow=true")).toMatch(
      /A configuration name cannot change, so apply deletes corp-entra[\s\S]*2 added, 0 changed, 2 destroyed/,
    );
    expect(document()).toContain("corp/dba");
    await unchanged("-var=label=corp", "-var=allow=true");

    await ok("destroy", "-auto-approve", "-var=label=corp", "-var=allow=true");
    expect(document()).not.toMatch(/corp/);
    expect(JSON.parse(document()).roles).toEqual(JSON.parse(foreign).roles);
  });
});
