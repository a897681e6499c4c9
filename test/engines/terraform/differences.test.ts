import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { PROJECT } from "../../support/ids.ts";
import { describeTerraform } from "../../support/terraform.ts";
import { issue, key, NOW } from "../../tokens/issuer.ts";
import { stack } from "./stack.ts";

const wanted = Array.from({ length: 30 }, (_, index) => `read@app-${index}`);
const role = (more = "") => `
resource "mongofed_database_role" "orders" {
  project_id = "${PROJECT}"
  role_name  = "orders"
  roles      = ${JSON.stringify(wanted)}
  ${more}
}
`;

describeTerraform("a plan", () => {
  test("names what was added to a list and removed from it: drift, FED225 and adoption", async () => {
    const { emulator, folder, ok, fails } = await stack({ "main.tf": role() });
    await ok("apply", "-auto-approve");
    const inherited = [...wanted.slice(1), "read@by-hand"].map((name) => ({ role: "read", db: name.slice(5) }));
    emulator.edit({
      edit: "update-custom-role",
      projectId: PROJECT,
      roleName: "orders",
      fields: { inheritedRoles: inherited },
    });
    expect(await ok("plan")).toMatch(/drift: [\s\S]*added +"read@by-hand"\s+removed "read@app-0"/);
    await ok("state", "rm", "mongofed_database_role.orders");
    await folder.write({ "main.tf": role("adopt = true") });
    expect(await fails("plan")).toMatch(/FED225[\s\S]*added +"read@app-0"\s+removed "read@by-hand"/);
    await folder.write({ "main.tf": role('adopt = "overwrite"') });
    expect(await ok("plan")).toMatch(/adopt: [\s\S]*added +"read@app-0"\s+removed "read@by-hand"/);
  });
});

describeTerraform("the snippet of the examples with an ephemeral token", () => {
  test("checks a real token, takes it again for a saved plan, and keeps it out of plan and state", async () => {
    const readme = await readFile(new URL("../../../examples/terraform/README.md", import.meta.url), "utf8");
    const [, snippet] = /## Tokens[\s\S]*?```hcl\n([\s\S]*?)```/.exec(readme) ?? [];
    const provider = `
resource "mongofed_identity_provider" "staff" {
  federation_settings_id = "5f1ed0c0ffee5f1ed0c0ffe3"
  idp_type               = "WORKFORCE"
  configuration_name     = "corp"
  issuer_uri             = "https://idp.example.com"
  audience               = "mongodb"
  client_id              = "mongodb"
  authorization_type     = "GROUP"
}
`;
    const jwks = JSON.stringify({ keys: [key.jwk] });
    const { folder, ok, fails, state } = await stack({ "main.tf": `${provider}${snippet}`, "jwks.json": jwks });
    const token = issue({ iat: NOW, exp: NOW + 3600 });
    const given = `-var=dba_token=${token}`;
    const plan = await ok("plan", "-out=saved", given);
    const applied = await ok("apply", given, "saved");
    const files = await readFile(`${folder.path}/saved`, "latin1");
    for (const text of [plan, applied, files, await state()]) expect(text).not.toContain(token);
    expect(await fails("plan", `-var=dba_token=${issue({ aud: "other" })}`)).toMatch(/FED\d+/);
  });
});
