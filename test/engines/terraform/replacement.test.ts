/** Replacements and handovers of one object whose name stays the same, under the real CLI. */

import { expect, test } from "vitest";
import { FEDERATION, ORG, PROJECT } from "../../support/ids.ts";
import { describeTerraform } from "../../support/terraform.ts";
import { stack, writes } from "./stack.ts";

const role = (name: string, more = "") => `resource "mongofed_database_role" "${name}" {
  project_id = "${PROJECT}"
  role_name  = "payments"
  roles      = ["read@pay"]
  ${more}
}
`;
const used = (plane: "atlas" | "cloud-manager") => `
resource "mongofed_identity_provider" "apps" {
  ${plane === "atlas" ? `federation_settings_id = "${FEDERATION}"` : `project_id = "${PROJECT}"`}
  idp_type           = "WORKLOAD"
  configuration_name = "apps"
  issuer_uri         = "https://idp.example.com"
  audience           = "mongodb"
  authorization_type = "USER"
}
resource "mongofed_federated_user" "app" {
  project_id        = "${PROJECT}"
  identity_provider = ${plane === "atlas" ? "mongofed_org_connection.platform.identity_provider" : "mongofed_identity_provider.apps.reference"}
  principal         = "app:1"
  roles             = ["read@app"]
}
${
  plane === "atlas"
    ? `resource "mongofed_org_connection" "platform" {
  org_id            = "${ORG}"
  identity_provider = mongofed_identity_provider.apps.reference
}`
    : ""
}`;
const FIRST = "lifecycle { create_before_destroy = true }";
const A = "mongofed_database_role.a";

describeTerraform("a role of which only the state changes", () => {
  test("stays when tainted or replaced, with and without refresh, whichever is created first", async () => {
    for (const order of ["", FIRST]) {
      const { ok, folder, emulator, unchanged } = await stack({ "main.tf": role("a", order) });
      await ok("apply", "-auto-approve");
      writes(emulator);
      await folder.run("taint", A);
      expect(await ok("plan", "-refresh=false")).toMatch(/role payments \(.*\) is kept/);
      await ok("apply", "-auto-approve", "-refresh=false");
      await unchanged();
      await folder.run("taint", A);
      await ok("apply", "-auto-approve");
      const replaced = await ok("apply", "-auto-approve", `-replace=${A}`);
      expect(replaced).toMatch(/role payments \(.*\) is kept/);
      await folder.write({ "main.tf": role("a", `${order}\n  adopt = true`) });
      await ok("apply", "-auto-approve", `-replace=${A}`);
      await unchanged();
      await ok("plan", "-out=saved", `-replace=${A}`);
      await ok("apply", "saved");
      await unchanged();
      expect(writes(emulator)).toEqual([]);
      await ok("destroy", "-auto-approve");
      expect(emulator.world().atlas.customDbRoles).toEqual([]);
    }
  });

  test("is changed in place when it is replaced and edited, and a failed change is tried again", async () => {
    const { ok, fails, folder, emulator, unchanged } = await stack({ "main.tf": role("a") });
    await ok("apply", "-auto-approve");
    await folder.write({ "main.tf": role("a").replace("read@pay", "readWrite@pay") });
    emulator.inject({ match: { method: "PATCH" }, fault: { kind: "status", status: 400, when: "before-commit" } });
    await fails("apply", "-auto-approve", `-replace=${A}`);
    emulator.clearFaults();
    writes(emulator);
    await ok("apply", "-auto-approve");
    expect(writes(emulator)).toEqual([expect.stringMatching(/^PATCH /)]);
    await unchanged();
  });

  test("an identity provider in use keeps its id, its connection and its users when it is replaced", async () => {
    for (const plane of ["atlas", "cloud-manager"] as const) {
      const { ok, folder, emulator, unchanged } = await stack({ "main.tf": used(plane) }, plane);
      await ok("apply", "-auto-approve");
      writes(emulator);
      await ok("plan", "-out=saved", "-replace=mongofed_identity_provider.apps");
      await ok("apply", "saved");
      await folder.run("taint", "mongofed_identity_provider.apps");
      await ok("apply", "-auto-approve");
      await unchanged();
      expect(writes(emulator)).toEqual([]);
      await ok("destroy", "-auto-approve");
    }
  });

  test("passes to another address without a write where the old one is removed from the state", async () => {
    const removed = `removed {\n  from = ${A}\n  lifecycle { destroy = false }\n}\n`;
    const { ok, folder, emulator, unchanged } = await stack({ "main.tf": role("a") });
    await ok("apply", "-auto-approve");
    writes(emulator);
    await folder.write({ "main.tf": role("b", "adopt = true") + removed });
    await ok("apply", "-auto-approve");
    await unchanged();
    const back = removed.replace(".a", ".b");
    await folder.write({ "main.tf": role("a") + back });
    await ok("apply", "-auto-approve", "-refresh=false");
    await unchanged();
    // With a saved plan, and an import in place of adopt.
    await folder.write({
      "main.tf": `${role("b")}${removed}import {\n  to = mongofed_database_role.b\n  id = "${PROJECT}/payments"\n}\n`,
    });
    await ok("plan", "-out=saved");
    await ok("apply", "saved");
    await folder.write({ "main.tf": role("b") });
    await unchanged();
    await folder.write({ "main.tf": role("a", "adopt = true") + back });
    await ok("plan", "-out=saved");
    await ok("apply", "saved");
    await unchanged();
    expect(writes(emulator)).toEqual([]);
  });

  test("is refused at a second address, by adoption and by import, and a half-done rename is finished as the refusal says", async () => {
    const { ok, fails, folder, emulator, unchanged } = await stack({ "main.tf": role("a") });
    await ok("apply", "-auto-approve");
    writes(emulator);
    const imported = `import {\n  to = mongofed_database_role.b\n  id = "${PROJECT}/payments"\n}\n`;
    await folder.write({ "main.tf": role("b") + imported });
    for (const flags of [[], ["-refresh=false"]]) expect(await fails("plan", ...flags)).toContain("FED221");
    await folder.write({ "main.tf": role("a") + role("b") + imported });
    expect(await fails("plan")).toMatch(/FED330/);

    await folder.write({ "main.tf": role("b", "adopt = true") });
    await ok("apply", "-auto-approve", "-target=mongofed_database_role.b");
    for (const command of ["plan", "apply"]) {
      const refusal = await fails(command, ...(command === "apply" ? ["-auto-approve"] : []));
      expect(refusal).toMatch(/FED221 [\s\S]*payments[\s\S]*terraform state rm '<old>'/);
    }
    await folder.run("state", "rm", A);
    await unchanged();
    expect(writes(emulator)).toEqual([]);
  });

  test("is deleted by a saved plan that deletes it, and by no other", async () => {
    const { ok, fails, folder, emulator } = await stack({ "main.tf": role("a") });
    await ok("apply", "-auto-approve");
    await folder.write({ "main.tf": "" });
    await ok("plan", "-out=saved");
    await folder.write({
      "main.tf": role("a", 'privileges = [{ resource = { database = "pay", collection = "" }, actions = ["insert"] }]'),
    });
    await ok("apply", "-auto-approve");
    expect(await fails("apply", "saved")).toContain("stale");
    expect(emulator.world().atlas.customDbRoles).toHaveLength(1);
  });

  test("is refused while a deposed object stands for it too, and destroyed with it", async () => {
    const { ok, fails, folder, emulator, state, unchanged } = await stack({ "main.tf": role("a") });
    await ok("apply", "-auto-approve");
    writes(emulator);
    // As a run leaves it that is killed between a creation and the deletion after it.
    const depose = async () => {
      const found = JSON.parse(await state()) as { serial: number; resources: { instances: object[] }[] };
      for (const { instances } of found.resources) instances.push({ ...instances[0], deposed: "0a1b2c3d" });
      await folder.write({ "terraform.tfstate": JSON.stringify({ ...found, serial: found.serial + 1 }) });
    };
    await depose();
    for (const flags of [[], ["-refresh=false"]])
      expect(await fails("plan", ...flags)).toMatch(/FED221 [\s\S]*payments[\s\S]*terraform state rm/);
    await folder.run("state", "rm", A);
    await folder.write({ "main.tf": role("a", "adopt = true") });
    await ok("apply", "-auto-approve");
    await unchanged();
    expect(writes(emulator)).toEqual([]);
    await depose();
    await ok("destroy", "-auto-approve");
    expect(emulator.world().atlas.customDbRoles).toEqual([]);
  });
});
