import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../../../provider/cli/program.ts";
import { FEDERATION, ORG, PROJECT } from "../../support/ids.ts";
import { printedOutput } from "../../support/printed.ts";
import { describeTerraform } from "../../support/terraform.ts";
import { stack } from "./stack.ts";

const main = (reader: string, groups: Readonly<Record<string, string>>) => `
resource "mongofed_identity_provider" "staff" {
  federation_settings_id = "${FEDERATION}"
  idp_type               = "WORKFORCE"
  configuration_name     = "staff"
  issuer_uri             = "https://idp.example.com"
  audience               = "staff"
  client_id              = "mongodb"
  authorization_type     = "GROUP"
}
resource "mongofed_org_connection" "staff" {
  org_id            = "${ORG}"
  identity_provider = mongofed_identity_provider.staff.reference
}
resource "mongofed_database_role" "reader" {
  project_id = "${PROJECT}"
  role_name  = "reader"
  privileges = [{ actions = [${reader}], resource = { database = "app", collection = "" } }]
}
${Object.entries(groups)
  .map(
    ([group, roles]) => `
resource "mongofed_oidc_role" "${group}" {
  project_id        = "${PROJECT}"
  identity_provider = mongofed_org_connection.staff.identity_provider
  group             = "${group}"
  roles             = [${roles}]
  depends_on        = [mongofed_database_role.reader]
}`,
  )
  .join("\n")}`;

describeTerraform("mongofed access diff", () => {
  test("reads who gains and who loses access from a plan", async () => {
    const { folder, ok } = await stack({ "main.tf": main('"find"', { dba: '"reader"', dev: '"read@app"' }) });
    const diff = async () => {
      await ok("plan", "-out=plan");
      await writeFile(join(folder.path, "plan.json"), await ok("show", "-json", "plan"));
      const { printed, streams } = printedOutput();
      const io = { ...streams, stdin: (async function* () {})(), env: {}, cwd: folder.path };
      const args = ["access", "diff", "plan.json"];
      expect(await runCli(args, { ...io, signal: new AbortController().signal }), printed.stderr).toBe(0);
      return printed.stdout.split("\n").map((line) => line.trim().replace(/ +/g, " "));
    };
    expect(await diff()).toEqual([
      "2 groups gain access",
      `+ group dba (staff) project ${PROJECT} reader@admin`,
      `+ group dev (staff) project ${PROJECT} read@app`,
      "",
    ]);
    await ok("apply", "plan");
    expect(await diff()).toEqual(["Access does not change", ""]);
    await folder.write({ "main.tf": main('"find", "insert"', { dba: '"reader"' }) });
    expect(await diff()).toEqual([
      "1 group gains access, 1 group loses access",
      `+ group dba (staff) project ${PROJECT} insert on app (reader@admin)`,
      `- group dev (staff) project ${PROJECT} read@app`,
      "",
    ]);
  });
});
