import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Emulator } from "../../../provider/emulator/index.ts";
import type { ProviderArgs } from "../../../provider/engines/pulumi/resources/inputs/provider.ts";
import { Provider } from "../../../provider/engines/pulumi/resources/provider.ts";
import { behindTls, CA_FILE } from "../../control-planes/behind-tls.ts";
import { seed } from "../../control-planes/cloud-manager/harness.ts";
import { ABROAD, identityProvider, orgConnection } from "../../support/declarations.ts";
import { emulated } from "../../support/emulator.ts";
import { describeEngines } from "../../support/engines.ts";
import { PROJECT } from "../../support/ids.ts";
import { bad, callers, emulatorOf, good, newStack, providersIn, writes } from "../../support/stack.ts";

/** People and programs that an automation config lets in. */
function grantedOn(emulator: Emulator): string[] {
  const [deployment] = emulator.world().cloudManager.deployments;
  const { auth } = JSON.parse(deployment?.automationConfig ?? "{}");
  const names: string[] = auth.usersWanted.map(({ user }: { user: string }) => user);
  return names.filter((name) => name.includes("/")).toSorted();
}

describeEngines("explicit providers", (engine) => {
  test("several, of Atlas and of an Ops Manager with a private CA, live side by side in one program", async () => {
    const [us, eu] = [await emulatorOf(), await emulatorOf(ABROAD)];
    const own = await emulated(seed);
    const opsManager = await behindTls(own);
    eu.edit({
      edit: "add-credential",
      credential: {
        kind: "service-account",
        name: "eu account",
        clientId: "mdb_sa_id_eu",
        clientSecret: "mdb_sa_sk_c4n4ry-eu",
        roles: [{ orgId: ABROAD.org, roleName: "ORG_OWNER" }],
      },
    });
    const stack = await newStack(engine);
    await copyFile(CA_FILE, join(stack.folder, "ca.pem"));
    const env = {
      OPS_OWN_PUBLIC_API_KEY: own.credentials.publicKey,
      OPS_OWN_PRIVATE_API_KEY: own.credentials.privateKey,
      OPS_US_PUBLIC_API_KEY: us.credentials.publicKey,
      OPS_US_PRIVATE_API_KEY: us.credentials.privateKey,
      OPS_EU_CLIENT_ID: "mdb_sa_id_eu",
      OPS_EU_CLIENT_SECRET: "mdb_sa_sk_c4n4ry-eu",
      // Credentials of nobody: whoever looked here would be refused.
      MONGODB_ATLAS_PUBLIC_API_KEY: "nobody",
      MONGODB_ATLAS_PRIVATE_API_KEY: "c4n4ry-nobody",
      MONGODB_ATLAS_BASE_URL: "http://127.0.0.1:9",
      MCLI_PUBLIC_API_KEY: "nobody",
      MCLI_PRIVATE_API_KEY: "c4n4ry-nobody",
      MCLI_OPS_MANAGER_URL: "http://127.0.0.1:9",
    };
    const config = { "mongofed:baseUrl": "http://127.0.0.1:9", "mongofed:plane": "cloud-manager" };
    await stack.write(
      `const us = new Provider("us", { baseUrl: "${us.url}", credentials: "env:OPS_US" });`,
      `const eu = new Provider("eu", { baseUrl: "${eu.url}", credentials: "env:OPS_EU" });`,
      identityProvider("american", "{ provider: us }"),
      orgConnection("american", "{ provider: us }"),
      identityProvider("european", "{ provider: eu }", ABROAD),
      orgConnection("european", "{ provider: eu }", ABROAD),
      `const own = new Provider("own", { plane: "ops-manager", baseUrl: "${opsManager.url}", caFile: "ca.pem", credentials: "env:OPS_OWN" });`,
      `const onPremises = new IdentityProvider("onPremises", { projectId: "${PROJECT}", idpType: "WORKLOAD", configurationName: "ours",
        issuerUri: "https://idp.example.com", audience: "ours", authorizationType: "USER" }, { provider: own });`,
      `new FederatedUser("job", { identityProvider: onPremises, principal: "job", roles: ["read@app"] }, { provider: own });`,
    );
    const up = good(await stack.run("up", { env, config }));
    expect(providersIn(us)).toEqual(["american"]);
    expect(providersIn(eu)).toEqual(["european"]);
    expect([callers(us), callers(eu), callers(own)]).toEqual([["owner"], ["eu account"], ["owner"]]);
    expect(grantedOn(own)).toEqual(["ours/job", "theirs/0f1e2d3c"]);
    expect(up.text).not.toMatch(/is not used/);
    for (const secret of [
      us.credentials.privateKey,
      own.credentials.privateKey,
      "mdb_sa_sk_c4n4ry-eu",
      "c4n4ry-nobody",
    ]) {
      expect(up.files + up.text).not.toContain(secret);
    }
    expect(good(await stack.run("preview", { env, config })).text).toMatch(/10 unchanged/);
    good(await stack.run("destroy", { env, config }));
    expect([...providersIn(us), ...providersIn(eu)]).toEqual([]);
    expect(grantedOn(own)).toEqual(["theirs/0f1e2d3c"]);
  });

  test("without its credentials says where it looked, and looks nowhere else", async () => {
    const emulator = await emulatorOf();
    const stack = await newStack(engine);
    await stack.write(
      'const eu = new Provider("ops-eu", { credentials: "env:OPS_EU" });',
      identityProvider("staff", "{ provider: eu }"),
    );
    const missing = bad(await stack.run("up", { env: emulator.env }));
    expect(missing.text).toContain('FED410 missing-credentials: no credentials for Provider "ops-eu"');
    expect(missing.text).toContain("environment: OPS_EU_CLIENT_ID and OPS_EU_CLIENT_SECRET (service account)");
    expect(missing.text).toContain("environment: OPS_EU_PUBLIC_KEY and OPS_EU_PRIVATE_KEY (API key)");
    expect(missing.text).not.toMatch(/MONGODB_ATLAS_|mongofed:clientId/);
    expect(emulator.requests()).toEqual([]);

    // The base URL may lie beside the credentials, in the same source.
    const env = {
      ...emulator.env,
      OPS_EU_BASE_URL: emulator.url,
      OPS_EU_PUBLIC_KEY: emulator.credentials.publicKey,
      OPS_EU_PRIVATE_KEY: "c4n4ry-wrong",
    };
    const wrong = bad(await stack.run("up", { env }));
    expect(wrong.text).toContain("FED411 refused-credentials");
    expect(wrong.text).toContain('from the environment (OPS_EU_PUBLIC_KEY), named by Provider "ops-eu"');
    expect(wrong.text + wrong.files).not.toContain("c4n4ry-wrong");
    expect(writes(emulator)).toEqual([]);
  });

  test("given a secret instead of a name ends the program before anything is registered", async () => {
    const stack = await newStack(engine, { apart: true });
    await stack.write(
      "// @ts-ignore",
      'const eu = new Provider("ops-eu", { credentials: "mdb_sa_sk_c4n4ry" });',
      identityProvider("staff", "{ provider: eu }"),
    );
    const refused = bad(await stack.run("preview"));
    expect(refused.text).toContain("FED415 credentials-in-program: credentials are given by the name");
    expect(refused.text).toMatch(/--> index\.ts:3:\d+ +Provider "ops-eu" \. credentials/);
    expect(refused.text).not.toMatch(/c4n4ry|\n\s+at /);
  });
});

test.each<[string, unknown, string]>([
  [
    "a plane that does not exist",
    { credentials: "env:OPS", plane: "opsmanager" },
    'expected one of "atlas"|"cloud-manager"|"ops-manager"',
  ],
  [
    "a base URL with a password",
    { credentials: "env:OPS", baseUrl: "https://u:c4n4ry@host" },
    "expected an http(s) URL",
  ],
  ["a name in lower case", { credentials: "env:c4n4ry" }, "FED415"],
  ["no credentials", { baseUrl: "https://cloud.mongodb.com" }, "FED415"],
  [
    "a secret under a name of its own",
    { credentials: "env:OPS", clientSecret: "c4n4ry" },
    'Unrecognized key: "clientSecret"',
  ],
])("a Provider refuses %s", (_, args, text) => {
  const construct = () => new Provider("ops", args as ProviderArgs);
  expect(construct).toThrow(text);
  expect(construct).not.toThrow("c4n4ry");
});
