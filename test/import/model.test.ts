import { expect, test } from "vitest";
import { connect } from "../../provider/control-planes/connect.ts";
import { readSeed, type Seed } from "../../provider/emulator/index.ts";
import { importModel } from "../../provider/import/model.ts";
import { readLabels, slug, uniqueNames } from "../../provider/import/names.ts";
import { readOrganization } from "../../provider/lookups/organization.ts";
import { emulated } from "../support/emulator.ts";

const example = () => readSeed(new URL("../../examples/import/seed.yaml", import.meta.url).pathname);

async function modelOf(seed: Seed, labels?: Parameters<typeof importModel>[2]) {
  const emulator = await emulated(seed);
  const plane = connect({ env: emulator.env, config: () => undefined });
  const orgIds = emulator.world().atlas.organizations.map(({ id }) => id);
  return await importModel(plane, await readOrganization(plane, { orgIds }), labels);
}

test("declares every object of an organization once, under names that do not depend on the run", async () => {
  const model = await modelOf(example());
  const counts = Map.groupBy(model.resources, ({ kind }) => kind);
  expect(Object.fromEntries([...counts].map(([kind, all]) => [kind, all.length]))).toEqual({
    IdentityProvider: 2,
    OrgConnection: 6,
    DatabaseRole: 4,
    OidcRole: 13,
    FederatedUser: 12,
  });
  const names = model.resources.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain("shop-shop-api");
  expect((await modelOf(example())).resources.map(({ name }) => name)).toEqual(names);
  expect(model.resources.find(({ name }) => name === "corp-entra")?.preset).toMatchObject({
    name: "entraWorkforce",
    overrides: [],
  });
  expect(model.resources.find(({ name }) => name === "gke")?.preset?.name).toBe("kubernetes");
  expect(model.notImported.map(({ what, why }) => `${what}: ${why}`)).toEqual([
    expect.stringContaining("SAML"),
    expect.stringContaining("user backup@admin in project shop"),
    expect.stringContaining("its identity provider does not exist"),
  ]);
});

test("names groups by the file of names", async () => {
  const labels = readLabels('id,name\n0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0,"DBA, ""core"""\n');
  const model = await modelOf(example(), { labels });
  expect(model.resources.filter(({ label }) => label === 'DBA, "core"').map(({ name }) => name)).toEqual([
    "shop-dba-core",
    "lab-dba-core",
    "payments-dba-core",
  ]);
});

test.each([
  ['{"a": "Admins"}', [["a", "Admins"]]],
  ['[{"id": "a", "displayName": "Admins"}]', [["a", "Admins"]]],
  ["Name;Object Id\nAdmins;a\n", [["a", "Admins"]]],
  ["a,Admins\r\nb,\n", [["a", "Admins"]]],
])("reads names from %j", (text, expected) => {
  expect([...readLabels(text)]).toEqual(expected);
});

test("names stay apart whatever their order, and hold only letters, digits and hyphens", () => {
  const objects = [
    { id: "1", names: [slug("Ops"), "ops-a"] },
    { id: "2", names: [slug("öps"), "ops-a"] },
    { id: "3", names: [slug('"\u202e`\n$')] },
    { id: "4", names: ["ops-a"] },
  ];
  const names = uniqueNames(objects);
  expect(uniqueNames(objects.toReversed())).toEqual(names);
  expect(new Set(names.values()).size).toBe(4);
  for (const name of names.values()) expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
});
