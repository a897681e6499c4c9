import { describe, expect, test } from "vitest";
import type { Grantee } from "../../../provider/control-planes/control-plane.ts";
import { exampleAutomationConfig } from "../../../provider/emulator/index.ts";
import { ORG, PROJECT } from "../../support/ids.ts";
import { apps, emulated, nothing, staff } from "./harness.ts";

const dba = { prefix: "corp", by: "GROUP", who: "teams/dba" } as const;
const ada = { prefix: "apps", by: "USER", who: "0f1e2d3c" } as const;

describe("identity providers", () => {
  test("are created in the server's words, people first, and come back as they were declared", async () => {
    const { plane, document } = await emulated();
    await Promise.all([plane.identityProviders.create(PROJECT, apps), plane.identityProviders.create(PROJECT, staff)]);
    expect(document().oidcProviderConfigs).toEqual([
      {
        authNamePrefix: "corp",
        issuerUri: "https://login.example.com/v2.0",
        audience: "api://corp",
        clientId: "client-1",
        requestedScopes: ["openid"],
        userClaim: "sub",
        groupsClaim: "groups",
        supportsHumanFlows: true,
        useAuthorizationClaim: true,
        JWKSPollSecs: 0,
      },
      expect.objectContaining({ authNamePrefix: "theirs", JWKSPollSecs: 360 }),
      {
        authNamePrefix: "apps",
        issuerUri: "https://login.example.com/v2.0",
        audience: "api://apps",
        userClaim: "sub",
        supportsHumanFlows: false,
        useAuthorizationClaim: false,
        JWKSPollSecs: 0,
      },
    ]);
    expect(await plane.identityProviders.get(PROJECT, "corp")).toEqual({
      ...staff,
      scope: { kind: "project", id: PROJECT },
      prefix: "corp",
      connectedOrgIds: [],
    });
    expect((await plane.identityProviders.list(PROJECT)).map(({ configurationName }) => configurationName)).toEqual([
      "corp",
      "theirs",
      "apps",
    ]);
    expect(await plane.identityProviders.get(PROJECT, "nobody")).toBeUndefined();
  });

  test("are changed in the keys that are named, and keep the others", async () => {
    const { plane, document } = await emulated();
    await plane.identityProviders.create(PROJECT, staff);
    const changed = await plane.identityProviders.update(PROJECT, "corp", staff, {
      authorizationType: "USER",
      groupsClaim: undefined,
      requestedScopes: [],
    });
    expect(changed).toMatchObject({ authorizationType: "USER", groupsClaim: undefined, requestedScopes: [] });
    const [entry] = document().oidcProviderConfigs;
    expect(Object.keys(entry).toSorted()).toEqual([
      "JWKSPollSecs",
      "audience",
      "authNamePrefix",
      "clientId",
      "issuerUri",
      "supportsHumanFlows",
      "useAuthorizationClaim",
      "userClaim",
    ]);
  });

  test("a client id that the server keeps for programs means nothing", async () => {
    const { plane, emulator } = await emulated();
    const entry = {
      authNamePrefix: "x",
      issuerUri: "https://x",
      audience: "x",
      clientId: "kept",
      supportsHumanFlows: false,
      useAuthorizationClaim: false,
    };
    emulator.edit({ edit: "put-automation-entry", projectId: PROJECT, list: "oidcProviderConfigs", entry });
    expect(await plane.identityProviders.get(PROJECT, "x")).toMatchObject({
      clientId: undefined,
      userClaim: "sub",
      groupsClaim: undefined,
    });
  });

  test("leave no trace when they are deleted", async () => {
    const { plane, text } = await emulated();
    const before = text();
    await plane.identityProviders.create(PROJECT, staff);
    await plane.identityProviders.delete(PROJECT, "corp");
    await plane.identityProviders.delete(PROJECT, "corp");
    expect(text().replace(/"version":\d+/, "")).toBe(before.replace(/"version":\d+/, ""));
  });

  test("take OIDC along when the last one goes, and bring it with the first", async () => {
    const { plane, document } = await emulated();
    await plane.identityProviders.delete(PROJECT, "theirs");
    expect(document().auth.deploymentAuthMechanisms).toEqual(["SCRAM-SHA-256"]);
    expect(document()).not.toHaveProperty("oidcProviderConfigs");
    await plane.identityProviders.create(PROJECT, staff);
    expect(document().auth).toMatchObject({
      deploymentAuthMechanisms: ["SCRAM-SHA-256", "MONGODB-OIDC"],
      autoAuthMechanisms: ["SCRAM-SHA-256"],
      autoAuthMechanism: "SCRAM-SHA-256",
    });
  });

  test.each([
    ["another name", { configurationName: "other" }, /a configuration name never changes/],
    ["a description", { description: "people" }, /no description of an identity provider/],
    ["domains", { associatedDomains: ["example.com"] }, /no associatedDomains/],
  ])("cannot be given %s", async (_, changes, message) => {
    const { plane, count } = await emulated();
    await expect(plane.identityProviders.update(PROJECT, "theirs", { idpType: "WORKFORCE" }, changes)).rejects.toThrow(
      message,
    );
    expect(count("PUT")).toBe(0);
  });

  test("keep their signing keys: the API has nothing for it, and the text says where to click", async () => {
    const { plane } = await emulated();
    await expect(plane.identityProviders.revokeJwks(PROJECT, "theirs")).rejects.toThrow(/Security, Revoke JWKS/);
  });

  test("are not created where authentication is off, and nothing is switched on", async () => {
    const { plane, emulator, text } = await emulated();
    emulator.edit({ edit: "set-automation-keys", projectId: PROJECT, at: "auth", keys: { disabled: true } });
    const before = text();
    await expect(plane.identityProviders.create(PROJECT, staff)).rejects.toThrow(
      /^create identity provider corp in project .*: authentication is switched off in this project\n {2}fix {2}In the console/,
    );
    expect(text()).toBe(before);
  });
});

describe("access", () => {
  const roles = [{ role: "readWrite", database: "app" }];
  const extras = {
    privileges: [
      { resource: { cluster: true } as const, actions: ["listDatabases"] },
      { resource: { database: "app", collection: "" }, actions: ["find"] },
    ],
    authenticationRestrictions: [{ clientSource: ["10.0.0.0/8", "::1"] }],
  };

  test("of a group is a role, and comes back as it was declared", async () => {
    const { plane, document } = await emulated();
    const made = await plane.access.create(PROJECT, dba, { ...nothing, roles, ...extras });
    expect(document().roles.at(-1)).toEqual({
      role: "corp/teams/dba",
      db: "admin",
      privileges: [
        { resource: { cluster: true }, actions: ["listDatabases"] },
        { resource: { db: "app", collection: "" }, actions: ["find"] },
      ],
      roles: [{ role: "readWrite", db: "app" }],
      authenticationRestrictions: [{ clientSource: ["10.0.0.0/8", "::1"] }],
    });
    expect(made).toEqual({ ...nothing, ...dba, projectId: PROJECT, roles, ...extras });
    expect(await plane.access.get(PROJECT, dba)).toEqual(made);
  });

  test("of a person or a program is a user without a password", async () => {
    const { plane, document } = await emulated();
    const made = await plane.access.create(PROJECT, ada, { ...nothing, roles });
    expect(document().auth.usersWanted.at(-1)).toEqual({
      user: "apps/0f1e2d3c",
      db: "$external",
      roles: [{ role: "readWrite", db: "app" }],
      authenticationRestrictions: [],
      mechanisms: [],
      scramSha256Creds: null,
      scramSha1Creds: null,
    });
    expect(made).toMatchObject({ ...ada, roles });
  });

  test("is never without privileges, even where there are none", async () => {
    const { plane, document } = await emulated();
    await plane.access.create(PROJECT, dba, nothing);
    expect(document().roles.at(-1)).toMatchObject({ privileges: [], roles: [], authenticationRestrictions: [] });
  });

  test("is changed in what is named, deleted once or twice, and then gone", async () => {
    const { plane } = await emulated();
    await plane.access.create(PROJECT, dba, { ...nothing, roles, ...extras });
    expect(await plane.access.update(PROJECT, dba, { roles: [] })).toMatchObject({ roles: [], ...extras });
    await plane.access.delete(PROJECT, dba);
    await plane.access.delete(PROJECT, dba);
    expect(await plane.access.get(PROJECT, dba)).toBeUndefined();
  });

  test("is told apart by kind: a group and a person may have one name", async () => {
    const { plane } = await emulated();
    const person: Grantee = { ...dba, by: "USER" };
    await plane.access.create(PROJECT, dba, { ...nothing, roles });
    expect(await plane.access.get(PROJECT, person)).toBeUndefined();
    await plane.access.create(PROJECT, person, nothing);
    expect((await plane.access.get(PROJECT, dba))?.roles).toEqual(roles);
  });

  test("is listed with other people's, and without roles and users of another kind", async () => {
    const { plane, count } = await emulated();
    const listed = await plane.access.list(PROJECT);
    expect(listed.map(({ prefix, who, by }) => [prefix, who, by])).toEqual([["theirs", "0f1e2d3c", "USER"]]);
    expect(listed[0]).toMatchObject({ authenticationRestrictions: [{ clientSource: ["10.0.0.0/8"] }] });
    await plane.access.list(PROJECT);
    await plane.databaseRoles.list(PROJECT);
    expect(count("GET")).toBe(1);
  });

  test.each([
    ["a scope", { scopes: [{ name: "Cluster0", type: "CLUSTER" as const }] }, /no scopes of a grant/],
    ["labels", { labels: [{ key: "a", value: "b" }] }, /no labels/],
    ["a description", { description: "x" }, /no description/],
    ["an expiry date", { deleteAfterDate: "2026-08-17T12:00:00Z" }, /no deleteAfterDate/],
    [
      "a role on one collection",
      { roles: [{ role: "read", database: "app", collection: "orders" }] },
      /whole databases only/,
    ],
  ])("cannot have %s", async (_, settings, message) => {
    const { plane, count } = await emulated();
    await expect(plane.access.create(PROJECT, dba, { ...nothing, ...settings })).rejects.toThrow(message);
    expect(count("PUT")).toBe(0);
  });

  test("that somebody widens by hand to what no program can declare shows all the same", async () => {
    const { plane, emulator } = await emulated();
    const entry = {
      role: "corp/teams/dba",
      db: "admin",
      privileges: [{ resource: { anyResource: true }, actions: ["anyAction"] }],
    };
    emulator.edit({ edit: "put-automation-entry", projectId: PROJECT, list: "roles", entry });
    expect((await plane.access.get(PROJECT, dba))?.privileges).toEqual([
      { resource: { database: '{"anyResource":true}', collection: "" }, actions: ["anyAction"] },
    ]);
  });
});

test("user-defined roles have a life of their own, apart from grants", async () => {
  const { plane, document } = await emulated();
  const privileges = [{ resource: { database: "app", collection: "orders" }, actions: ["find"] }];
  await plane.access.create(PROJECT, dba, nothing);
  await plane.databaseRoles.create(
    PROJECT,
    { roleName: "orders-reader", database: "admin" },
    { privileges, roles: [] },
  );
  expect((await plane.databaseRoles.list(PROJECT)).map(({ roleName }) => roleName)).toEqual([
    "report-reader",
    "orders-reader",
  ]);
  const roles = [{ role: "read", database: "app" }];
  expect(
    await plane.databaseRoles.update(PROJECT, { roleName: "orders-reader", database: "admin" }, { roles }),
  ).toEqual({
    projectId: PROJECT,
    roleName: "orders-reader",
    database: "admin",
    privileges,
    roles,
  });
  await plane.databaseRoles.delete(PROJECT, { roleName: "orders-reader", database: "admin" });
  expect(await plane.databaseRoles.get(PROJECT, { roleName: "orders-reader", database: "admin" })).toBeUndefined();
  expect(document().roles.map(({ role }: { role: string }) => role)).toEqual(["report-reader", "corp/teams/dba"]);
});

test("the TLS settings are read with the modes of the processes, and changed in place", async () => {
  const { plane, text } = await emulated();
  const before = text();
  expect(await plane.projectTls.get(PROJECT)).toEqual({
    projectId: PROJECT,
    caFilePath: "/etc/mongodb/ca.pem",
    caFilePathWindows: undefined,
    clusterCaFilePath: undefined,
    clientCertificateMode: "OPTIONAL",
    mode: "requireTLS",
    processes: ["orders-0", "orders-1", "orders-2"].map((name) => ({
      name,
      mode: "requireTLS",
      hasCertificate: true,
      hasCaFile: false,
      system: "Linux",
    })),
    unreadClusterCaFilePath: undefined,
  });
  expect(
    await plane.projectTls.update(PROJECT, { clientCertificateMode: "REQUIRE", caFilePathWindows: "C:\\ca.pem" }),
  ).toMatchObject({
    clientCertificateMode: "REQUIRE",
    caFilePathWindows: "C:\\ca.pem",
  });
  await plane.projectTls.update(PROJECT, { clientCertificateMode: "OPTIONAL", caFilePathWindows: undefined });
  expect(text().replace(/"version":\d+/, "")).toBe(before.replace(/"version":\d+/, ""));
});

test("a TLS setting of processes is told of each where they differ, and set for all that are not disabled", async () => {
  const { plane, emulator, document } = await emulated();
  const { processes } = document();
  const [first, second, third] = processes;
  first.args2_6.net = { port: 27017, ssl: { mode: "preferSSL", PEMKeyFile: "D:\\server.pem", CAFile: "D:\\ca.pem" } };
  first.args2_6.systemLog.path = "D:\\logs\\mongod.log";
  second.disabled = true;
  third.args2_6.net.tls = {};
  emulator.edit({ edit: "set-automation-keys", projectId: PROJECT, keys: { processes } });
  expect(await plane.projectTls.get(PROJECT)).toMatchObject({
    mode: { "orders-0": "preferTLS", "orders-2": "disabled" },
    processes: [
      { name: "orders-0", hasCertificate: true, hasCaFile: true, system: "Windows" },
      { name: "orders-2", hasCertificate: false, hasCaFile: false, system: "Linux" },
    ],
  });
  const live = await plane.projectTls.update(PROJECT, {
    mode: { "orders-0": "allowTLS" },
    clusterCaFilePath: "/etc/mongodb/cluster.pem",
  });
  expect(live).toMatchObject({ mode: { "orders-0": "allowTLS" }, clusterCaFilePath: "/etc/mongodb/cluster.pem" });
  const net = document().processes.map((one: { args2_6: { net: unknown } }) => one.args2_6.net);
  expect(net[0].ssl).toEqual({ ...first.args2_6.net.ssl, mode: "allowSSL", clusterCAFile: "/etc/mongodb/cluster.pem" });
  expect(net[1]).toEqual(second.args2_6.net);
  expect(net[2].tls).toEqual({ clusterCAFile: "/etc/mongodb/cluster.pem" });
});

test("a project tells its name, its organization and its processes", async () => {
  const { plane } = await emulated();
  expect(await plane.projects.get(PROJECT)).toEqual({ projectId: PROJECT, name: "orders", orgId: ORG });
  expect(await plane.projects.clusters(PROJECT)).toEqual(
    ["orders-0", "orders-1", "orders-2"].map((name) => ({
      name,
      tier: undefined,
      version: "8.0.12-ent",
      paused: false,
      enterprise: true,
    })),
  );
});

describe("a change has reached the processes", () => {
  const seen = (pending: string[][]) => ({
    onProgress: (rollout: { pending: readonly string[] }) => void pending.push([...rollout.pending]),
  });
  const all = ["orders-0", "orders-1", "orders-2"];

  test("when all are at the goal, and no step of authentication is left", async () => {
    const { plane, emulator } = await emulated();
    emulator.edit({ edit: "set-agents", projectId: PROJECT, agents: { goalMs: 60_000, authMs: 60_000 } });
    await plane.identityProviders.create(PROJECT, staff);
    const progress: string[][] = [];
    const waiting = plane.projects.applied(PROJECT, { limitMs: 60_000, ...seen(progress) });
    await expect.poll(() => progress.at(-1)).toEqual(all);
    // At the goal, with authentication still changing: not yet.
    emulator.advanceClock(60_000);
    const asked = progress.length;
    await expect.poll(() => progress.length).toBeGreaterThan(asked + 2);
    expect(progress.at(-1)).toEqual(all);
    emulator.advanceClock(60_000);
    expect(await waiting).toMatchObject({ pending: [] });
  });

  test("never, for those that are stuck: they are named when the time is over", async () => {
    const { plane, emulator } = await emulated();
    emulator.edit({ edit: "set-agents", projectId: PROJECT, stuck: ["orders-1"] });
    await plane.access.create(PROJECT, dba, nothing);
    const rollout = await plane.projects.applied(PROJECT, { limitMs: 50 });
    expect(rollout).toMatchObject({ pending: ["orders-1"] });
    expect(rollout.elapsedMs).toBeGreaterThanOrEqual(50);
  });

  test("and all who wait share the questions", async () => {
    const { plane, emulator, count } = await emulated();
    await plane.access.create(PROJECT, dba, nothing);
    emulator.clearRequests();
    await Promise.all(Array.from({ length: 20 }, () => plane.projects.applied(PROJECT, { limitMs: 10_000 })));
    expect(count("GET")).toBe(1);
  });

  test("not by a status that is older than the change", async () => {
    const { plane, emulator } = await emulated();
    await plane.access.create(PROJECT, dba, nothing);
    emulator.inject({ match: { path: "automationStatus" }, times: 3, fault: { kind: "stale" } });
    const progress: string[][] = [];
    expect(await plane.projects.applied(PROJECT, { limitMs: 10_000, ...seen(progress) })).toMatchObject({
      pending: [],
    });
    expect(progress).toEqual([all, all, all, []]);
  });

  test("where somebody else has written over it meanwhile it is put back, and waited for again", async () => {
    const { plane, emulator, text, document, count } = await emulated();
    emulator.edit({ edit: "set-agents", projectId: PROJECT, agents: { goalMs: 60_000 } });
    const before = text();
    await Promise.all([plane.identityProviders.create(PROJECT, staff), plane.access.create(PROJECT, dba, nothing)]);
    await plane.identityProviders.delete(PROJECT, "theirs");
    const after = document();
    const progress: string[][] = [];
    const waiting = plane.projects.applied(PROJECT, { limitMs: 600_000, ...seen(progress) });
    await expect.poll(() => progress.length).toBeGreaterThan(1);
    const writes = count("PUT");
    emulator.edit({ edit: "put-automation-config", projectId: PROJECT, document: before });
    await expect.poll(() => document().version).toBe(after.version + 2);
    expect(count("PUT")).toBe(writes + 1);
    expect({ ...document(), version: 0 }).toEqual({ ...after, version: 0 });
    emulator.advanceClock(60_000);
    expect(await waiting).toMatchObject({ pending: [] });
    expect(await plane.overwritten()).toEqual([]);
  });

  test("where somebody else has saved without touching ours, nothing is written", async () => {
    const { plane, emulator, count } = await emulated();
    await plane.access.create(PROJECT, dba, nothing);
    emulator.edit({ edit: "set-automation-keys", projectId: PROJECT, keys: { theirs: 1 } });
    emulator.clearRequests();
    await Promise.all(Array.from({ length: 20 }, () => plane.projects.applied(PROJECT, { limitMs: 10_000 })));
    expect([count("GET"), count("PUT")]).toEqual([2, 0]);
  });

  test("reports a conflict if others changed our entry on purpose", async () => {
    const { plane, emulator } = await emulated();
    await plane.access.create(PROJECT, dba, nothing);
    const entry = { role: "corp/teams/dba", db: "admin", roles: [{ role: "root", db: "admin" }], privileges: [] };
    emulator.edit({ edit: "put-automation-entry", projectId: PROJECT, list: "roles", entry });
    await expect(plane.projects.applied(PROJECT, { limitMs: 10_000 })).rejects.toThrow(
      /^create role corp\/teams\/dba@admin in project .* exists already/,
    );
  });

  test("is not waited for where the Kubernetes operator restarts a process by itself", async () => {
    const { plane, emulator } = await emulated();
    const processes = [{ name: "orders-0", hostname: "db0", lastGoalVersionAchieved: 1, plan: ["ChangeVersionKube"] }];
    emulator.inject({
      match: { path: "automationStatus" },
      fault: { kind: "status", status: 200, body: { goalVersion: 41, processes } },
    });
    expect(await plane.projects.applied(PROJECT, { limitMs: 0 })).toMatchObject({ pending: [] });
  });

  test("is not waited for by a run that is told to stop", async () => {
    const stop = new AbortController();
    const { plane, emulator } = await emulated({ signal: stop.signal });
    emulator.edit({ edit: "set-agents", projectId: PROJECT, stuck: all });
    await plane.access.create(PROJECT, dba, nothing);
    const waiting = plane.projects.applied(PROJECT, { limitMs: 600_000 });
    stop.abort();
    expect(await waiting).toMatchObject({ pending: all });
  });
});

test("a whole life leaves every byte that is not ours where it was", async () => {
  const { plane, text } = await emulated();
  const before = text();
  await Promise.all([
    plane.identityProviders.create(PROJECT, staff),
    plane.access.create(PROJECT, dba, nothing),
    plane.access.create(PROJECT, ada, nothing),
    plane.databaseRoles.create(
      PROJECT,
      { roleName: "orders-reader", database: "admin" },
      { privileges: [], roles: [] },
    ),
    plane.projectTls.update(PROJECT, { clusterCaFilePath: "/cluster.pem" }),
  ]);
  for (const kept of [
    "18446744073709551616",
    "98765432109876543210",
    "1000.0",
    '"10":"ten","9":"nine"',
    "caf\\u00e9",
    "2.50",
  ]) {
    expect(exampleAutomationConfig.replace(/: /g, ":").replace(/, /g, ",")).toContain(kept);
    expect(text()).toContain(kept);
  }
  await Promise.all([
    plane.identityProviders.delete(PROJECT, "corp"),
    plane.access.delete(PROJECT, dba),
    plane.access.delete(PROJECT, ada),
    plane.databaseRoles.delete(PROJECT, { roleName: "orders-reader", database: "admin" }),
    plane.projectTls.update(PROJECT, { clusterCaFilePath: undefined }),
  ]);
  expect(text()).toBe(before.replace('"version":41', '"version":43'));
});
