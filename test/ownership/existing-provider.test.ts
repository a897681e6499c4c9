import { expect, test } from "vitest";
import type { Emulator } from "../../provider/emulator/index.ts";
import { seed } from "../control-planes/cloud-manager/harness.ts";
import { atlasSeed, emulated } from "../support/emulator.ts";
import { describeEngines } from "../support/engines.ts";
import { FEDERATION, IDP, ORG, PROJECT } from "../support/ids.ts";
import { bad, good, newStack, PROJECT_KEY, projectKeyEnv, writes } from "../support/stack.ts";

/** Grants through an identity provider that exists before the run: the first preview already compares them. */

const wait = { "mongofed:wait": "off" };
const onAtlas = { config: { "mongofed:plane": "atlas", ...wait } };
const onProjects = { config: { "mongofed:plane": "cloud-manager", ...wait } };

const user = (through: string, more = "", who = "app:1") =>
  `new FederatedUser("${who}", { projectId: "${PROJECT}", identityProvider: ${through}, principal: "${who}", roles: ["read@app"], ${more} });`;
const group = (through: string, more = "", who = "dba") =>
  `new OidcRole("${who}", { projectId: "${PROJECT}", identityProvider: ${through}, group: "${who}", roles: ["read@app"], ${more} });`;

interface Existing {
  readonly by: "USER" | "GROUP";
  readonly connected?: boolean;
  /** The roles of a grant that exists too. */
  readonly granted?: string;
}

/** A federation with an identity provider that another team manages. */
function atlasWith({ by, connected = true, granted }: Existing): Promise<Emulator> {
  const base = atlasSeed({
    clusters: [],
    databaseUsers:
      granted === undefined
        ? []
        : [
            {
              username: `${IDP}/${by === "USER" ? "app:1" : "dba"}`,
              oidcAuthType: by === "USER" ? ("USER" as const) : ("IDP_GROUP" as const),
              roles: [{ roleName: granted, databaseName: "app" }],
            },
          ],
  });
  const identityProvider = {
    id: IDP,
    protocol: "OIDC" as const,
    idpType: "WORKLOAD",
    displayName: "corp",
    issuerUri: "https://idp.example.com",
    audience: "mongodb",
    authorizationType: by,
    userClaim: "sub",
    ...(by === "GROUP" ? { groupsClaim: "groups" } : {}),
  };
  return emulated({
    ...base,
    apiKeys: [
      { name: "owner" },
      { name: "project", ...PROJECT_KEY, roles: [{ groupId: PROJECT, roleName: "GROUP_OWNER" }] },
    ],
    federations: [
      {
        id: FEDERATION,
        identityProviders: [identityProvider],
        connectedOrgs: [{ orgId: ORG, dataAccessIdentityProviderIds: connected ? [IDP] : [] }],
      },
    ],
  });
}

const declared = (by: string, more = "") =>
  `new IdentityProvider("corp", { federationSettingsId: "${FEDERATION}", idpType: "WORKLOAD", configurationName: "corp",
    issuerUri: "https://idp.example.com", audience: "mongodb", authorizationType: "${by}", ${more} }, { protect: false })`;

const component = `import * as pulumi from "@pulumi/pulumi";
class Component extends pulumi.ComponentResource {
  constructor(identityProvider) { super("test:Component", "component"); this.identityProvider = identityProvider; }
}`;
/** A grant for each way in which a program passes on an identity provider. */
const everyWay = (grant: typeof user) =>
  ["idp", "idp.reference", "pulumi.output(idp.reference)", "new Component(idp).identityProvider"]
    .map((use, index) => grant(use, "", `subject-${index}`))
    .join("\n");

describeEngines("grants through IdentityProvider.get", (engine) => {
  test.each([
    ["FederatedUser", "Atlas"],
    ["OidcRole", "Atlas"],
    ["FederatedUser", "Cloud Manager"],
  ])("are previewed and created: %s of %s", async (kind, plane) => {
    const atlas = plane === "Atlas";
    const emulator = atlas ? await atlasWith({ by: kind === "OidcRole" ? "GROUP" : "USER" }) : await emulated(seed);
    const settings = { env: emulator.env, ...(atlas ? onAtlas : onProjects) };
    const stack = await newStack(engine);
    // The example document has the latter.
    const id = atlas ? `${FEDERATION}/${IDP}` : `${PROJECT}/theirs`;
    await stack.write(
      component,
      `const idp = IdentityProvider.get("corp", "${id}");`,
      everyWay(kind === "OidcRole" ? group : user),
    );
    expect(good(await stack.run("preview", settings)).text).not.toContain("FED");
    good(await stack.run("up", settings));
    const again = good(await stack.run("preview", settings));
    expect(again.text).not.toContain("FED");
    expect(again.text).not.toMatch(/to (create|update|replace|delete)/);
    good(await stack.run("destroy", settings));
  });

  test("are refused in the preview where the organization is not connected", async () => {
    const emulator = await atlasWith({ by: "USER", connected: false });
    const settings = { env: emulator.env, ...onAtlas };
    const stack = await newStack(engine);
    await stack.write(`const idp = IdentityProvider.get("corp", "${FEDERATION}/${IDP}");`, user("idp"));
    expect(bad(await stack.run("preview", settings)).text).toContain("FED313");
  });
});

describeEngines("grants of an adopted identity provider", (engine) => {
  test.each(["USER", "GROUP"] as const)("are compared in the first preview: %s", async (by) => {
    const emulator = await atlasWith({ by, granted: "readWrite" });
    const settings = { env: emulator.env, ...onAtlas };
    const stack = await newStack(engine);
    const grant = by === "USER" ? user : group;
    const idp = `const idp = ${declared(by, "adopt: true")};
      new OrgConnection("platform", { orgId: "${ORG}", identityProvider: idp, adopt: true }, { protect: false });`;
    await stack.write(component, idp, grant("pulumi.output(idp.reference)"));
    expect(bad(await stack.run("preview", settings)).text).toContain("FED221");
    await stack.write(idp, grant("idp", "adopt: true"));
    expect(bad(await stack.run("preview", settings)).text).toContain("FED225");
    await stack.write(idp, grant("idp", 'adopt: "overwrite"'));
    expect(good(await stack.run("preview", settings)).text).toMatch(/adopt +(FederatedUser|OidcRole)/);
    expect(writes(emulator)).toEqual([]);
    good(await stack.run("up", settings));
    expect(writes(emulator)).toHaveLength(1);
    expect(good(await stack.run("preview", settings)).text).not.toMatch(/to (create|update|replace|delete)/);
  });

  test("are compared in the preview of another credential, which sees no federation", async () => {
    const emulator = await atlasWith({ by: "USER", granted: "readWrite" });
    const billing = {
      BILLING_BASE_URL: emulator.env.MONGODB_ATLAS_BASE_URL ?? "",
      BILLING_PUBLIC_API_KEY: projectKeyEnv.MONGODB_ATLAS_PUBLIC_API_KEY,
      BILLING_PRIVATE_API_KEY: projectKeyEnv.MONGODB_ATLAS_PRIVATE_API_KEY,
    };
    const settings = { env: { ...emulator.env, ...billing }, ...onAtlas };
    const stack = await newStack(engine);
    await stack.write(
      `const idp = ${declared("USER", "adopt: true")};`,
      `const provider = new Provider("billing", { plane: "atlas", credentials: "env:BILLING" });`,
      `new FederatedUser("app", { projectId: "${PROJECT}", identityProvider: idp, principal: "app:1", roles: ["read@app"], adopt: true }, { provider });`,
    );
    expect(bad(await stack.run("preview", settings)).text).toContain("FED225");
  });
});

describeEngines("grants in an organization that nothing connects", (engine) => {
  test.each([
    ["USER", "idp.reference"],
    ["GROUP", "new Component(idp).identityProvider"],
    ["USER", "pulumi.output(idp.reference)"],
    ["GROUP", "pulumi.all([idp.reference, idp.id]).apply(([reference]) => reference)"],
  ] as const)("are refused in the preview: %s through %s", async (by, use) => {
    const emulator = await emulated(atlasSeed({ clusters: [] }));
    const settings = { env: emulator.env, ...onAtlas };
    const stack = await newStack(engine);
    const grant = by === "USER" ? user : group;
    await stack.write(component, `const idp = ${declared(by)};`, grant(use));
    const preview = bad(await stack.run("preview", settings));
    expect(preview.text).toContain("FED313");
    expect(preview.text).toContain("Platform");
    bad(await stack.run("up", { ...settings, flags: { skipPreview: false } }));
    expect(writes(emulator)).toEqual([]);
  });
});
