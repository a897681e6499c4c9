/** Access through an identity provider that exists before the configuration, under the real CLI. */

import { expect, test } from "vitest";
import { FEDERATION, ORG, PROJECT } from "../../support/ids.ts";
import { describeTerraform } from "../../support/terraform.ts";
import { stack, writes } from "./stack.ts";

const place = { atlas: `federation_settings_id = "${FEDERATION}"`, "cloud-manager": `project_id = "${PROJECT}"` };
type Plane = keyof typeof place;

const provider = (plane: Plane, more = "") => `
resource "mongofed_identity_provider" "apps" {
  ${place[plane]}
  idp_type           = "WORKLOAD"
  configuration_name = "apps"
  issuer_uri         = "https://idp.example.com"
  audience           = "mongodb"
  authorization_type = "USER"
  ${more}
}
`;
const connection = (more = "") => `
resource "mongofed_org_connection" "platform" {
  org_id            = "${ORG}"
  identity_provider = mongofed_identity_provider.apps.reference
  ${more}
}
`;
const user = (through: string, more = "") => `
resource "mongofed_federated_user" "app" {
  project_id        = "${PROJECT}"
  identity_provider = ${through}
  principal         = "app:1"
  roles             = ["read@app"]
  ${more}
}
`;
const data = (plane: Plane) => `
data "mongofed_identity_provider" "apps" {
  ${place[plane]}
  configuration_name = "apps"
}
`;
const OWN = {
  atlas: "mongofed_org_connection.platform.identity_provider",
  "cloud-manager": "mongofed_identity_provider.apps.reference",
};

describeTerraform("an identity provider that exists", () => {
  test.each(["atlas", "cloud-manager"] as const)(
    "is adopted with all that depends on it, compared in one plan: %s",
    async (plane) => {
      const all = (more = "", usersMore = more) =>
        provider(plane, more) + (plane === "atlas" ? connection(more) : "") + user(OWN[plane], usersMore);
      const { ok, fails, folder, emulator, unchanged } = await stack({ "main.tf": all() }, plane);
      await ok("apply", "-auto-approve");
      writes(emulator);
      await folder.write({ "terraform.tfstate": "" });
      await folder.write({ "main.tf": all("adopt = true", "") });
      expect(await fails("plan")).toMatch(/FED221 already-exists: principal app:1 through apps/);
      const other = all("adopt = true").replace("read@app", "readWrite@app");
      await folder.write({ "main.tf": other });
      expect(await fails("plan")).toMatch(/FED225 /);
      await folder.write({ "main.tf": all("adopt = true") });
      const printed = await ok("plan", "-out=saved");
      expect(printed.match(/adopt: /g)?.length).toBe(plane === "atlas" ? 3 : 2);
      await ok("apply", "saved");
      await unchanged();
      expect(writes(emulator)).toEqual([]);
      await ok("destroy", "-auto-approve");
    },
  );

  test.each(["atlas", "cloud-manager"] as const)("grants access through its data source: %s", async (plane) => {
    const own = provider(plane) + (plane === "atlas" ? connection() : "");
    const { ok, folder, unchanged } = await stack({ "main.tf": own }, plane);
    await ok("apply", "-auto-approve");
    await folder.write({ "main.tf": own + data(plane) + user("data.mongofed_identity_provider.apps.reference") });
    expect(await ok("plan")).not.toContain("FED206");
    await ok("apply", "-auto-approve");
    await unchanged();
  });
});
