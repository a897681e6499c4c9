import { expect, test } from "vitest";
import type { Emulator } from "../../../provider/emulator/index.ts";
import { HOME } from "../../support/declarations.ts";
import { emulated } from "../../support/emulator.ts";
import { describeEngines, engines } from "../../support/engines.ts";
import { ABSENT, IDP, OTHER_IDP, PROJECT, THIRD_IDP } from "../../support/ids.ts";
import { bad, callers, good, newStack, type Outcome, type Stack, writes } from "../../support/stack.ts";

const [STAFF, TWIN, APPS] = [IDP, OTHER_IDP, THIRD_IDP];

/** A federation that others look after: two identity providers of one name, one for programs, and grants. */
async function emulatorOfOthers(): Promise<Emulator> {
  const provider = (id: string, displayName: string, more: object) => ({
    protocol: "OIDC" as const,
    id,
    displayName,
    issuerUri: "https://idp.example.com",
    audience: id,
    authorizationType: "GROUP",
    groupsClaim: "groups",
    userClaim: "sub",
    ...more,
  });
  const reads = [{ roleName: "read", databaseName: "app" }];
  const project = {
    id: PROJECT,
    name: "billing",
    databaseUsers: [
      { username: `${STAFF}/dba/eu`, oidcAuthType: "IDP_GROUP" as const, roles: reads, description: "read only" },
      { username: `${STAFF}/twins`, oidcAuthType: "IDP_GROUP" as const, roles: reads },
      { username: `${TWIN}/twins`, oidcAuthType: "IDP_GROUP" as const, roles: reads },
      { username: `${APPS}/api`, oidcAuthType: "USER" as const, roles: reads },
    ],
    customDbRoles: [{ roleName: "orders-reader", inheritedRoles: [{ role: "read", db: "app" }] }],
  };
  const emulator = await emulated({
    organizations: [{ id: HOME.org, name: "Platform", projects: [project] }],
    federations: [
      {
        id: HOME.federation,
        identityProviders: [
          provider(STAFF, "corp", { idpType: "WORKFORCE", clientId: "mongodb" }),
          provider(TWIN, "corp", { idpType: "WORKFORCE", clientId: "mongodb" }),
          provider(APPS, "apps", { idpType: "WORKLOAD", authorizationType: "USER" }),
        ],
        connectedOrgs: [{ orgId: HOME.org, dataAccessIdentityProviderIds: [STAFF] }],
      },
    ],
  });
  return emulator;
}

const ALL = `import { lookupIdentityProvider, lookupOrgConnection } from "mongofed";`;
const FEDERATION = `federationSettingsId: "${HOME.federation}"`;

/** The text of a run whose program is `lines`, which must not end well and must not write. */
async function refusal(
  stack: Stack,
  emulator: Emulator,
  env: Record<string, string>,
  ...lines: string[]
): Promise<string> {
  await stack.write(ALL, ...lines);
  const outcome = bad(await stack.run("preview", { env }));
  expect(writes(emulator)).toEqual([]);
  expect(outcome.text).not.toContain("node:internal");
  return outcome.text;
}

describeEngines("lookups", (engine) => {
  test("connects to found objects, in a preview too, without owning them", async () => {
    const emulator = await emulatorOfOthers();
    const { env } = emulator;
    const stack = await newStack(engine);
    await stack.write(
      ALL,
      `const apps = lookupIdentityProvider({ ${FEDERATION}, configurationName: "apps", authorizationType: "USER" });`,
      `new OrgConnection("apps", { orgId: "${HOME.org}", identityProvider: apps, allowLockout: true });`,
      `export const found = await lookupOrgConnection({ ${FEDERATION}, orgId: "${HOME.org}", configurationName: "corp" });`,
    );
    expect(good(await stack.run("preview", { env })).text).toMatch(/\+ 2 to create/);
    expect(writes(emulator)).toEqual([]);
    const up = good(await stack.run("up", { env }));
    expect(connected(emulator)).toEqual([APPS, STAFF]);
    expect(outputs(up).found).toEqual({
      id: `${HOME.federation}/${HOME.org}/${STAFF}`,
      federationSettingsId: HOME.federation,
      orgId: HOME.org,
      identityProvider: {
        federationSettingsId: HOME.federation,
        identityProviderId: STAFF,
        configurationName: "corp",
        idpType: "WORKFORCE",
        authorizationType: "GROUP",
      },
    });
    expect(good(await stack.run("preview", { env })).text).toMatch(/2 unchanged/);
    good(await stack.run("destroy", { env }));
    expect(connected(emulator)).toEqual([STAFF]);
    expect(emulator.world().atlas.federations[0]?.identityProviders).toHaveLength(3);
  });

  test("reports a missing or ambiguous object in one error that lists the existing ones", async () => {
    const emulator = await emulatorOfOthers();
    const { env } = emulator;
    const stack = await newStack(engine, { apart: true });
    const none = await refusal(
      stack,
      emulator,
      env,
      `await lookupIdentityProvider({ ${FEDERATION}, configurationName: "corp-entra" });`,
    );
    expect(none).toMatch(
      /FED240 lookup-not-found: there is no identity provider with configurationName "corp-entra" in /,
    );
    expect(none).toMatch(/ {2}--> index\.ts:\d+:\d+ {3}lookupIdentityProvider/);
    for (const id of [STAFF, TWIN, APPS]) expect(none).toContain(id);

    const lookups = [
      `lookupIdentityProvider({ ${FEDERATION}, configurationName: "corp" })`,
      `lookupOrgConnection({ ${FEDERATION}, orgId: "${HOME.org}", configurationName: "apps" })`,
      `lookupOrgConnection({ ${FEDERATION}, orgId: "${ABSENT}" })`,
      `lookupIdentityProvider({ federationSettingsId: "mine", name: "corp" })`,
    ];
    const several = await refusal(
      stack,
      emulator,
      env,
      `import { RunError } from "@pulumi/pulumi";`,
      `const texts = await Promise.allSettled([${lookups.join(",\n")}]);`,
      `throw new RunError(texts.map(({ reason }) => reason.message).join("\\n"));`,
    );
    expect(several).toMatch(
      /FED241 ambiguous-lookup: 2 of them fit the identity provider with configurationName "corp"/,
    );
    expect(several).toMatch(
      /FED240 .* no identity provider with configurationName "apps" in the connections of organization/,
    );
    expect(several).toMatch(new RegExp(`FED215 .*organization ${ABSENT} is not part of federation`));
    expect(several).toMatch(
      /FED200 .*"federationSettingsId" of lookupIdentityProvider is not valid: expected an Atlas id: 24 /,
    );
    expect(several).toMatch(/FED200 .*lookupIdentityProvider has no option "name"/);
  });

  test("access and roles are found by whom and what they are for", async () => {
    const emulator = await emulatorOfOthers();
    const { env } = emulator;
    const stack = await newStack(engine);
    const projectId = `projectId: "${PROJECT}"`;
    const lookups = "lookupDatabaseRole, lookupFederatedUser, lookupOidcRole";
    await stack.write(
      `import { ${lookups} } from "mongofed";`,
      `export const dba = await lookupOidcRole({ ${projectId}, group: "dba/eu" });`,
      `export const twin = await lookupOidcRole({ ${projectId}, group: "twins", identityProviderId: "${TWIN}" });`,
      `export const api = await lookupFederatedUser({ ${projectId}, principal: "api" });`,
      `export const role = await lookupDatabaseRole({ ${projectId}, roleName: "orders-reader" });`,
    );
    const { dba, twin, api, role } = outputs(good(await stack.run("up", { env })));
    expect(dba).toEqual({
      id: `${PROJECT}/${STAFF}/dba/eu`,
      projectId: PROJECT,
      identityProviderId: STAFF,
      username: `${STAFF}/dba/eu`,
      group: "dba/eu",
      roles: [{ role: "read", database: "app" }],
      privileges: [],
      authenticationRestrictions: [],
      scopes: [],
      labels: [],
      description: "read only",
    });
    expect(twin).toMatchObject({ identityProviderId: TWIN });
    expect(api).toMatchObject({ id: `${PROJECT}/${APPS}/api`, principal: "api" });
    expect(role).toMatchObject({ id: `${PROJECT}/orders-reader`, roles: [{ role: "read", database: "app" }] });

    const wrong = [
      `lookupOidcRole({ ${projectId}, group: "twins" })`,
      `lookupOidcRole({ ${projectId}, group: "api" })`,
      `lookupFederatedUser({ ${projectId}, principal: "dba/eu" })`,
      `lookupDatabaseRole({ ${projectId}, roleName: "orders" })`,
    ];
    const text = await refusal(
      stack,
      emulator,
      env,
      `import { RunError } from "@pulumi/pulumi";`,
      `import { ${lookups} } from "mongofed";`,
      `const texts = await Promise.allSettled([${wrong.join(", ")}]);`,
      `throw new RunError(texts.map(({ reason }) => reason.message).join("\\n"));`,
    );
    expect(text).toMatch(/FED241 .*access of a group for "twins" in project/);
    expect(text).toMatch(/FED240 .*no access of a group for "api" in project[\s\S]*dba\/eu through identity provider/);
    expect(text).toMatch(/FED240 .*no access of a person or program for "dba\/eu"[\s\S]*api through identity provider/);
    expect(text).toMatch(/FED240 .*no user-defined role with roleName "orders"[\s\S]*orders-reader/);
  });

  test("credentials: of the provider that is named, of the stack configuration, of nobody", async () => {
    const emulator = await emulatorOfOthers();
    const { credentials } = emulator;
    const stack = await newStack(engine);
    const elsewhere = {
      OPS_EU_PUBLIC_API_KEY: credentials.publicKey,
      OPS_EU_PRIVATE_API_KEY: credentials.privateKey,
      // Credentials of nobody: whoever looked here would be refused.
      MONGODB_ATLAS_PUBLIC_API_KEY: "nobody",
      MONGODB_ATLAS_PRIVATE_API_KEY: "c4n4ry-nobody",
      MONGODB_ATLAS_BASE_URL: "http://127.0.0.1:9",
    };
    const look = (options: string) =>
      `export const found = await lookupIdentityProvider({ ${FEDERATION}, identityProviderId: "${APPS}" }, ${options});`;
    await stack.write(
      ALL,
      `const eu = new Provider("eu", { baseUrl: "${emulator.url}", credentials: "env:OPS_EU" });`,
      look("{ provider: eu }"),
    );
    const named = good(await stack.run("preview", { env: elsewhere }));
    expect(callers(emulator)).toEqual(["owner"]);
    expect(named.text + named.files).not.toContain(credentials.privateKey);

    await stack.write(ALL, look("{}"));
    const config = {
      "mongofed:baseUrl": emulator.url,
      "mongofed:publicKey": credentials.publicKey,
      "mongofed:privateKey": { value: credentials.privateKey, secret: true },
    };
    const configured = good(await stack.run("up", { config }));
    expect(outputs(configured).found).toMatchObject({ configurationName: "apps" });
    expect(configured.text).not.toContain(credentials.privateKey);

    emulator.clearRequests();
    // A stack of its own: the CLI keeps the configuration of the other one.
    const bare = await newStack(engine);
    expect(await refusal(bare, emulator, {}, look("{}"))).toMatch(/FED410 missing-credentials: no credentials for/);
    expect(emulator.requests()).toEqual([]);
    const wrong = { ...emulator.env, MONGODB_ATLAS_PRIVATE_API_KEY: "c4n4ry-wrong", MONGODB_ATLAS_CLIENT_SECRET: "" };
    const refused = await refusal(bare, emulator, { ...wrong, MONGODB_ATLAS_CLIENT_ID: "" }, look("{}"));
    expect(refused).toMatch(/FED411[\s\S]*lookupIdentityProvider/);
    expect(refused).not.toContain("c4n4ry");
  });
});

test("on the embedded engine a lookup talks to loopback only", async () => {
  const [engine] = engines();
  const emulator = await emulatorOfOthers();
  const stack = await newStack(engine!);
  const env = { ...emulator.env, MONGODB_ATLAS_BASE_URL: "https://cloud.mongodb.com" };
  const text = await refusal(stack, emulator, env, `await lookupIdentityProvider({ ${FEDERATION} });`);
  expect(text).toMatch(/the embedded engine talks to control planes on loopback only/);
  expect(emulator.requests()).toEqual([]);
});

test("a preset that rejects an output ends the run before any write", async () => {
  const [engine] = engines();
  const emulator = await emulatorOfOthers();
  const stack = await newStack(engine!, { apart: true });
  await stack.write(
    `import { output } from "@pulumi/pulumi";`,
    `import { entraWorkforce } from "mongofed";`,
    `const applicationId = "11111111-2222-4333-8444-555555555555";`,
    `new IdentityProvider("staff", { ${FEDERATION}, configurationName: "staff", ...entraWorkforce({ tenantId: output("corp"), applicationId }) });`,
  );
  const { text } = bad(await stack.run("up", { env: emulator.env }));
  expect(text).toMatch(/FED200 invalid-input: "tenantId" of entraWorkforce is not the tenant id/);
  expect(text).toMatch(/ {2}--> index\.ts:\d+:\d+ {3}entraWorkforce \. tenantId/);
  expect(writes(emulator)).toEqual([]);
});

function connected(emulator: Emulator): unknown[] {
  const [org] = emulator.world().atlas.federations[0]?.connectedOrgs ?? [];
  return [...((org as { dataAccessIdentityProviderIds?: string[] } | undefined)?.dataAccessIdentityProviderIds ?? [])]
    .sort()
    .reverse();
}

function outputs({ deployment }: Outcome): Record<string, unknown> {
  const stack = deployment.deployment.resources?.find(({ type }) => type === "pulumi:pulumi:Stack");
  return stack?.outputs ?? {};
}
