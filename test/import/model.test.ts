import { expect, test } from "vitest";
import { connect } from "../../provider/control-planes/connect.ts";
import { readSeed, type Seed } from "../../provider/emulator/index.ts";
import { importModel } from "../../provider/import/model.ts";
import { slug, uniqueNames } from "../../provider/import/names.ts";
import { readLabels } from "../../provider/lookups/labels.ts";
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

const IDP = "5f1ed0c0ffee5f1ed0c0c001";
const OTHER_IDP = "5f1ed0c0ffee5f1ed0c0c002";
const provider = (id: string, rest: object) => ({
  id,
  protocol: "OIDC" as const,
  idpType: "WORKLOAD",
  displayName: `idp ${id.slice(-1)}`,
  issuerUri: `https://${id}.example.com`,
  audience: "mongodb",
  authorizationType: "USER",
  userClaim: "sub",
  ...rest,
});
const read = [{ roleName: "read", databaseName: "app" }];

test("leaves out what another tool owns and what violates a rule, with the reason", async () => {
  const SOON = new Date(Date.now() + 86_400_000).toISOString();
  const model = await modelOf({
    organizations: [
      {
        id: "5f1ed0c0ffee5f1ed0c0a001",
        name: "Corp",
        projects: [
          {
            id: "5f1ed0c0ffee5f1ed0c0b001",
            name: "shop",
            databaseUsers: [
              {
                username: `${IDP}/ours`,
                oidcAuthType: "USER",
                roles: read,
                deleteAfterDate: SOON,
                scopes: [{ name: "lake", type: "DATA_LAKE" }],
              },
              {
                username: `${IDP}/theirs`,
                oidcAuthType: "USER",
                roles: read,
                labels: [{ key: "Managed-By", value: "a Terraform workspace" }],
              },
              // The provider identifies people by name, so no token matches a group.
              { username: `${IDP}/ours`, oidcAuthType: "IDP_GROUP", roles: read },
              { username: `${OTHER_IDP}/far`, oidcAuthType: "USER", roles: read },
            ],
          },
        ],
      },
      { id: "5f1ed0c0ffee5f1ed0c0a002", name: "Labs" },
    ],
    federations: [
      {
        id: "5f1ed0c0ffee5f1ed0c0f001",
        identityProviders: [provider(IDP, {})],
        connectedOrgs: [{ orgId: "5f1ed0c0ffee5f1ed0c0a001", dataAccessIdentityProviderIds: [IDP] }],
      },
      {
        id: "5f1ed0c0ffee5f1ed0c0f002",
        identityProviders: [provider(OTHER_IDP, { authorizationType: "GROUP", groupsClaim: "roles" })],
        connectedOrgs: [{ orgId: "5f1ed0c0ffee5f1ed0c0a002", dataAccessIdentityProviderIds: [OTHER_IDP] }],
      },
    ],
  });
  const reasons = model.notImported.map(({ what, why, findings }) => [
    what.split(" ").slice(0, 2).join(" "),
    why,
    findings.map(({ code }) => code),
  ]);
  expect(reasons).toEqual([
    ["user theirs", 'its label "Managed-By" says that another tool manages it: a Terraform workspace', []],
    ["group ours", "it violates a rule", [expect.stringMatching(/^FED3/)]],
    ["user far", "it violates a rule", [expect.stringMatching(/^FED3/)]],
  ]);
  const ours = model.resources.find(({ kind }) => kind === "FederatedUser");
  expect(ours).toMatchObject({
    name: "shop-ours",
    inputs: { scopes: [{ name: "lake", type: "DATA_LAKE" }] },
    comments: [expect.stringContaining("Atlas removes this access at")],
  });
  expect(model.places.filter(({ kind }) => kind === "federation").map(({ name }) => name)).toHaveLength(2);
});

test("equal projects are told apart by their organizations, and by the file of names", async () => {
  const { organizations, ...rest } = example();
  const renamed = organizations.map(({ projects = [], ...organization }) => ({
    ...organization,
    projects: projects.map((project) => ({ ...project, name: "prod" })),
  }));
  const names = async (labels = new Map<string, string>()) => {
    const { places } = await modelOf({ ...rest, organizations: renamed }, { labels });
    return places.filter(({ kind }) => kind === "project").map(({ name }) => name);
  };
  expect(await names()).toEqual(["example-corp-prod", "example-labs-prod", "example-payments-prod"]);
  const labels = new Map(organizations.flatMap(({ projects = [] }) => projects.map(({ id = "", name }) => [id, name])));
  expect(await names(labels)).toEqual(["shop", "lab", "payments"]);
});
