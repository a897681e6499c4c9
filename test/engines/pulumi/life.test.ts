import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { Emulator, Seed } from "../../../provider/emulator/index.ts";
import type { ConfigValue } from "../../../provider/engines/embedded/run-options.ts";
import {
  databaseRole,
  federatedUser,
  HOME,
  identityProvider,
  oidcRole,
  orgConnection,
  workload,
} from "../../support/declarations.ts";
import { emulated } from "../../support/emulator.ts";
import { describeEngines, type TestEngine } from "../../support/engines.ts";
import { ABSENT, FEDERATION, IDP, ORG, OTHER_ORG, PROJECT } from "../../support/ids.ts";
import { type Stack as BareStack, bad, good, newStack as newBareStack } from "../../support/stack.ts";

const samlId = "0oa1b2c3d4e5f6g7h8i9";

/** Two organizations with settings of their own, and an identity provider that somebody else made. */
const seed: Seed = {
  organizations: [
    { id: ORG, name: "Platform" },
    { id: OTHER_ORG, name: "Finance" },
  ],
  federations: [
    {
      id: FEDERATION,
      identityProviders: [
        { protocol: "SAML", oktaIdpId: samlId, displayName: "sso" },
        {
          protocol: "OIDC",
          id: IDP,
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
          orgId: ORG,
          identityProviderId: samlId,
          domainRestrictionEnabled: true,
          domainAllowList: ["example.com"],
          dataAccessIdentityProviderIds: [IDP],
          postAuthRoleGrants: ["ORG_MEMBER"],
        },
        { orgId: OTHER_ORG },
      ],
    },
  ],
};

/** Creates an identity provider for people by other means. */
function addTheirs({ emulator }: { readonly emulator: Emulator }, fields: { issuerUri: string; audience: string }) {
  const given = { protocol: "OIDC", idpType: "WORKFORCE", displayName: "theirs", clientId: "t", ...fields } as const;
  const claims = { authorizationType: "GROUP", userClaim: "sub", groupsClaim: "groups" } as const;
  const edit = "add-identity-provider";
  return emulator.edit({ edit, federationSettingsId: FEDERATION, fields: { ...given, ...claims } });
}

const provider = (name: string, changes = "") =>
  identityProvider(
    name,
    "{}",
    HOME,
    `description: "people", requestedScopes: ["openid", "offline_access"], associatedDomains: ["example.com"], ${changes}`,
  );
const connection = (to: string, name = "platform", orgId = ORG) => `
new OrgConnection("${name}", { orgId: "${orgId}", identityProvider: ${to} });`;

/** The access of a group of the provider `staff` and of a program; `more` are inputs of the program's user. */
const access = (more = "") =>
  [
    workload("apps"),
    orgConnection("apps"),
    databaseRole("reader"),
    oidcRole("dba", "staff", 'roles: ["reader"]'),
    federatedUser("billing", "apps", `roles: ["read@app"], ${more}`),
  ].join("\n");

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
        { orgId: ORG, roleName: "ORG_OWNER" },
        { orgId: OTHER_ORG, roleName: "ORG_OWNER" },
      ],
    },
  });
}

interface Stack extends BareStack {
  readonly emulator: Emulator;
  /** Requests that write, since the last time this was asked. */
  writes(): string[];
}

/** With an emulator and its credentials, to which `env` is added. */
async function newStack(
  engine: TestEngine,
  env: Record<string, string> = {},
  { processes = false } = {},
): Promise<Stack> {
  const emulator = await emulated(seed);
  const stack = await newBareStack(engine);
  return {
    ...stack,
    emulator,
    write: (...parts) => stack.write('import * as pulumi from "@pulumi/pulumi";', ...parts),
    run: (command, settings = {}) =>
      stack.run(command, { ...settings, processes, env: { ...emulator.env, ...env, ...settings.env } }),
    writes() {
      const all = emulator.requests().map(({ method, path }) => `${method} ${path.replace(/^\/api\/atlas\/v2/, "")}`);
      emulator.clearRequests();
      return all.filter((request) => !request.startsWith("GET "));
    },
  };
}

const usernames = ({ emulator }: Stack) => emulator.world().atlas.databaseUsers.map(({ username }) => username);

const oidc = ({ emulator }: Stack) =>
  emulator
    .world()
    .atlas.federations.flatMap(({ identityProviders }) => identityProviders as unknown as Record<string, unknown>[])
    .filter(({ protocol, displayName }) => protocol === "OIDC" && displayName !== "foreign");
const connectedIds = ({ emulator }: Stack, orgId = ORG) =>
  (
    emulator.world().atlas.federations.flatMap(({ connectedOrgs }) => connectedOrgs) as unknown as Record<
      string,
      unknown
    >[]
  ).find((entry) => entry.orgId === orgId);

/** A provider for programs in place of one for people; `changes` as above. */
const forPrograms = (name: string, changes = "") =>
  provider(
    name,
    `idpType: "WORKLOAD", clientId: undefined, requestedScopes: undefined, associatedDomains: undefined, ${changes}`,
  ).replace("{\n", "{\n  // @ts-ignore\n");
const methods = (requests: string[]) => requests.map((request) => request.split(" ")[0]);

describeEngines("the life of an identity provider and its connection", (engine) => {
  test("is created, unchanged, corrected, changed in place, replaced and destroyed without a trace", async () => {
    // One whole life for each control plane with real processes.
    const stack = await newStack(engine, {}, { processes: true });
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
      dataAccessIdentityProviderIds: [IDP, staff?.id],
      identityProviderId: samlId,
      domainRestrictionEnabled: true,
      domainAllowList: ["example.com"],
      postAuthRoleGrants: ["ORG_MEMBER"],
    });
    expect(methods(stack.writes())).toEqual(["POST", "PATCH"]);
    expect(good(await stack.run("preview")).text).toMatch(/3 unchanged/);

    // Manual changes are shown property by property, without and with a refresh, and corrected.
    const id = String(staff?.id);
    const byHand = { audience: "api://old", description: "do not touch (Bob)" };
    stack.emulator.edit({ edit: "update-identity-provider", id, fields: byHand });
    const preview = good(await stack.run("preview"));
    expect(preview.text).toMatch(/drift +IdentityProvider "staff" \(staff\) was changed outside this stack/);
    // The CLI shows it once more, in its progress rows.
    const [, diagnostics = ""] = preview.text.split("Diagnostics:");
    expect(diagnostics.match(/was changed outside this stack/g)).toHaveLength(1);
    expect(preview.text).toMatch(/~ 1 to update/);
    const refreshing = good(await stack.run("preview", { flags: { refresh: true, diff: true } }));
    expect(refreshing.text).toMatch(/~ audience *: "api:\/\/old" => "staff"/);
    for (const { text } of [preview, refreshing]) {
      expect(text).toMatch(/audience +live "api:\/\/old" +recorded "staff" +wanted "staff" +up puts it back/);
      expect(text).toMatch(
        /description +live "do not touch \(Bob\)" +recorded "people" +wanted "people" +up puts it back/,
      );
    }
    expect(stack.writes()).toEqual([]);
    good(await stack.run("up"));
    expect(oidc(stack)).toEqual([expect.objectContaining({ id, audience: "staff", description: "people" })]);
    const patch = `PATCH /federationSettings/${FEDERATION}/identityProviders/${id}`;
    expect(stack.writes()).toEqual([patch]);

    await stack.write(provider("staff", 'configurationName: "renamed",'), connection("staff"));
    good(await stack.run("up"));
    expect(stack.writes()).toEqual([patch]);
    expect(oidc(stack)).toEqual([expect.objectContaining({ id, displayName: "renamed", description: "people" })]);

    // A manually removed connection is restored, and a deleted object is created again.
    stack.emulator.edit({ edit: "disconnect", orgId: ORG, identityProviderId: id });
    expect(good(await stack.run("preview")).text).toMatch(/OrgConnection "platform".*outside this stack/);
    good(await stack.run("up"));
    expect(connectedIds(stack)?.dataAccessIdentityProviderIds).toContain(id);
    stack.emulator.edit({ edit: "remove-identity-provider", id });
    expect(good(await stack.run("preview")).text).toMatch(/IdentityProvider "staff".*deleted outside this stack/);
    good(await stack.run("up"));
    const [anew, ...others] = oidc(stack);
    expect(others).toEqual([]);
    expect(connectedIds(stack)?.dataAccessIdentityProviderIds).toEqual([IDP, anew?.id]);
    expect(good(await stack.run("preview")).text).toMatch(/3 unchanged/);

    // Nothing is deleted while an organization is connected that this stack did not connect.
    stack.emulator.edit({ edit: "connect", orgId: OTHER_ORG, identityProviderId: String(anew?.id) });
    stack.writes();
    const refused = bad(await stack.run("destroy"));
    expect(refused.text).toContain("FED214 still-connected");
    expect(refused.text).toContain(OTHER_ORG);
    expect(refused.text).toContain("Finance");
    expect(connectedIds(stack, OTHER_ORG)?.dataAccessIdentityProviderIds).toEqual([anew?.id]);
    expect(oidc(stack)).toHaveLength(1);
    const names = (refused.deployment.deployment.resources ?? []).map(({ urn }) =>
      urn.slice(urn.lastIndexOf("::") + 2),
    );
    expect(names).toContain("staff");
    expect(names).not.toContain("platform");
    expect(methods(stack.writes())).toEqual(["PATCH"]);

    stack.emulator.edit({ edit: "disconnect", orgId: OTHER_ORG, identityProviderId: String(anew?.id) });
    good(await stack.run("destroy"));
    expect(methods(stack.writes())).toEqual(["DELETE"]);
    expect(stack.emulator.world().atlas).toEqual(before.atlas);
  });

  test("its keys revoked once, swapped for another in one request, replaced by another type, and taken out of the state", async () => {
    const stack = await newStack(engine);
    const revoking = (trigger: string) => provider("staff", `revokeJwksTrigger: "${trigger}",`);
    await stack.write(revoking("1"), provider("people"), connection("staff"));
    good(await stack.run("up"));
    // Never at creation.
    expect(stack.writes().filter((request) => request.endsWith("/jwks"))).toEqual([]);

    good(await stack.run("preview"));
    const reads = stack.emulator
      .requests()
      .filter(({ path, status }) => path.includes("/identityProviders") && status === 200);
    expect(reads, "a listing serves all resources of a run").toHaveLength(1);

    await stack.write(revoking("2"), provider("people"), connection("staff"));
    good(await stack.run("up"));
    expect(stack.writes()).toEqual([expect.stringMatching(/^DELETE .*\/jwks$/)]);

    await stack.write(revoking("2"), provider("people"), connection("people"));
    good(await stack.run("up"));
    expect(stack.writes()).toEqual([`PATCH /federationSettings/${FEDERATION}/connectedOrgConfigs/${ORG}`]);
    const named = (name: string) => oidc(stack).filter(({ displayName }) => displayName === name);
    const [old] = named("people");
    expect(connectedIds(stack)?.dataAccessIdentityProviderIds).toEqual([IDP, old?.id]);

    // For a moment the federation would hold two of the same issuer and audience.
    await stack.write(revoking("2"), forPrograms("people"), connection("people"));
    expect(bad(await stack.run("preview")).text).toContain("FED222 replacement-shares-audience");
    expect(stack.writes()).toEqual([]);

    await stack.write(revoking("2"), forPrograms("people", 'audience: "apps",'), connection("people"));
    good(await stack.run("up"));
    expect(methods(stack.writes())).toEqual(["POST", "PATCH", "DELETE"]);
    expect(named("people")).toEqual([expect.objectContaining({ idpType: "WORKLOAD" })]);
    expect(named("people")[0]?.id).not.toBe(old?.id);
    expect(connectedIds(stack)?.dataAccessIdentityProviderIds).toContain(named("people")[0]?.id);

    stack.emulator.edit({ edit: "remove-identity-provider", id: String(named("staff")[0]?.id) });
    const refreshed = good(await stack.run("refresh"));
    const left = (refreshed.deployment.deployment.resources ?? []).map(({ urn }) => urn);
    expect(left.filter((urn) => urn.endsWith("::staff"))).toEqual([]);
    expect(left.filter((urn) => urn.endsWith("::people"))).toHaveLength(1);
  });

  test("does not connect a second workforce provider beside one that this stack does not own", async () => {
    const stack = await newStack(engine);
    const foreign = addTheirs(stack, { issuerUri: "https://theirs.example.com", audience: "t" });
    stack.emulator.edit({ edit: "connect", orgId: ORG, identityProviderId: foreign });
    await stack.write(provider("staff"), connection("staff"));
    const preview = bad(await stack.run("preview"));
    expect(preview.text).toContain("FED203 second-workforce-provider");
    expect(preview.text).toContain("theirs");
    expect(stack.writes()).toEqual([]);
  });

  test("does not create what exists already", async () => {
    const stack = await newStack(engine);
    addTheirs(stack, { issuerUri: "https://idp.example.com", audience: "staff" });
    await stack.write(provider("staff"));
    const preview = bad(await stack.run("preview"));
    expect(preview.text).toMatch(/FED221 already-exists/);
    expect(stack.writes()).toEqual([]);
  });

  test("reads what it does not manage, in a preview too", async () => {
    const stack = await newStack(engine);
    const id = `${FEDERATION}/${IDP}`;
    await stack.write(
      `const foreign = IdentityProvider.get("foreign", "${id}");`,
      `new OrgConnection("finance", { orgId: "${OTHER_ORG}", identityProvider: foreign });`,
      "export const name = foreign.configurationName;",
      "export const reference = foreign.reference;",
    );
    const preview = good(await stack.run("preview"));
    expect(preview.text).toMatch(/name *: "foreign"/);
    good(await stack.run("up"));
    expect(connectedIds(stack, OTHER_ORG)?.dataAccessIdentityProviderIds).toEqual([IDP]);
    good(await stack.run("destroy"));
    expect(connectedIds(stack, OTHER_ORG)?.dataAccessIdentityProviderIds).toEqual([]);

    await stack.write(`IdentityProvider.get("nobody", "${FEDERATION}/${ABSENT}");`);
    const missing = bad(await stack.run("preview"));
    expect(missing.text).toContain(ABSENT);
  });

  test("prints no input that the program calls secret, and does not write it in clear", async () => {
    const stack = await newStack(engine);
    stack.emulator.edit({ edit: "add-project", id: PROJECT, orgId: ORG, name: "billing" });
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
    stack.emulator.edit({ edit: "update-database-user", projectId: PROJECT, username, fields });
    const preview = good(await stack.run("preview", { flags: { diff: true } }));
    const refresh = good(await stack.run("refresh"));
    expect(preview.text).toMatch(/audience +live \[secret\] +recorded \[secret\] +wanted \[secret\] +up puts it back/);
    expect(preview.text).toMatch(/description +live \[secret\] +recorded \[secret\] +wanted \[secret\] +up puts it/);
    for (const { text, deployment } of [up, preview, refresh]) {
      expect(text).not.toMatch(/4udience/);
      expect(JSON.stringify(deployment)).not.toMatch(/4udience/);
    }
    await stack.write(provider("staff", 'associatedDomains: pulumi.secret(["https://example.com"]),'));
    const refused = bad(await stack.run("preview"));
    expect(refused.text).toMatch(/FED213 invalid-domain: "\[secret\]" is not a domain name/);
    expect(refused.text).not.toContain("FED490");
  });

  test("tells whose credentials were refused, without a JavaScript stack and without the secret", async () => {
    const canary = "c4n4ry-5ecret-0f-the-key";
    const stack = await newStack(engine, { MONGODB_ATLAS_PRIVATE_API_KEY: canary, MONGOFED_DEBUG: "" });
    await stack.write(provider("staff"));
    const refused = bad(await stack.run("up"));
    expect(refused.text).toMatch(/401/);
    expect(refused.text).toMatch(/MONGODB_ATLAS_PRIVATE_API_KEY|environment/);
    expect(refused.text).not.toContain(canary);
    expect(refused.text).not.toMatch(/\n\s+at /);
  });

  /** Both kinds of credentials and both places for them, with the secret that must appear nowhere. */
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
  ];

  test.each(credentials)("keeps $name out of state, backups, output, errors and debug output", async ({ of }) => {
    const stack = await newStack(engine);
    const { env, config, id, secret } = of(stack.emulator);
    const settings = {
      env: { ...env, MONGOFED_DEBUG: "1", PULUMI_CONFIG_PASSPHRASE: "test" },
      ...(config ? { config } : {}),
    };
    stack.emulator.edit({ edit: "add-project", id: PROJECT, orgId: ORG, name: "billing" });
    await stack.write(provider("staff"), connection("staff"), access());
    const up = good(await stack.run("up", settings));
    for (const path of ["identityProviders", "databaseUsers", "customDBRoles"]) {
      expect(up.text).toMatch(new RegExp(`POST .*${path}`));
    }
    expect(usernames(stack)).toHaveLength(2);
    stack.emulator.inject({ match: { path: "/api/atlas/v2/" }, fault: { kind: "status", status: 500 } });
    const failed = bad(await stack.run("destroy", settings));
    expect(failed.text).toMatch(/500/);
    stack.emulator.clearFaults();
    const destroyed = good(await stack.run("destroy", settings));
    if (engine.name === "embedded") expect(destroyed.files).toMatch(/\.json\.bak$/m);
    // The exchange itself goes wrong: the server does not know the key, or the account, any more.
    for (const { name } of stack.emulator.world().credentials) {
      stack.emulator.edit({ edit: "remove-credential", name: String(name) });
    }
    const refused = bad(await stack.run("preview", settings));
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
