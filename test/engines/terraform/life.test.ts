/** Whole lives of configurations under the real CLI, against the emulator. */

import { cp, readFile, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { builtProvider } from "../../support/built-provider.ts";
import { FEDERATION, ORG, OTHER_ORG, PROJECT } from "../../support/ids.ts";
import { describeTerraform } from "../../support/terraform.ts";
import { stack, writes } from "./stack.ts";

const variable = (name: string, value: string) => `variable "${name}" {\n  default = "${value}"\n}\n`;

const main = `
${variable("audience", "api://staff")}
${variable("label", "corp-entra")}
${variable("group", "dba")}
${variable("claim", "dba")}
${variable("programs", "20")}

resource "mongofed_identity_provider" "staff" {
  federation_settings_id = "${FEDERATION}"
  idp_type               = "WORKFORCE"
  configuration_name     = var.label
  issuer_uri             = "https://idp.example.com"
  audience               = var.audience
  client_id              = "mongodb"
  requested_scopes       = ["openid", "offline_access"]
  authorization_type     = "GROUP"
}

resource "mongofed_identity_provider" "apps" {
  federation_settings_id = "${FEDERATION}"
  idp_type               = "WORKLOAD"
  configuration_name     = "apps"
  issuer_uri             = "https://apps.example.com"
  audience               = "api://apps"
  authorization_type     = "USER"
}

resource "mongofed_org_connection" "staff" {
  org_id            = "${ORG}"
  identity_provider = mongofed_identity_provider.staff.reference
}

resource "mongofed_org_connection" "apps" {
  org_id            = "${ORG}"
  identity_provider = mongofed_identity_provider.apps.reference
}

resource "mongofed_database_role" "orders" {
  project_id = "${PROJECT}"
  role_name  = "orders-reader"
  privileges = [{ resource = { database = "app", collection = "orders" }, actions = ["find", "collStats"] }]
}

# Through the connection, so that it is there before.
resource "mongofed_oidc_role" "dba" {
  project_id        = "${PROJECT}"
  identity_provider = mongofed_org_connection.staff.identity_provider
  group             = var.group
  roles             = ["readWrite@app", "clusterMonitor", "\${mongofed_database_role.orders.role_name}@admin"]
  scopes            = [{ name = "cluster0" }]
}

resource "mongofed_federated_user" "programs" {
  count             = var.programs
  project_id        = "${PROJECT}"
  identity_provider = mongofed_org_connection.apps.identity_provider
  principal         = "program-\${count.index}"
  roles             = ["read@app"]
}

resource "mongofed_token_check" "who" {
  tokens = {
    "a DBA" = {
      claims = jsonencode({ sub = "d-1", groups = [var.claim] })
      expect = { accepted = mongofed_identity_provider.staff.configuration_name, can = ["insert app.x"] }
    }
    "an intern" = {
      claims            = jsonencode({ sub = "i-1", groups = ["intern-of-the-month"] })
      identity_provider = mongofed_identity_provider.staff.configuration_name
      expect            = { accepted = "true", cannot = ["find"] }
    }
  }
  identity_providers = [mongofed_identity_provider.staff.configuration_name]
  access             = [mongofed_oidc_role.dba.group]
}
`;

describeTerraform("Terraform", () => {
  test("creates, changes nothing, updates, replaces, puts drift back, refuses what locks out, and destroys", async () => {
    const { emulator, ok, fails, unchanged, state } = await stack({ "main.tf": main });
    const provider = (label: string) =>
      emulator.world().atlas.federations[0]?.identityProviders.find(({ displayName }) => displayName === label);
    const users = () => emulator.world().atlas.databaseUsers.map(({ username }) => username.split("/")[1]);

    // The plan before any object exists. A token with another result fails it.
    expect(await fails("plan", "-var=claim=nobody")).toMatch(
      /FED150 .*"a DBA": "insert app.x" is expected to be allowed[\s\S]*main.tf line \d+[\s\S]*"a DBA" = \{/,
    );
    expect(writes(emulator)).toEqual([]);
    expect(await ok("apply", "-auto-approve")).toContain("27 added, 0 changed, 0 destroyed");
    expect(users()).toHaveLength(21);
    expect(await state()).not.toContain("intern-of-the-month");

    // Nothing changes, and twenty users cost no more requests than one.
    emulator.clearRequests();
    await unchanged();
    expect(emulator.requests().filter(({ path }) => path.includes("databaseUsers")).length).toBeLessThan(3);
    await unchanged("-refresh=false");

    // A label is changed in place; what refers to it is not touched, and its token is judged by the new one.
    writes(emulator);
    expect(await ok("apply", "-auto-approve", "-var=label=corp")).toContain("0 added, 2 changed, 0 destroyed");
    expect(writes(emulator)).toHaveLength(1);
    await unchanged("-var=label=corp");
    const id = String(provider("corp")?.id);

    // Drift is told and put back.
    emulator.edit({ edit: "update-identity-provider", id, fields: { audience: "api://hand", description: "by hand" } });
    emulator.edit({ edit: "remove-database-user", projectId: PROJECT, databaseName: "admin", username: `${id}/dba` });
    const repaired = await ok("apply", "-auto-approve", "-var=label=corp");
    expect(repaired).toMatch(/drift: mongofed_identity_provider of corp was changed outside this configuration/);
    expect(repaired).toContain('audience     live "api://hand"  recorded "api://staff"  wanted "api://staff"');
    expect(repaired).toContain("1 added, 1 changed, 0 destroyed");
    expect(provider("corp")).toMatchObject({ audience: "api://staff" });

    // Another group is another object, the other one is gone. The token of before gets nothing by then.
    const args = ["-var=label=corp", "-var=group=admins", "-var=claim=admins"];
    expect(await ok("apply", "-auto-approve", ...args)).toMatch(
      /group .*# forces replacement[\s\S]*1 added, 1 changed, 1 destroyed/,
    );
    expect(users().filter((user) => user === "admins" || user === "dba")).toEqual(["admins"]);

    // A lockout is refused in the plan, at its line.
    expect(await fails("plan", ...args, "-var=audience=api://new")).toMatch(
      /FED224 locked-out: changing audience of corp [\s\S]*admins \(billing\)[\s\S]*main.tf line \d+[\s\S]*audience {15}= var.audience[\s\S]*allow_lockout = true/,
    );

    // Nothing foreign is touched: somebody else's connection stands in the way of a destroy.
    emulator.edit({ edit: "connect", orgId: OTHER_ORG, identityProviderId: id });
    expect(await fails("destroy", "-auto-approve", ...args)).toMatch(/FED214 [\s\S]*still connected to Finance/);
    emulator.edit({ edit: "disconnect", orgId: OTHER_ORG, identityProviderId: id });
    await ok("destroy", "-auto-approve", ...args);
    const { atlas } = emulator.world();
    expect([atlas.databaseUsers, atlas.customDbRoles, atlas.federations[0]?.identityProviders]).toEqual([[], [], []]);
  }, 300_000);

  test("imports what is there, or what MongoDB's own provider has managed, and then changes nothing", async () => {
    const { emulator, folder, ok, fails, unchanged } = await stack({ "main.tf": main });
    await ok("apply", "-auto-approve", "-var=programs=1");
    const idp = (name: string) =>
      emulator.world().atlas.federations[0]?.identityProviders.find(({ displayName }) => displayName === name)?.id;
    const before = await readFile(join(folder.path, "terraform.tfstate"), "utf8");
    writes(emulator);

    // By ids, with a configuration that Terraform writes.
    const ids = {
      identity_provider: `${FEDERATION}/${idp("corp-entra")}`,
      org_connection: `${FEDERATION}/${ORG}/${idp("corp-entra")}`,
      oidc_role: `${PROJECT}/${idp("corp-entra")}/dba`,
      federated_user: `${PROJECT}/${idp("apps")}/program-0`,
      database_role: `${PROJECT}/orders-reader`,
    };
    const imports = Object.entries(ids).map(
      ([type, id]) => `import {\n  to = mongofed_${type}.it\n  id = "${id}"\n}\n`,
    );
    await folder.write({ "main.tf": imports.join(""), "data.tf": data, "terraform.tfstate": "" });
    expect(await ok("plan", "-generate-config-out=made.tf")).toContain(
      "5 to import, 0 to add, 0 to change, 0 to destroy",
    );
    expect(await readFile(join(folder.path, "made.tf"), "utf8")).toMatch(/configuration_name += "apps"/);
    expect(await ok("apply", "-auto-approve")).toContain("5 imported, 0 added, 0 changed, 0 destroyed");
    await unchanged();
    await folder.write({ "data.tf": data.replace('"corp-entra"', '"corp"') });
    expect(await fails("plan")).toMatch(/FED240 .*configuration_name "corp" in federation[\s\S]*corp-entra \(/);

    // By moved blocks, from a state in which MongoDB's provider has three of them.
    const state = JSON.parse(before) as { resources: { type: string; name: string }[] };
    const foreign = foreignState(String(idp("corp-entra")));
    const kept = state.resources.filter(({ type }) => !/identity_provider|oidc_role|database_role/.test(type));
    const apps = state.resources.filter(({ name, type }) => name === "apps" && type === "mongofed_identity_provider");
    await folder.write({
      "terraform.tfstate": JSON.stringify({ ...state, resources: [...kept, ...apps, ...foreign] }),
      "main.tf": main,
      "moved.tf": MOVES.map(([from, to]) => `moved {\n  from = ${from}\n  to   = ${to}\n}\n`).join(""),
      "made.tf": "",
      "data.tf": "",
      "cli.tfrc": await withOtherProvider(folder.path),
    });
    expect(await ok("apply", "-auto-approve", "-var=programs=1")).toContain("0 added, 0 changed, 0 destroyed");
    await unchanged("-var=programs=1");
    expect(writes(emulator)).toEqual([]);
  }, 300_000);
});

const data = `
data "mongofed_identity_provider" "corp" {
  federation_settings_id = "${FEDERATION}"
  configuration_name     = "corp-entra"
}
data "mongofed_oidc_role" "dba" {
  project_id = "${PROJECT}"
  group      = "dba"
}
output "found" {
  value = [data.mongofed_identity_provider.corp.reference.identity_provider_id, data.mongofed_oidc_role.dba.roles]
}
`;

const MOVES = [
  ["mongodbatlas_federated_settings_identity_provider.staff", "mongofed_identity_provider.staff"],
  ["mongodbatlas_database_user.dba", "mongofed_oidc_role.dba"],
  ["mongodbatlas_custom_db_role.orders", "mongofed_database_role.orders"],
] as const;

function foreignState(idp: string): object[] {
  const attributes = [
    { federation_settings_id: FEDERATION, idp_id: idp, protocol: "OIDC" },
    { project_id: PROJECT, username: `${idp}/dba`, oidc_auth_type: "IDP_GROUP" },
    { project_id: PROJECT, role_name: "orders-reader" },
  ];
  return MOVES.map(([from], index) => {
    const [type, name] = from.split(".");
    const provider = 'provider["registry.terraform.io/mongodb/mongodbatlas"]';
    const own = { id: "of another form", ...attributes[index] };
    return { mode: "managed", type, name, provider, instances: [{ schema_version: 0, attributes: own }] };
  });
}

/** The other provider must be there for its state to be read. It is asked for nothing but a schema, so any will do. */
async function withOtherProvider(folder: string): Promise<string> {
  const { override, command } = await builtProvider();
  const other = join(folder, "other");
  await cp(override, other, { recursive: true });
  await rename(join(other, basename(command)), join(other, "terraform-provider-mongodbatlas_v1.0.0"));
  const config = await readFile(join(folder, "cli.tfrc"), "utf8");
  return config.replace("dev_overrides {", `dev_overrides {\n    "mongodb/mongodbatlas" = ${JSON.stringify(other)}`);
}
