import { expect, test } from "vitest";
import { FEDERATION } from "../../support/ids.ts";
import { describeTerraform } from "../../support/terraform.ts";
import { stack, writes } from "./stack.ts";

const main = (issuer: string) => `
resource "mongofed_identity_provider" "apps" {
  federation_settings_id = "${FEDERATION}"
  idp_type               = "WORKLOAD"
  configuration_name     = "apps"
  issuer_uri             = "${issuer}"
  audience               = "mongodb"
  authorization_type     = "USER"
}
`;

describeTerraform("an issuer that no token carries", () => {
  test("stops the plan of a new identity provider, and warns about an existing one", async () => {
    const wrong = { "main.tf": main("https://accounts.google.com/") };
    const { emulator, folder, ok, fails } = await stack(wrong);
    expect(await fails("plan")).toMatch(/FED231[\s\S]*tokens of Google carry the issuer/);
    expect(writes(emulator)).toEqual([]);

    await folder.write({ "main.tf": main("https://accounts.google.com") });
    await ok("apply", "-auto-approve");
    await folder.write(wrong);
    expect(await ok("plan")).toMatch(/Warning: FED232/);
  });
});
