import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Emulator, type Seed, startEmulator } from "../../../provider/emulator/index.ts";
import type { ConfigValue } from "../../../provider/engines/embedded/engine.ts";
import type { Command } from "../../../provider/engines/embedded/events.ts";
import { describeEngines, type EngineFlags, type EngineOutcome, type TestEngine } from "../../support/engines.ts";
import { writeProgram } from "../../support/program.ts";

const federationSettingsId = "5f1ed0c0ffee5f1ed0c0ffe3";
const org = "5f1ed0c0ffee5f1ed0c0ffe1";
const otherOrg = "5f1ed0c0ffee5f1ed0c0ffe9";
const samlId = "0oa1b2c3d4e5f6g7h8i9";

/** Two organizations with settings of their own, and an identity provider that somebody else made. */
const seed: Seed = {
  organizations: [
    { id: org, name: "Platform" },
    { id: otherOrg, name: "Finance" },
  ],
  federations: [
    {
      id: federationSettingsId,
      identityProviders: [
        { protocol: "SAML", oktaIdpId: samlId, displayName: "sso" },
        {
          protocol: "OIDC",
          id: "5f1ed0c0ffee5f1ed0c0ffee",
          idpType: "WORKLOAD",
          displayName: "foreign",
          issuerUri: "https://foreign.example.com",
          audience: "foreign",
          authorizationType: "USER",
          userClaim: "sub",
        },
      ],
      connectedOrgs: [
        {
          orgId: org,
          identityProviderId: samlId,
          domainRestrictionEnabled: true,
          domainAllowList: ["example.com"],
          dataAccessIdentityProviderIds: ["5f1ed0c0ffee5f1ed0c0ffee"],
          postAuthRoleGrants: ["ORG_MEMBER"],
        },
        { orgId: otherOrg },
      ],
    },
  ],
};

const provider = (name: string, changes = "") => `
export const ${name} = new IdentityProvider("${name}", {
  federationSettingsId: "${federationSettingsId}",
  idpType: "WORKFORCE",
  configurationName: "${name}",
  description: "people",
  issuerUri: "https://idp.example.com",
  audience: "${name}",
  clientId: "mongodb",
  requestedScopes: ["openid", "offline_access"],
  associatedDomains: ["example.com"],
  authorizationType: "GROUP",
  ${changes}
});`;
const connection = (to: string, name = "platform", orgId = org) => `
new OrgConnection("${name}", { orgId: "${orgId}", identityProvider: ${to} });`;

const project = "5f1ed0c0ffee5f1ed0c0ffa1";

/** What a group of the provider `staff` and a program may do in the project; `more` are inputs of the program's user. */
const access = (more = "") => `
const apps = new IdentityProvider("apps", {
  federationSettingsId: "${federationSettingsId}",
  idpType: "WORKLOAD",
  configurationName: "apps",
  issuerUri: "https://idp.example.com",
  audience: "apps",
  authorizationType: "USER",
});
new OrgConnection("apps", { orgId: "${org}", identityProvider: apps });
new DatabaseRole("reader", {
  projectId: "${project}",
  roleName: "reader",
  privileges: [{ resource: { database: "app", collection: "orders" }, actions: ["find"] }],
});
new OidcRole("dba", { projectId: "${project}", identityProvider: staff, group: "dba", roles: ["reader"] });
new FederatedUser("billing", {
  projectId: "${project}",
  identityProvider: apps,
  principal: "billing",
  roles: ["read@app"],
  ${more}
});`;

const program = (...parts: string[]) => `import * as pulumi from "@pulumi/pulumi";
import { DatabaseRole, FederatedUser, IdentityProvider, OidcRole, OrgConnection } from "mongofed";
${parts.join("\n")}
`;

interface Settings {
  readonly env?: Record<string, string>;
  readonly config?: Record<string, ConfigValue>;
}

interface Outcome extends EngineOutcome {
  /** All that was printed. */
  readonly text: string;
  /** All that was written: state, backups, stack settings, as one text, with the names of the files. */
  readonly files: string;
}

const noApiKey = { MONGODB_ATLAS_PUBLIC_API_KEY: "", MONGODB_ATLAS_PRIVATE_API_KEY: "" };

function addServiceAccount(emulator: Emulator, clientSecret: string): void {
  emulator.edit({
    edit: "add-credential",
    credential: {
      kind: "service-account",
      name: "canary",
      clientId: "mdb_sa_id_1",
      clientSecret,
      roles: [
        { orgId: org, roleName: "ORG_OWNER" },
        { orgId: otherOrg, roleName: "ORG_OWNER" },
      ],
    },
  });
}

async function textOf(folder: string): Promise<string> {
  // A first preview writes nothing.
  const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const texts = files
    .filter((file) => file.isFile())
    .map(async ({ parentPath, name }) => `${name}\n${await readFile(join(parentPath, name), "utf8")}`);
  return (await Promise.all(texts)).join("\n");
}

interface Stack {
  readonly emulator: Emulator;
  write(...parts: string[]): Promise<void>;
  run(command: Command, flags?: EngineFlags, settings?: Settings): Promise<Outcome>;
  /** Requests that write, since the last time this was asked. */
  writes(): string[];
}

async function newStack(engine: TestEngine, env: Record<string, string> = {}): Promise<Stack> {
  const emulator = await startEmulator({ seed });
  onTestFinished(() => emulator.close());
  const written = await writeProgram(program());
  return {
    emulator,
    write: (...parts) => written.write(program(...parts)),
    async run(command, flags = {}, settings = {}) {
      const stateDir = join(written.folder, "..", "state");
      const config = settings.config ?? {};
      const outcome = await engine.run({
        command,
        cwd: written.folder,
        stack: "dev",
        stateDir,
        env: { ...emulator.env, ...env, ...settings.env },
        config,
        // What an up would show first is what a preview shows, which is tested as such.
        flags: { skipPreview: true, ...flags },
      });
      return { ...outcome, text: outcome.stdout + outcome.stderr, files: await textOf(stateDir) };
    },
    writes() {
      const all = emulator.requests().map(({ method, path }) => `${method} ${path.replace(/^\/api\/atlas\/v2/, "")}`);
      emulator.clearRequests();
      return all.filter((request) => !request.startsWith("GET "));
    },
  };
}

/** Ran as wished, or the test says what was printed. */
function good(outcome: Outcome): Outcome {
  expect(outcome.exitCode, outcome.text).toBe(0);
  return outcome;
}

const usernames = ({ emulator }: Stack) => emulator.world().atlas.databaseUsers.map(({ username }) => username);

const oidc = ({ emulator }: Stack) =>
  emulator
    .world()
    .atlas.federations.flatMap(({ identityProviders }) => identityProviders as unknown as Record<string, unknown>[])
    .filter(({ protocol, displayName }) => protocol === "OIDC" && displayName !== "foreign");
const connectedIds = ({ emulator }: Stack, orgId = org) =>
  (
    emulator.world().atlas.federations.flatMap(({ connectedOrgs }) => connectedOrgs) as unknown as Record<
      string,
      unknown
    >[]
  ).find((entry) => entry.orgId === orgId);

describeEngines("the life of an identity provider and its connection", (engine) => {
  test("created, unchanged, changed in place, and destroyed without a trace", async () => {
    const stack = await newStack(engine);
    const before = stack.emulator.world();
    await stack.write(provider("staff"), connection("staff"));
    good(await stack.run("preview"));
    expect(stack.writes()).toEqual([]);

    good(await stack.run("up"));
    const [staff] = oidc(stack);
    expect(staff).toMatchObject({
      displayName: "staff",
      userClaim: "sub",
      groupsClaim: "groups",
      associatedDomains: ["example.com"],
    });
    expect(connectedIds(stack)).toMatchObject({
      dataAccessIdentityProviderIds: ["5f1ed0c0ffee5f1ed0c0ffee", staff?.id],
      identityProviderId: samlId,
      domainRestrictionEnabled: true,
      domainAllowList: ["example.com"],
      postAuthRoleGrants: ["ORG_MEMBER"],
    });
    expect(stack.writes().map((request) => request.split(" ")[0])).toEqual(["POST", "PATCH"]);

    expect(good(await stack.run("preview")).text).toMatch(/3 unchanged/);
    await stack.write(provider("staff", 'configurationName: "renamed",'), connection("staff"));
    good(await stack.run("up"));
    expect(stack.writes()).toEqual([
      `PATCH /federationSettings/${federationSettingsId}/identityProviders/${staff?.id}`,
    ]);
    expect(oidc(stack)).toEqual([
      expect.objectContaining({ id: staff?.id, displayName: "renamed", description: "people" }),
    ]);

    good(await stack.run("destroy"));
    expect(stack.writes().map((request) => request.split(" ")[0])).toEqual(["PATCH", "DELETE"]);
    expect(stack.emulator.world().atlas).toEqual(before.atlas);
  });

  test("a listing serves all resources of a run", async () => {
    const stack = await newStack(engine);
    const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    await stack.write(...names.map((name) => provider(name)));
    good(await stack.run("up"));
    stack.emulator.clearRequests();
    good(await stack.run("preview"));
    const reads = stack.emulator
      .requests()
      .filter(({ path, status }) => path.includes("/identityProviders") && status === 200);
    expect(reads).toHaveLength(1);
  });

  test("swaps one provider for another in one request", async () => {
    const stack = await newStack(engine);
    await stack.write(provider("staff"), provider("people"), connection("staff"));
    good(await stack.run("up"));
    stack.writes();
    await stack.write(provider("staff"), provider("people"), connection("people"));
    good(await stack.run("up"));
    expect(stack.writes()).toEqual([`PATCH /federationSettings/${federationSettingsId}/connectedOrgConfigs/${org}`]);
    const people = oidc(stack).find(({ displayName }) => displayName === "people");
    expect(connectedIds(stack)?.dataAccessIdentityProviderIds).toEqual(["5f1ed0c0ffee5f1ed0c0ffee", people?.id]);
  });

  test("replaces a provider of another type: created, swapped in, and the old one deleted last", async () => {
    const stack = await newStack(engine);
    await stack.write(provider("staff"), connection("staff"));
    good(await stack.run("up"));
    const [old] = oidc(stack);
    stack.writes();
    await stack.write(
      provider(
        "staff",
        'idpType: "WORKLOAD", clientId: undefined, requestedScopes: undefined, associatedDomains: undefined, audience: "apps",',
      ).replace("{\n", "{\n  // @ts-ignore\n"),
      connection("staff"),
    );
    good(await stack.run("up"));
    expect(stack.writes().map((request) => request.split(" ")[0])).toEqual(["POST", "PATCH", "DELETE"]);
    expect(oidc(stack)).toEqual([expect.objectContaining({ idpType: "WORKLOAD" })]);
    expect(oidc(stack)[0]?.id).not.toBe(old?.id);
    expect(connectedIds(stack)?.dataAccessIdentityProviderIds).toContain(oidc(stack)[0]?.id);
  });

  test("refuses a replacement for whose moment the federation would hold two of the same", async () => {
    const stack = await newStack(engine);
    await stack.write(provider("staff"));
    good(await stack.run("up"));
    stack.writes();
    await stack.write(
      provider(
        "staff",
        'idpType: "WORKLOAD", clientId: undefined, requestedScopes: undefined, associatedDomains: undefined,',
      ).replace("{\n", "{\n  // @ts-ignore\n"),
    );
    const preview = await stack.run("preview");
    expect(preview.exitCode).not.toBe(0);
    expect(preview.text).toContain("FED222 replacement-needs-both");
    expect(stack.writes()).toEqual([]);
  });

  test("shows what somebody changed by hand, property by property, and puts back only that", async () => {
    const stack = await newStack(engine);
    await stack.write(provider("staff"), connection("staff"));
    good(await stack.run("up"));
    stack.writes();
    stack.emulator.edit({
      edit: "update-identity-provider",
      id: String(oidc(stack)[0]?.id),
      fields: { audience: "api://old", description: "do not touch (Bob)" },
    });
    const preview = good(await stack.run("preview"));
    expect(preview.text).toMatch(/drift +IdentityProvider "staff" \(staff\) was changed outside this stack/);
    expect(preview.text).toMatch(/audience +live "api:\/\/old" +recorded "staff" +wanted "staff" +up puts it back/);
    expect(preview.text).toMatch(
      /description +live "do not touch \(Bob\)" +recorded "people" +wanted "people" +up puts it back/,
    );
    // The CLI shows it once more, in its progress rows.
    const [, diagnostics = ""] = preview.text.split("Diagnostics:");
    expect(diagnostics.match(/was changed outside this stack/g)).toHaveLength(1);
    expect(preview.text).toMatch(/~ 1 to update/);
    stack.emulator.clearRequests();
    good(await stack.run("up"));
    expect(oidc(stack)[0]).toMatchObject({ audience: "staff", description: "people" });
    expect(stack.writes()).toHaveLength(1);
    expect(good(await stack.run("preview")).text).toMatch(/3 unchanged/);
  });

  test("shows the same drift with a refresh", async () => {
    const stack = await newStack(engine);
    await stack.write(provider("staff"));
    good(await stack.run("up"));
    stack.emulator.edit({
      edit: "update-identity-provider",
      id: String(oidc(stack)[0]?.id),
      fields: { audience: "api://old" },
    });
    const preview = good(await stack.run("preview", { refresh: true, diff: true }));
    expect(preview.text).toMatch(/audience +live "api:\/\/old" +recorded "staff" +wanted "staff" +up puts it back/);
    expect(preview.text).toMatch(/~ audience *: "api:\/\/old" => "staff"/);
  });

  test("makes anew what was deleted by hand, and connects again what was disconnected", async () => {
    const stack = await newStack(engine);
    await stack.write(provider("staff"), connection("staff"));
    good(await stack.run("up"));
    const first = String(oidc(stack)[0]?.id);
    stack.emulator.edit({ edit: "disconnect", orgId: org, identityProviderId: first });
    expect(good(await stack.run("preview")).text).toMatch(/OrgConnection "platform".*outside this stack/);
    good(await stack.run("up"));
    expect(connectedIds(stack)?.dataAccessIdentityProviderIds).toContain(first);

    stack.emulator.edit({ edit: "remove-identity-provider", id: first });
    expect(good(await stack.run("preview")).text).toMatch(/IdentityProvider "staff".*deleted outside this stack/);
    good(await stack.run("up"));
    expect(oidc(stack)).toHaveLength(1);
    expect(connectedIds(stack)?.dataAccessIdentityProviderIds).toEqual([
      "5f1ed0c0ffee5f1ed0c0ffee",
      oidc(stack)[0]?.id,
    ]);
    expect(good(await stack.run("preview")).text).toMatch(/3 unchanged/);
  });

  test("a refresh takes what was deleted by hand out of the state", async () => {
    const stack = await newStack(engine);
    await stack.write(provider("staff"));
    good(await stack.run("up"));
    stack.emulator.edit({ edit: "remove-identity-provider", id: String(oidc(stack)[0]?.id) });
    const refreshed = good(await stack.run("refresh"));
    expect((refreshed.deployment.deployment.resources ?? []).filter(({ urn }) => urn.endsWith("::staff"))).toEqual([]);
  });

  test("does not delete a provider while an organization is connected that this stack did not connect", async () => {
    const stack = await newStack(engine);
    await stack.write(provider("staff"), connection("staff"));
    good(await stack.run("up"));
    const id = String(oidc(stack)[0]?.id);
    stack.emulator.edit({ edit: "connect", orgId: otherOrg, identityProviderId: id });
    stack.writes();
    const refused = await stack.run("destroy");
    expect(refused.exitCode).not.toBe(0);
    expect(refused.text).toContain("FED214 still-connected");
    expect(refused.text).toContain(otherOrg);
    expect(refused.text).toContain("Finance");
    expect(connectedIds(stack, otherOrg)?.dataAccessIdentityProviderIds).toEqual([id]);
    expect(oidc(stack)).toHaveLength(1);
    const names = (refused.deployment.deployment.resources ?? []).map(({ urn }) =>
      urn.slice(urn.lastIndexOf("::") + 2),
    );
    expect(names).toContain("staff");
    expect(names).not.toContain("platform");

    stack.emulator.edit({ edit: "disconnect", orgId: otherOrg, identityProviderId: id });
    good(await stack.run("destroy"));
    expect(oidc(stack)).toEqual([]);
  });

  test("does not connect a second workforce provider beside one that this stack does not own", async () => {
    const stack = await newStack(engine);
    const foreign = stack.emulator.edit({
      edit: "add-identity-provider",
      federationSettingsId,
      fields: {
        protocol: "OIDC",
        idpType: "WORKFORCE",
        displayName: "theirs",
        issuerUri: "https://theirs.example.com",
        audience: "t",
        clientId: "t",
        authorizationType: "GROUP",
        userClaim: "sub",
        groupsClaim: "groups",
      },
    });
    stack.emulator.edit({ edit: "connect", orgId: org, identityProviderId: foreign });
    await stack.write(provider("staff"), connection("staff"));
    const preview = await stack.run("preview");
    expect(preview.exitCode).not.toBe(0);
    expect(preview.text).toContain("FED203 one-workforce-provider");
    expect(preview.text).toContain("theirs");
    expect(stack.writes()).toEqual([]);
  });

  test("does not create what exists already", async () => {
    const stack = await newStack(engine);
    stack.emulator.edit({
      edit: "add-identity-provider",
      federationSettingsId,
      fields: {
        protocol: "OIDC",
        idpType: "WORKFORCE",
        displayName: "theirs",
        issuerUri: "https://idp.example.com",
        audience: "staff",
        clientId: "t",
        authorizationType: "GROUP",
        userClaim: "sub",
        groupsClaim: "groups",
      },
    });
    await stack.write(provider("staff"));
    const preview = await stack.run("preview");
    expect(preview.exitCode).not.toBe(0);
    expect(preview.text).toMatch(/FED221 already-exists/);
    expect(stack.writes()).toEqual([]);
  });

  test("reads what it does not manage, in a preview too", async () => {
    const stack = await newStack(engine);
    const id = `${federationSettingsId}/5f1ed0c0ffee5f1ed0c0ffee`;
    await stack.write(
      `const foreign = IdentityProvider.get("foreign", "${id}");`,
      `new OrgConnection("finance", { orgId: "${otherOrg}", identityProvider: foreign });`,
      "export const name = foreign.configurationName;",
      "export const reference = foreign.reference;",
    );
    const preview = good(await stack.run("preview"));
    expect(preview.text).toMatch(/name *: "foreign"/);
    good(await stack.run("up"));
    expect(connectedIds(stack, otherOrg)?.dataAccessIdentityProviderIds).toEqual(["5f1ed0c0ffee5f1ed0c0ffee"]);
    good(await stack.run("destroy"));
    expect(connectedIds(stack, otherOrg)?.dataAccessIdentityProviderIds).toEqual([]);

    await stack.write(`IdentityProvider.get("nobody", "${federationSettingsId}/5f1ed0c0ffee5f1ed0c0ff00");`);
    const missing = await stack.run("preview");
    expect(missing.exitCode).not.toBe(0);
    expect(missing.text).toContain("5f1ed0c0ffee5f1ed0c0ff00");
  });

  test("revokes the cached signing keys once, when the trigger changes, and never at creation", async () => {
    const stack = await newStack(engine);
    await stack.write(provider("staff", 'revokeJwksTrigger: "1",'));
    good(await stack.run("up"));
    expect(stack.writes().filter((request) => request.endsWith("/jwks"))).toEqual([]);
    await stack.write(provider("staff", 'revokeJwksTrigger: "2",'));
    good(await stack.run("up"));
    expect(stack.writes()).toEqual([expect.stringMatching(/^DELETE .*\/jwks$/)]);
    good(await stack.run("up"));
    expect(stack.writes()).toEqual([]);
  });

  test("prints no input that the program calls secret, and does not write it in clear", async () => {
    const stack = await newStack(engine, { PULUMI_CONFIG_PASSPHRASE: "test" });
    stack.emulator.edit({ edit: "add-project", id: project, orgId: org, name: "billing" });
    const secret = provider("staff", 'audience: pulumi.secret("4udience-unter-uns"),');
    const user = access('description: pulumi.secret("4udience-zu-viert"),');
    await stack.write(secret, connection("staff"), user);
    const up = good(await stack.run("up"));
    const staff = oidc(stack).find(({ displayName }) => displayName === "staff");
    expect(staff).toMatchObject({ audience: "4udience-unter-uns" });
    stack.emulator.edit({
      edit: "update-identity-provider",
      id: String(staff?.id),
      fields: { audience: "4udience-of-bob" },
    });
    const [username = ""] = usernames(stack).filter((name) => name.endsWith("/billing"));
    const fields = { description: "4udience-of-eve" };
    stack.emulator.edit({ edit: "update-database-user", projectId: project, username, fields });
    const preview = good(await stack.run("preview", { diff: true }));
    const refresh = good(await stack.run("refresh"));
    expect(preview.text).toMatch(/audience +live \[secret\] +recorded \[secret\] +wanted \[secret\] +up puts it back/);
    expect(preview.text).toMatch(/description +live \[secret\] +recorded \[secret\] +wanted \[secret\] +up puts it/);
    for (const { text, deployment } of [up, preview, refresh]) {
      expect(text).not.toMatch(/4udience/);
      expect(JSON.stringify(deployment)).not.toMatch(/4udience/);
    }
    await stack.write(provider("staff", 'associatedDomains: pulumi.secret(["https://example.com"]),'));
    const refused = await stack.run("preview");
    expect(refused.exitCode).not.toBe(0);
    expect(refused.text).toMatch(/FED213 domain-form: "\[secret\]" is not a domain name/);
    expect(refused.text).not.toContain("FED490");
  });

  test("tells whose credentials were refused, without a JavaScript stack and without the secret", async () => {
    const canary = "c4n4ry-5ecret-0f-the-key";
    const stack = await newStack(engine, { MONGODB_ATLAS_PRIVATE_API_KEY: canary, MONGOFED_DEBUG: "" });
    await stack.write(provider("staff"));
    const refused = await stack.run("up");
    expect(refused.exitCode).not.toBe(0);
    expect(refused.text).toMatch(/401/);
    expect(refused.text).toMatch(/MONGODB_ATLAS_PRIVATE_API_KEY|environment/);
    expect(refused.text).not.toContain(canary);
    expect(refused.text).not.toMatch(/\n\s+at /);
  });

  /** Every way to give credentials, with the secret that must appear nowhere. */
  const credentials: {
    name: string;
    of: (emulator: Emulator) => {
      env: Record<string, string>;
      config?: Record<string, ConfigValue>;
      id: string;
      secret: string;
    };
  }[] = [
    {
      name: "an API key in the environment",
      of: ({ credentials: { publicKey, privateKey } }) => ({ env: {}, id: publicKey, secret: privateKey }),
    },
    {
      name: "a service account in the environment",
      of: (emulator) => {
        const secret = "mdb_sa_sk_c4n4ry/+of%the%account";
        addServiceAccount(emulator, secret);
        return {
          env: { ...noApiKey, MONGODB_ATLAS_CLIENT_ID: "mdb_sa_id_1", MONGODB_ATLAS_CLIENT_SECRET: secret },
          id: "mdb_sa_id_1",
          secret,
        };
      },
    },
    {
      name: "an API key in stack config",
      of: ({ url, credentials: { publicKey, privateKey } }) => ({
        env: { ...noApiKey, MONGODB_ATLAS_BASE_URL: "" },
        config: {
          "mongofed:baseUrl": url,
          "mongofed:publicKey": publicKey,
          "mongofed:privateKey": { value: privateKey, secret: true },
        },
        id: publicKey,
        secret: privateKey,
      }),
    },
    {
      name: "a service account in stack config",
      of: (emulator) => {
        const secret = "mdb_sa_sk_c4n4ry-in-config";
        addServiceAccount(emulator, secret);
        return {
          env: { ...noApiKey, MONGODB_ATLAS_BASE_URL: "" },
          config: {
            "mongofed:baseUrl": emulator.url,
            "mongofed:clientId": "mdb_sa_id_1",
            "mongofed:clientSecret": { value: secret, secret: true },
          },
          id: "mdb_sa_id_1",
          secret,
        };
      },
    },
  ];

  test.each(credentials)("keeps $name out of state, backups, output, errors and debug output", async ({ of }) => {
    const stack = await newStack(engine);
    const { env, config, id, secret } = of(stack.emulator);
    const settings = {
      env: { ...env, MONGOFED_DEBUG: "1", PULUMI_CONFIG_PASSPHRASE: "test" },
      ...(config ? { config } : {}),
    };
    stack.emulator.edit({ edit: "add-project", id: project, orgId: org, name: "billing" });
    await stack.write(provider("staff"), connection("staff"), access());
    const up = good(await stack.run("up", {}, settings));
    for (const path of ["identityProviders", "databaseUsers", "customDBRoles"]) {
      expect(up.text).toMatch(new RegExp(`POST .*${path}`));
    }
    expect(usernames(stack)).toHaveLength(2);
    stack.emulator.inject({ match: { path: "/api/atlas/v2/" }, fault: { kind: "status", status: 500 } });
    const failed = await stack.run("preview", {}, settings);
    expect(failed.exitCode).not.toBe(0);
    expect(failed.text).toMatch(/500/);
    stack.emulator.clearFaults();
    const destroyed = good(await stack.run("destroy", {}, settings));
    if (engine.name === "embedded") expect(destroyed.files).toMatch(/\.json\.bak$/m);
    // The exchange itself goes wrong: the server does not know the key, or the account, any more.
    for (const { name } of stack.emulator.world().credentials) {
      stack.emulator.edit({ edit: "remove-credential", name: String(name) });
    }
    const refused = await stack.run("preview", {}, settings);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.text).toMatch(/FED411[\s\S]*401/);
    const encoded = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
    const [bytes, pair, encodedPair] = [secret, `${id}:${secret}`, encoded].map((text) => Buffer.from(text));
    const forms = [
      secret,
      encodeURIComponent(secret),
      `${new URLSearchParams({ secret })}`.slice("secret=".length),
      JSON.stringify(secret).slice(1, -1),
      ...[bytes, pair, encodedPair].flatMap((of) => [of!.toString("base64"), of!.toString("base64url")]),
      bytes!.toString("hex"),
    ];
    for (const { text, deployment, files } of [up, failed, destroyed, refused]) {
      for (const form of forms) {
        expect(text).not.toContain(form);
        expect(JSON.stringify(deployment)).not.toContain(form);
        expect(files).not.toContain(form);
      }
    }
  });
});

test("the quickstart of the README is the one that is tested", async () => {
  const main = await readFile(new URL("../../../Pulumi.yaml", import.meta.url), "utf8");
  expect(main).toContain("main: examples/quickstart");
});
