import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Emulator, exampleAutomationConfig, type Seed, startEmulator } from "../../provider/emulator/index.ts";
import { ORG, OTHER_PROJECT, PROJECT } from "../support/ids.ts";
import { type Answer, clientOf, emulated } from "./client.ts";

/** A document, or a part of one: of every shape. */
type Loose = Answer["json"];

const keyOf = (name: string, ...roles: NonNullable<NonNullable<Seed["apiKeys"]>[number]["roles"]>) => ({
  name,
  publicKey: name,
  privateKey: `key-of-${name}`,
  roles,
});

const seed = {
  organizations: [
    {
      id: ORG,
      name: "Platform",
      projects: [
        { id: PROJECT, name: "orders", automationConfig: "example" },
        { id: OTHER_PROJECT, name: "atlas" },
      ],
    },
  ],
  apiKeys: [
    keyOf("owner", { orgId: ORG, roleName: "ORG_OWNER" }),
    keyOf("automation", { groupId: PROJECT, roleName: "GROUP_AUTOMATION_ADMIN" }),
    keyOf("reader", { groupId: PROJECT, roleName: "GROUP_READ_ONLY" }),
    keyOf("stranger", { groupId: OTHER_PROJECT, roleName: "GROUP_OWNER" }),
  ],
} satisfies Seed;

const group = `/api/public/v1.0/groups/${PROJECT}`;
const config = `${group}/automationConfig`;

/** The document without the white space that the example is written with; texts with spaces stay what they are. */
const compact = (text: string) =>
  text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, quoted: string | undefined) => quoted ?? "");

const as = (emulator: Emulator, name: string) => clientOf(emulator, { publicKey: name, privateKey: `key-of-${name}` });

async function cloudManager() {
  const { emulator, client } = await emulated({ seed });
  const plain = { accept: "application/json" };
  return {
    emulator,
    client,
    get: (path = config, name = "owner") => as(emulator, name).get(path, plain),
    put: (body: unknown, name = "owner") => as(emulator, name).call("PUT", config, { ...plain, body }),
    kept: () => emulator.world().cloudManager.deployments[0]!.automationConfig,
  };
}

/** The document with one thing changed, as a client does it that knows JavaScript's own JSON only. */
const changed = (text: string, change: (document: Loose) => void) => {
  const document = JSON.parse(text);
  change(document);
  return document;
};

describe("an automation config", () => {
  test("is answered as it is kept: numbers, order of keys and escapes included", async () => {
    const { get } = await cloudManager();
    const answer = await get();
    expect(answer.status).toBe(200);
    expect(answer.text).toBe(compact(exampleAutomationConfig));
    for (const kept of ["18446744073709551616", "1000.0", '"hostTags":{"10":"ten","9":"nine"', "caf\\u00e9"]) {
      expect(answer.text).toContain(kept);
    }
  });

  test("is replaced whole, with the next version, and otherwise kept as it was sent", async () => {
    const { get, put, kept } = await cloudManager();
    const before = (await get()).text;
    const answer = await put(
      before.replace('"team":"platform"', '"team":"billing","order":{"2":1.50,"1":9007199254740993}'),
    );
    expect(answer.status).toBe(200);
    expect(kept()).toBe(
      before
        .replace('"version":41', '"version":42')
        .replace('"team":"platform"', '"team":"billing","order":{"2":1.50,"1":9007199254740993}'),
    );
    expect(answer.text).toBe(kept());
  });

  test("belongs to whoever writes last, whatever version they had read", async () => {
    const { get, put, kept } = await cloudManager();
    const read = (await get()).text;
    expect((await put(changed(read, (document) => (document.maintainedBy = "first")))).status).toBe(200);
    expect((await put(changed(read, (document) => (document.maintainedBy = "second")))).status).toBe(200);
    expect(JSON.parse(kept())).toMatchObject({ version: 43, maintainedBy: "second" });
  });

  test("gets keys that the server adds to OIDC configurations, and loses what is empty there", async () => {
    const { get, put, kept } = await cloudManager();
    const ours = {
      authNamePrefix: "corp",
      issuerUri: "https://idp.example.com",
      audience: "a",
      clientId: "c",
      userClaim: "sub",
    };
    const entry = {
      ...ours,
      groupsClaim: null,
      requestedScopes: [],
      supportsHumanFlows: true,
      useAuthorizationClaim: false,
    };
    expect(
      (await put(changed((await get()).text, ({ oidcProviderConfigs }) => oidcProviderConfigs.unshift(entry)))).status,
    ).toBe(200);
    const [first, second] = JSON.parse(kept()).oidcProviderConfigs;
    expect(first).toEqual({ ...ours, supportsHumanFlows: true, useAuthorizationClaim: false, JWKSPollSecs: 0 });
    expect(second).toMatchObject({ authNamePrefix: "theirs", JWKSPollSecs: 360 });
  });

  test("is not merged: PATCH is refused", async () => {
    const { emulator } = await cloudManager();
    const answer = await as(emulator, "owner").patch(config, {});
    expect([answer.status, answer.json.errorCode]).toEqual([405, "METHOD_NOT_ALLOWED"]);
  });

  test("survives a restart byte for byte", async () => {
    const folder = mkdtempSync(join(tmpdir(), "emulator-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const stateFile = join(folder, "state.json");
    const first = await startEmulator({ seed, stateFile });
    const { automationConfig } = first.world().cloudManager.deployments[0]!;
    await first.close();
    const second = await startEmulator({ stateFile });
    onTestFinished(() => second.close());
    expect(second.world().cloudManager.deployments[0]!.automationConfig).toBe(automationConfig);
  });
});

describe("a document with one bad entry is refused whole, and the entry is not named", () => {
  const role = { role: "corp/dba", db: "admin", privileges: [], roles: [], authenticationRestrictions: [] };
  const user = { user: "corp/ada", db: "$external", roles: [], mechanisms: [], authenticationRestrictions: [] };
  test.each<[string, (document: Loose) => void]>([
    ["a role without privileges", ({ roles }) => roles.push({ ...role, privileges: null })],
    ["a role twice", ({ roles }) => roles.push(role, role)],
    [
      "a cluster resource with a database",
      ({ roles }) =>
        roles.push({ ...role, privileges: [{ resource: { cluster: true, db: "" }, actions: ["listDatabases"] }] }),
    ],
    [
      "a privilege without actions",
      ({ roles }) => roles.push({ ...role, privileges: [{ resource: { db: "", collection: "" }, actions: [] }] }),
    ],
    [
      "an address that is none",
      ({ roles }) => roles.push({ ...role, authenticationRestrictions: [{ clientSource: ["10.0.0.0/33"] }] }),
    ],
    ["a user of an identity provider with a password", ({ auth }) => auth.usersWanted.push({ ...user, initPwd: "x" })],
    ["a user twice", ({ auth }) => auth.usersWanted.push(user, user)],
    ["a configuration name with a slash", ({ oidcProviderConfigs: [theirs] }) => (theirs.authNamePrefix = "a/b")],
    [
      "a second workforce configuration",
      ({ oidcProviderConfigs: all }) => {
        const person = { ...all[0], supportsHumanFlows: true, clientId: "c" };
        all.push({ ...person, authNamePrefix: "one" }, { ...person, authNamePrefix: "two" });
      },
    ],
    ["the Agent on OIDC", ({ auth }) => (auth.autoAuthMechanisms = ["MONGODB-OIDC"])],
    ["OIDC alone", ({ auth }) => (auth.deploymentAuthMechanisms = ["MONGODB-OIDC"])],
    ["OIDC without a configuration", (document) => delete document.oidcProviderConfigs],
    ["a configuration without OIDC", ({ auth }) => (auth.deploymentAuthMechanisms = ["SCRAM-SHA-256"])],
  ])("%s", async (_, spoil) => {
    const { get, put, kept } = await cloudManager();
    const before = kept();
    const answer = await put(changed((await get()).text, spoil));
    expect([answer.status, answer.json.errorCode]).toEqual([400, "INVALID_AUTOMATION_CONFIG"]);
    expect(answer.text).not.toContain("corp");
    expect(kept()).toBe(before);
  });

  test("refuses a body that is not a document", async () => {
    const { put } = await cloudManager();
    expect((await put("{")).json.errorCode).toBe("MALFORMED_JSON");
    expect((await put("[]")).json.errorCode).toBe("INVALID_JSON");
  });
});

describe("who may", () => {
  test.each([
    ["owner", config, 200, undefined],
    ["automation", config, 200, undefined],
    ["reader", config, 401, "USER_UNAUTHORIZED"],
    ["stranger", config, 403, "USER_CANNOT_ACCESS_GROUP"],
    ["reader", group, 200, undefined],
    ["reader", `${group}/automationStatus`, 200, undefined],
    ["stranger", `${group}/automationStatus`, 403, "USER_CANNOT_ACCESS_GROUP"],
    ["stranger", `/api/public/v1.0/groups/${OTHER_PROJECT}/automationConfig`, 400, "NOT_CLOUD_MANAGER_GROUP"],
    ["owner", "/api/public/v1.0/groups/65f0c0ffee00000000000009/automationConfig", 404, "GROUP_NOT_FOUND"],
    ["owner", `${group}/nothing`, 501, "EMULATOR_UNSUPPORTED"],
  ])("%s reads %s: %i", async (name, path, status, errorCode) => {
    const { get } = await cloudManager();
    const answer = await get(path, name);
    expect([answer.status, answer.json.errorCode]).toEqual([status, errorCode]);
  });

  test("a reader writes nothing", async () => {
    const { put, kept } = await cloudManager();
    const before = kept();
    expect((await put(before, "reader")).status).toBe(401);
    expect(kept()).toBe(before);
  });

  test("nobody gets in without credentials", async () => {
    const { client } = await cloudManager();
    const answer = await client.get(config, { authorization: null });
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, expect.stringMatching(/^Digest /)]);
  });
});

test("a project tells its name and organization", async () => {
  const { get } = await cloudManager();
  expect((await get(group)).json).toMatchObject({ id: PROJECT, name: "orders", orgId: ORG });
});

describe("automationStatus", () => {
  const status = `${group}/automationStatus`;
  const orders = (json: Loose) => json.processes.map((one: Loose) => [one.name, one.lastGoalVersionAchieved, one.plan]);
  const all = (achieved: number, plan: string[]) =>
    ["orders-0", "orders-1", "orders-2"].map((name) => [name, achieved, plan]);

  test("is at the goal when nothing has happened for long", async () => {
    const { get } = await cloudManager();
    const { json } = await get(status);
    expect([json.goalVersion, orders(json)]).toEqual([41, all(41, [])]);
    expect(json.processes[0].hostname).toBe("db0.example.com");
  });

  test("takes a while after a change, and of authentication a while longer", async () => {
    const { emulator, get, put, kept } = await cloudManager();
    emulator.edit({ edit: "set-agents", projectId: PROJECT, agents: { goalMs: 60_000, authMs: 30_000 } });
    await put(kept().replace('"api://theirs"', '"api://new"'));
    const { json } = await get(status);
    expect([json.goalVersion, orders(json)]).toEqual([
      42,
      all(41, ["WaitProcessUp", "UpdateConfig", "UpdateAuth", "WaitAuthUpdate"]),
    ]);
    emulator.advanceClock(60_000);
    expect(orders((await get(status)).json)).toEqual(all(42, ["WaitAuthUpdate"]));
    emulator.advanceClock(30_000);
    expect(orders((await get(status)).json)).toEqual(all(42, []));
  });

  test("has no step of authentication when it did not change", async () => {
    const { emulator, get, put, kept } = await cloudManager();
    emulator.edit({ edit: "set-agents", projectId: PROJECT, agents: { goalMs: 60_000 } });
    await put(kept().replace('"team":"platform"', '"team":"billing"'));
    expect(orders((await get(status)).json)).toEqual(all(41, ["WaitProcessUp", "UpdateConfig"]));
    emulator.advanceClock(60_000);
    expect(orders((await get(status)).json)).toEqual(all(42, []));
  });

  test("a stuck process never gets there, until it is let go", async () => {
    const { emulator, get, put, kept } = await cloudManager();
    emulator.edit({ edit: "set-agents", projectId: PROJECT, stuck: ["orders-1"] });
    await put(kept());
    emulator.advanceClock(86_400_000);
    expect(orders((await get(status)).json).map(([, achieved]: [string, number]) => achieved)).toEqual([42, 41, 42]);
    emulator.edit({ edit: "set-agents", projectId: PROJECT, stuck: [] });
    expect(orders((await get(status)).json)).toEqual(all(42, []));
    expect(() => emulator.edit({ edit: "set-agents", projectId: PROJECT, stuck: ["typo"] })).toThrow(/no process typo/);
  });
});

describe("somebody else writes", () => {
  const entry = { role: "new", db: "admin", privileges: [], roles: [] };

  test("an entry in any list, each as a version of its own, and nothing else", async () => {
    const { emulator, kept } = await cloudManager();
    const before = kept();
    emulator.edit({ edit: "put-automation-entry", projectId: PROJECT, list: "roles", entry });
    emulator.edit({
      edit: "put-automation-entry",
      projectId: PROJECT,
      list: "usersWanted",
      entry: '{"user":"x","db":"admin","n":9007199254740993}',
    });
    expect(JSON.parse(kept()).version).toBe(43);
    expect(kept()).toContain('{"user":"x","db":"admin","n":9007199254740993}');
    emulator.edit({ edit: "remove-automation-entry", projectId: PROJECT, list: "usersWanted", name: "x@admin" });
    emulator.edit({ edit: "remove-automation-entry", projectId: PROJECT, list: "roles", name: "new@admin" });
    expect(kept()).toBe(before.replace('"version":41', '"version":45'));
  });

  test("replaces an entry of the same name in its place, and sets and removes keys", async () => {
    const { emulator, kept } = await cloudManager();
    emulator.edit({
      edit: "put-automation-entry",
      projectId: PROJECT,
      list: "oidcProviderConfigs",
      entry: { authNamePrefix: "theirs", audience: "api://new" },
    });
    emulator.edit({ edit: "set-automation-keys", projectId: PROJECT, at: "tls", keys: { CAFilePath: null, x: 1 } });
    expect(JSON.parse(kept())).toMatchObject({
      oidcProviderConfigs: [{ authNamePrefix: "theirs", audience: "api://new" }],
      tls: { clientCertificateMode: "OPTIONAL", autoPEMKeyFilePath: "", x: 1 },
    });
    expect(JSON.parse(kept()).tls).not.toHaveProperty("CAFilePath");
  });

  test.each(["before-commit", "after-commit"] as const)("at the very moment of a PUT, %s", async (when) => {
    const { emulator, put, kept } = await cloudManager();
    const edit = { edit: "put-automation-entry", projectId: PROJECT, list: "roles", entry } as const;
    emulator.inject({ match: { method: "PUT" }, nth: 1, fault: { kind: "edit", edit, when } });
    expect((await put(kept())).status).toBe(200);
    const { version, roles } = JSON.parse(kept());
    // Before: the PUT wins, and the other one's role is gone. After: it stands.
    expect([version, roles.some(({ role }: { role: string }) => role === "new")]).toEqual([
      43,
      when === "after-commit",
    ]);
  });

  test("a project without an automation config has none to edit", async () => {
    const { emulator } = await cloudManager();
    expect(() =>
      emulator.edit({ edit: "put-automation-config", projectId: OTHER_PROJECT, document: { version: 1 } }),
    ).toThrow(/has no automation config/);
  });
});

test("refuses a document that nests 5,000 levels deep, and goes on", async () => {
  const { put, get, kept } = await cloudManager();
  const before = kept();
  const answer = await put(`${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`);
  expect(answer.status).toBe(400);
  expect(answer.json.errorCode).toBe("MALFORMED_JSON");
  expect((await get()).status).toBe(200);
  expect(kept()).toBe(before);
});
