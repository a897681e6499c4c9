/** The configuration that `mongofed import --language terraform` writes, on the real CLI. */

import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { connect } from "../../provider/control-planes/connect.ts";
import { readSeed, type Seed } from "../../provider/emulator/index.ts";
import { importProgram } from "../../provider/import/index.ts";
import { readTerraformState } from "../../provider/import/terraform-state.ts";
import { build, builtProvider } from "../support/built-provider.ts";
import { cloudManagerSeed, emulated } from "../support/emulator.ts";
import { PROJECT } from "../support/ids.ts";
import { testFolder } from "../support/program.ts";
import { writes } from "../support/stack.ts";
import { describeTerraform, terraformFolder } from "../support/terraform.ts";
import { randomOrganizations } from "./random-organizations.ts";

const example = (file: string) => new URL(`../../examples/import/${file}`, import.meta.url).pathname;

const FEDERATION_ID = "5f1ed0c0ffee5f1ed0c0f001";
const CORP = "5f1ed0c0ffee5f1ed0c0a001";
const SHOP = "5f1ed0c0ffee5f1ed0c0b001";
const ENTRA = "5f1ed0c0ffee5f1ed0c0c001";
const DBA = "0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0";

/** A state as MongoDB's own provider writes it. */
const theirState = JSON.stringify({
  version: 4,
  terraform_version: "1.11.0",
  serial: 1,
  lineage: "11111111-2222-4333-8444-555555555555",
  outputs: {},
  resources: Object.entries({
    "federated_settings_identity_provider.staff": {
      federation_settings_id: FEDERATION_ID,
      idp_id: ENTRA,
      protocol: "OIDC",
    },
    "database_user.admins": { project_id: SHOP, username: `${ENTRA}/${DBA}`, oidc_auth_type: "IDP_GROUP" },
    "custom_db_role.orders": { project_id: SHOP, role_name: "orders-reader" },
    "federated_settings_org_config.corp": { federation_settings_id: FEDERATION_ID, org_id: CORP },
  }).map(([address, attributes]) => ({
    mode: "managed",
    type: `mongodbatlas_${address.split(".")[0]}`,
    name: address.split(".")[1],
    provider: 'provider["registry.terraform.io/mongodb/mongodbatlas"]',
    instances: [{ schema_version: 0, attributes: { id: "of another form", ...attributes } }],
  })),
});

/** Imports, and applies and plans the configuration. `plane` is not Atlas only if it is given. */
async function expectNoChange(seed: Seed, names?: string, plane?: string): Promise<void> {
  const emulator = await emulated(seed);
  const parent = await testFolder();
  const config = (key: string) => (key === "plane" ? plane : undefined);
  const result = await importProgram(connect({ env: emulator.env, config }), {
    folder: join(parent, "identity"),
    ...(plane === undefined ? { orgIds: emulator.world().atlas.organizations.map(({ id }) => id) } : {}),
    ...(plane === undefined ? {} : { projectIds: [PROJECT] }),
    language: "terraform",
    project: "identity",
    stack: "prod",
    adopt: false,
    version: "0.1.0",
    names,
  });
  const { imported } = result.report as { imported: unknown[] };
  expect(imported).not.toEqual([]);
  await using folder = await terraformFolder({}, await builtProvider(), { env: emulator.env });
  await cp(join(parent, "identity"), folder.path, { recursive: true });
  const ok = async (...args: string[]) => {
    const { code, stdout, stderr } = await folder.run(...args);
    expect(code, `terraform ${args.join(" ")}\n${stdout}${stderr}`).toBe(0);
    return stdout;
  };
  expect(await ok("fmt", "-check", "-diff")).toBe("");
  await ok("validate");
  expect(await ok("apply", "-auto-approve")).toContain(`${imported.length} imported, 0 added, 0 changed, 0 destroyed`);
  for (let time = 0; time < 2; time++) await ok("plan", "-detailed-exitcode");
  expect(writes(emulator)).toEqual([]);
}

describeTerraform("an import into a Terraform configuration", () => {
  test("of the example passes fmt and validate, and shows no change", async () => {
    await expectNoChange(readSeed(example("seed.yaml")), "0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0,DBA\n");
  });

  test("moves the objects of MongoDB's own provider under their names, and forgets what cannot move", async () => {
    const emulator = await emulated(readSeed(example("seed.yaml")));
    const parent = await testFolder();
    const from = readTerraformState(theirState);
    expect(from.projectIds).toEqual([SHOP]);
    const result = await importProgram(connect({ env: emulator.env, config: () => undefined }), {
      folder: join(parent, "identity"),
      projectIds: from.projectIds,
      language: "terraform",
      project: "identity",
      stack: "prod",
      adopt: false,
      version: "0.1.0",
      from,
    });
    expect(result.text("identity")).toMatch(
      /Keep the provider mongodb\/mongodbatlas [\s\S]*would disconnect the organization/,
    );
    expect(result.text("identity")).not.toContain("cd identity");
    await using folder = await terraformFolder({}, await builtProvider(), { env: emulator.env });
    await cp(join(parent, "identity"), folder.path, { recursive: true });
    await folder.write({ "cli.tfrc": await withTheirProvider(folder.path), "terraform.tfstate": theirState });
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await folder.run(...args);
      expect(code, `terraform ${args.join(" ")}\n${stdout}${stderr}`).toBe(0);
      return stdout;
    };
    expect(await run("fmt", "-check", "-diff")).toBe("");
    const { imported } = result.report as { imported: unknown[] };
    expect(await run("apply", "-auto-approve")).toContain(
      `${imported.length - 3} imported, 0 added, 0 changed, 0 destroyed`,
    );
    await run("plan", "-detailed-exitcode");
    const addresses = (await run("state", "list")).split("\n");
    expect(addresses).toEqual(
      expect.arrayContaining([
        "mongofed_identity_provider.staff",
        "mongofed_oidc_role.admins",
        "mongofed_database_role.orders",
      ]),
    );
    expect(addresses.filter((address) => address.startsWith("mongodbatlas_"))).toEqual([]);
    expect(writes(emulator)).toEqual([]);
  });

  test("of an organization with hostile names passes fmt and validate, and shows no change", async () => {
    const drawn = fc.sample(randomOrganizations, { numRuns: 30 });
    const size = (seed: Seed) => JSON.stringify(seed).length;
    await expectNoChange(drawn.toSorted((a, b) => size(b) - size(a))[0]!);
  });

  test("of a project of Cloud Manager passes fmt and validate, and shows no change", async () => {
    await expectNoChange(cloudManagerSeed(), undefined, "cloud-manager");
  });
});

/** The settings of the CLI, with a provider that stands for MongoDB's own. */
async function withTheirProvider(folder: string): Promise<string> {
  const theirs = await build("mongodb/mongodbatlas", fileURLToPath(new URL("mongodbatlas/main.ts", import.meta.url)));
  const config = await readFile(join(folder, "cli.tfrc"), "utf8");
  const override = `"mongodb/mongodbatlas" = ${JSON.stringify(theirs.override)}`;
  return config.replace("dev_overrides {", `dev_overrides {\n    ${override}`);
}
