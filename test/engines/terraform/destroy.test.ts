/** A destroy deletes everything that was created, however incomplete the last apply was. Under the real CLI. */

import { expect, test } from "vitest";
import type { Emulator } from "../../../provider/emulator/index.ts";
import { FEDERATION, ORG, OTHER_ORG, PROJECT } from "../../support/ids.ts";
import { describeTerraform } from "../../support/terraform.ts";
import { stack } from "./stack.ts";

const provider = {
  atlas: `federation_settings_id = "${FEDERATION}"`,
  "cloud-manager": `project_id = "${PROJECT}"`,
};

const main = (plane: "atlas" | "cloud-manager", more = "") => `
resource "mongofed_identity_provider" "apps" {
  ${provider[plane]}
  idp_type           = "WORKLOAD"
  configuration_name = "apps"
  issuer_uri         = "https://idp.example.com"
  audience           = "mongodb"
  authorization_type = "USER"
}
resource "mongofed_database_role" "orders" {
  project_id = "${PROJECT}"
  role_name  = "orders"
  roles      = ["read@app"]
}
resource "mongofed_federated_user" "app" {
  project_id        = "${PROJECT}"
  identity_provider = mongofed_identity_provider.apps.reference
  principal         = "app:2"
  roles             = ["\${mongofed_database_role.orders.role_name}@admin"]
}
${more}
`;
const connection = `
resource "mongofed_org_connection" "platform" {
  org_id            = "${ORG}"
  identity_provider = mongofed_identity_provider.apps.reference
}
`;

/** Rules and tokens that stop a plan, and objects that were never created. */
const broken = `
resource "mongofed_database_role" "xgen" {
  project_id = "${PROJECT}"
  role_name  = "xgen-orders"
  roles      = ["noSuchRole@admin"]
}
resource "mongofed_token_check" "who" {
  tokens = {
    "an app" = {
      claims = jsonencode({ sub = "app:3" })
      expect = { accepted = mongofed_identity_provider.apps.configuration_name }
    }
  }
  identity_providers = [mongofed_identity_provider.apps.configuration_name]
  access             = [mongofed_federated_user.app.principal]
}
`;
const taken = `
resource "mongofed_database_role" "taken" {
  project_id = "${PROJECT}"
  role_name  = "taken"
  roles      = ["read@app"]
}
`;

describeTerraform("terraform destroy", () => {
  test.each(["atlas", "cloud-manager"] as const)("deletes what a failed apply has created: %s", async (plane) => {
    const made = await stack({ "main.tf": main(plane, plane === "atlas" ? connection : "") }, plane);
    const { emulator, ok, fails, folder, state } = made;
    const before = objects(emulator);
    const fault = { kind: "status", status: 400, when: "before-commit" } as const;
    const path = plane === "atlas" ? "databaseUsers" : "automationConfig";
    emulator.inject({
      match: { method: plane === "atlas" ? "POST" : "PUT", path },
      fault,
      nth: plane === "atlas" ? 1 : 2,
    });
    await fails("apply", "-auto-approve");
    emulator.clearFaults();
    await folder.write({ "main.tf": main(plane, broken) });
    await fails("plan");
    await ok("plan", "-destroy");
    await ok("destroy", "-auto-approve");
    expect(JSON.parse(await state())).toMatchObject({ resources: [] });
    expect(objects(emulator)).toEqual(before);
  });

  test("needs no normal plan where the command is not to be seen, and refusals say so", async () => {
    const { ok, fails, folder, emulator } = await stack({ "main.tf": main("atlas", connection) });
    await ok("apply", "-auto-approve");
    // Somebody else has made what this configuration declares by now.
    emulator.edit({
      edit: "add-custom-role",
      projectId: PROJECT,
      role: { roleName: "taken", actions: [], inheritedRoles: [] },
    } as never);
    await folder.write({ "main.tf": main("atlas", connection + taken) });
    const refused = await folder.runAs("infra", "destroy", "-auto-approve");
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/FED221[\s\S]*terraform destroy -refresh=false/),
    });
    expect(await fails("plan")).not.toContain("-refresh=false");
    expect(await folder.runAs("infra", "destroy", "-auto-approve", "-refresh=false")).toMatchObject({ code: 0 });
    expect(emulator.world().atlas.customDbRoles).toMatchObject([{ roleName: "taken" }]);
  });

  test("refuses a deletion for that object only, and works on what is gone already", async () => {
    const { ok, fails, folder, emulator, state } = await stack({ "main.tf": main("atlas", connection + taken) });
    await ok("apply", "-auto-approve");
    const id = String(emulator.world().atlas.federations[0]?.identityProviders[0]?.id);
    emulator.edit({ edit: "connect", orgId: OTHER_ORG, identityProviderId: id });
    emulator.edit({ edit: "remove-custom-role", projectId: PROJECT, roleName: "taken" });
    expect(await fails("destroy", "-auto-approve")).toMatch(/FED214 /);
    const { resources } = JSON.parse(await state()) as { resources: { type: string }[] };
    expect(resources.map(({ type }) => type)).toEqual(["mongofed_identity_provider"]);
    emulator.edit({ edit: "disconnect", orgId: OTHER_ORG, identityProviderId: id });
    await folder.write({ "main.tf": "" });
    await ok("apply", "-auto-approve", "-destroy");
    expect(emulator.world().atlas.federations[0]?.identityProviders).toEqual([]);
  });
});

function objects(emulator: Emulator): unknown {
  const { atlas, cloudManager } = emulator.world();
  const documents = cloudManager.deployments.map(({ automationConfig }) => JSON.parse(automationConfig ?? "{}"));
  return [
    atlas.databaseUsers,
    atlas.customDbRoles,
    atlas.federations.map(({ identityProviders }) => identityProviders),
    documents.map(({ roles, auth }) => [roles, auth.usersWanted, auth.oidcProviderConfigs]),
  ];
}
