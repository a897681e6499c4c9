import { expect, onTestFinished, test } from "vitest";
import { builtProvider } from "../../support/built-provider.ts";
import { FEDERATION, IDP, PROJECT } from "../../support/ids.ts";
import { connectedOrganization, GRANTING_ROLES, LISTING_ROLE } from "../../support/project-keys.ts";
import { describeTerraform, terraformFolder } from "../../support/terraform.ts";

describeTerraform("in an organization that another configuration connected", () => {
  test("keys with one role in the project alone grant access, list it, or are told the missing role", async () => {
    const { emulator, keyOf } = await connectedOrganization();
    const provider = await builtProvider();
    const main = `
terraform {
  required_providers {
    mongofed = { source = "${provider.source}" }
  }
}
provider "mongofed" {
  wait = "off"
}
resource "mongofed_oidc_role" "dba" {
  project_id = "${PROJECT}"
  identity_provider = {
    federation_settings_id = "${FEDERATION}"
    identity_provider_id   = "${IDP}"
    configuration_name     = "corp"
    idp_type               = "WORKFORCE"
    authorization_type     = "GROUP"
  }
  group = "dba"
  roles = ["readWrite@app"]
}
`;
    const folderOf = async (role: Parameters<typeof keyOf>[0]) => {
      const folder = await terraformFolder({ "main.tf": main }, provider, { env: keyOf(role) });
      onTestFinished(() => folder[Symbol.asyncDispose]());
      return folder;
    };
    for (const role of GRANTING_ROLES) {
      const folder = await folderOf(role);
      expect(await folder.run("apply", "-auto-approve"), role).toMatchObject({ code: 0 });
      expect(await folder.run("plan", "-detailed-exitcode"), role).toMatchObject({ code: 0 });
      expect(emulator.world().atlas.databaseUsers, role).toHaveLength(1);
      expect(await folder.run("destroy", "-auto-approve"), role).toMatchObject({ code: 0 });
      expect(emulator.world().atlas.databaseUsers, role).toEqual([]);
    }
    const reader = await folderOf(LISTING_ROLE);
    expect(await reader.run("plan")).toMatchObject({ code: 0 });
    const refused = await reader.run("apply", "-auto-approve");
    expect(refused.code).toBe(1);
    expect(refused.stdout + refused.stderr).toMatch(/FED412[\s\S]*Project Database/);
    expect(emulator.world().atlas.databaseUsers).toEqual([]);
  });
});
