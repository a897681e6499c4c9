/** The configuration that `mongofed import --language terraform` writes, on the real CLI. */

import { cp } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { connect } from "../../provider/control-planes/connect.ts";
import { readSeed, type Seed } from "../../provider/emulator/index.ts";
import { importProgram } from "../../provider/import/index.ts";
import { builtProvider } from "../support/built-provider.ts";
import { cloudManagerSeed, emulated } from "../support/emulator.ts";
import { PROJECT } from "../support/ids.ts";
import { testFolder } from "../support/program.ts";
import { writes } from "../support/stack.ts";
import { describeTerraform, terraformFolder } from "../support/terraform.ts";
import { randomOrganizations } from "./random-organizations.ts";

const example = (file: string) => new URL(`../../examples/import/${file}`, import.meta.url).pathname;

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

  test("of an organization with hostile names passes fmt and validate, and shows no change", async () => {
    const drawn = fc.sample(randomOrganizations, { numRuns: 30 });
    const size = (seed: Seed) => JSON.stringify(seed).length;
    await expectNoChange(drawn.toSorted((a, b) => size(b) - size(a))[0]!);
  });

  test("of a project of Cloud Manager passes fmt and validate, and shows no change", async () => {
    await expectNoChange(cloudManagerSeed(), undefined, "cloud-manager");
  });
});
