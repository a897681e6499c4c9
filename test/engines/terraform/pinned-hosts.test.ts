import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT } from "../../support/ids.ts";
import { describeTerraform } from "../../support/terraform.ts";
import { stack } from "./stack.ts";

const EVIL = "https://ops.evil.example:8443";

const role = (name: string, more = "") => `
resource "mongofed_database_role" "${name}" {
  project_id = "${PROJECT}"
  role_name  = "${name}"
  roles      = ["read@app"]
  ${more}
}
`;

describeTerraform("the host of the credentials that a provider block names", () => {
  test("is confirmed by the environment, or no plan and no data source sends a request", async () => {
    const { emulator, folder, ok, fails } = await stack({ "main.tf": role("orders") });
    const head = await readFile(join(folder.path, "provider.tf"), "utf8");
    const block = (baseUrl: string, credentials: string) =>
      head.replace("{\n  plane", `{\n  credentials = "env:${credentials}"\n  base_url = "${baseUrl}"\n  plane`);
    await folder.write({ "provider.tf": block(emulator.url, "MONGODB_ATLAS") });
    await ok("apply", "-auto-approve");
    emulator.clearRequests();

    // A changed line, a second block with a new resource, and a read.
    await folder.write({ "provider.tf": block(EVIL, "MONGODB_ATLAS") });
    const refusal = `does not confirm the base URL ${EVIL} for the credentials MONGODB_ATLAS: MONGODB_ATLAS_BASE_URL names another one`;
    expect(await fails("plan")).toContain(refusal);
    expect(await fails("plan", "-refresh=false")).toContain(refusal);
    expect(emulator.requests()).toEqual([]);
    const alias = `provider "mongofed" {\n  alias = "second"\n  credentials = "env:OPS_EU"\n  base_url = "${EVIL}"\n}\n`;
    const second = "provider = mongofed.second";
    await folder.write({
      "provider.tf": block(emulator.url, "MONGODB_ATLAS") + alias,
      "main.tf": role("orders") + role("more", second),
    });
    const offline = await ok("plan");
    expect(offline, "without the keys nothing can be sent").toContain("the environment holds no OPS_EU_… credentials");
    await folder.write({
      "provider.tf": block(emulator.url, "MONGODB_ATLAS") + alias.replace("OPS_EU", "MONGODB_ATLAS"),
      "main.tf": `${role("orders")}
data "mongofed_database_role" "more" {
  project_id = "${PROJECT}"
  role_name  = "orders"
  ${second}
}
`,
    });
    expect(await fails("plan")).toContain(refusal);
  });
});
