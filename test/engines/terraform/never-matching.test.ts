import { expect, test } from "vitest";
import { FEDERATION, PROJECT } from "../../support/ids.ts";
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

  test("stops the plan of a replacement, and of an adoption that finds nothing, and warns about an adopted one", async () => {
    const slash = "https://accounts.google.com/";
    const provider = (name: string, issuer: string, more = "") => ({
      "main.tf": `
resource "mongofed_identity_provider" "apps" {
  project_id         = "${PROJECT}"
  idp_type           = "WORKLOAD"
  configuration_name = "${name}"
  issuer_uri         = "${issuer}"
  audience           = "mongodb"
  authorization_type = "USER"
  ${more}
}
`,
    });
    const { emulator, folder, ok, fails } = await stack(provider("apps", slash, "adopt = true"), "cloud-manager");
    expect(await fails("plan")).toMatch(/FED231/);
    await folder.write(provider("apps", "https://accounts.google.com"));
    await ok("apply", "-auto-approve");
    await folder.write(provider("programs", slash));
    expect(await fails("plan")).toMatch(/FED231/);
    await folder.write(provider("apps", "https://accounts.google.com"));
    await ok("destroy", "-auto-approve");

    const entry = {
      authNamePrefix: "theirs-too",
      issuerUri: slash,
      audience: "mongodb",
      userClaim: "sub",
      supportsHumanFlows: false,
      useAuthorizationClaim: false,
    };
    emulator.edit({ edit: "put-automation-entry", projectId: PROJECT, list: "oidcProviderConfigs", entry });
    await folder.write(provider("theirs-too", slash, "adopt = true"));
    const plan = await ok("plan");
    expect(plan).toMatch(/Warning: FED232/);
    expect(plan).not.toContain("FED231");
    await ok("apply", "-auto-approve");
  });
});
