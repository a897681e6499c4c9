import { describe, expect, test } from "vitest";
import { databaseRole } from "../../provider/resources/database-role.ts";
import type { Definition, Props } from "../../provider/resources/definition.ts";
import { federatedUser } from "../../provider/resources/federated-user.ts";
import { identityProvider } from "../../provider/resources/identity-provider.ts";
import { oidcRole } from "../../provider/resources/oidc-role.ts";
import { orgConnection } from "../../provider/resources/org-connection.ts";
import { projectTls } from "../../provider/resources/project-tls.ts";
import { emulated, type World } from "../control-planes/cloud-manager/harness.ts";
import { cloudManagerSeed } from "../support/emulator.ts";
import { FEDERATION, IDP, ORG, PROJECT } from "../support/ids.ts";
import { wordedAll } from "../support/worded.ts";
import {
  bench,
  checkNew,
  newRun,
  preview,
  projectWorkforce,
  RELATED,
  type Run,
  up,
  update,
  workforce,
  workload,
} from "./harness.ts";

/** Rules that need the live project of Cloud Manager, in a preview and again before the write. */

const staff: Props = projectWorkforce;
const { clientId: _, ...programs } = staff;
const apps: Props = {
  ...programs,
  idpType: "WORKLOAD",
  configurationName: "apps",
  audience: "api://apps",
  authorizationType: "USER",
};
/** Somebody else's, which the example's document has. */
const theirs = { projectId: PROJECT, configurationName: "theirs", idpType: "WORKLOAD", authorizationType: "USER" };
const reader: Props = { projectId: PROJECT, roleName: "reader", privileges: [find("orders")] };

function find(database: string) {
  return { resource: { database, collection: "" }, actions: ["find"] };
}
const user = (roles: readonly unknown[], changes: Props = {}): Props => ({
  identityProvider: theirs,
  principal: "billing",
  roles,
  ...changes,
});

const run = (world: World, more: Partial<Run> = {}) => newRun(world.newPlane(), { waitMs: 0, ...more });

const beside = (program: Props, surroundings: Props): Props => ({
  ...program,
  [RELATED]: surroundings,
});

/** The codes and messages of a preview of something new. */
async function findings(world: World, definition: Definition, program: Props, one = run(world)): Promise<string[]> {
  const checked = await checkNew(definition, one, program);
  return wordedAll(checked.findings).map(({ code, message, fix }) => `${code} ${message}\n${fix}`);
}

/** Returns the warnings of a preview. */
async function warnings(world: World, program: Props, definition = identityProvider): Promise<string> {
  const one = run(world);
  expect(await findings(world, definition, program, one)).toEqual([]);
  return one.told.join("\n");
}

/** Found by a preview, and where none was made, before anything is written. */
async function refused(world: World, definition: Definition, program: Props, text: RegExp): Promise<void> {
  expect((await findings(world, definition, program)).join("\n")).toMatch(
    new RegExp(text.source.replace(" .*: ", " .*")),
  );
  const one = run(world);
  const { inputs } = await checkNew(definition, one, program);
  await expect(definition.create(one, inputs)).rejects.toThrow(text);
  expect(world.count("PUT")).toBe(0);
}

const setKeys = (world: World, keys: Record<string, unknown>, at?: "auth" | "tls") =>
  void world.emulator.edit({
    edit: "set-automation-keys",
    projectId: PROJECT,
    keys,
    ...(at === undefined ? {} : { at }),
  });
const put = (world: World, list: "roles" | "usersWanted" | "oidcProviderConfigs", entry: Record<string, unknown>) =>
  void world.emulator.edit({ edit: "put-automation-entry", projectId: PROJECT, list, entry });
const removeTheirs = (world: World) =>
  void world.emulator.edit({
    edit: "remove-automation-entry",
    projectId: PROJECT,
    list: "oidcProviderConfigs",
    name: "theirs",
  });

/** The processes of the example, with other versions. */
function setVersions(world: World, ...versions: readonly (string | undefined)[]): void {
  const { processes } = world.document();
  const [one] = processes;
  setKeys(world, { processes: versions.map((version, n) => ({ ...one, name: `db${n}`, version })) });
}

describe("the first identity provider of a project", () => {
  test.each([
    ["authentication is switched off", { disabled: true }, /FED250 .*: authentication is switched off/],
    ["the Agent has no mechanism", { autoAuthMechanisms: [] }, /FED250 .*: the MongoDB Agent has no authentication/],
    [
      "the Agent would have OIDC alone",
      { autoAuthMechanisms: ["MONGODB-OIDC"] },
      /FED250 .*: the MongoDB Agent has no authentication/,
    ],
    [
      "OIDC would be the only mechanism",
      { deploymentAuthMechanisms: ["MONGODB-OIDC"] },
      /FED250 .*: OIDC would be the only/,
    ],
  ])("is refused with what to set up first, where %s", async (_name, auth, text) => {
    const world = await emulated();
    setKeys(world, auth, "auth");
    await refused(world, identityProvider, staff, text);
    expect((await findings(world, identityProvider, staff)).join("\n")).toContain("Deployment, Security, Settings");
  });

  test("is told of by nothing where all is as it should be", async () => {
    expect(await warnings(await emulated(), staff)).toBe("");
  });
});

describe("processes that take no tokens", () => {
  test.each([
    ["Community builds", ["8.0.12", "8.0.12"], staff, "db0 (MongoDB 8.0.12, not Enterprise), db1"],
    ["versions before 7.0", ["6.0.20-ent"], staff, "db0 (MongoDB 6.0.20-ent) of project"],
    [
      "versions before 7.0.5, one by one",
      ["7.0.4-ent"],
      apps,
      "no tokens of identity providers with authorizationType USER",
    ],
  ])("FED258: are refused where there are no others: %s", async (_name, versions, program, text) => {
    const world = await emulated();
    setVersions(world, ...versions);
    const [found] = await findings(world, identityProvider, program);
    expect(found).toContain("FED258");
    expect(found).toContain(text);
    await refused(world, identityProvider, program, /FED258/);
  });

  test("FED259: are warned of beside others, as are those that are older than what is advised", async () => {
    const world = await emulated();
    setVersions(world, "8.0.12", "6.0.20-ent", "7.0.10-ent", "7.0.11-ent", "8.0.0-ent", undefined);
    const told = await warnings(world, staff);
    expect(told).toMatch(
      /FED259 .*: db0 \(MongoDB 8\.0\.12, not Enterprise\), db1 \(MongoDB 6\.0\.20-ent\) of project/,
    );
    expect(told).toMatch(
      /FED259 .*: db2 \(MongoDB 7\.0\.10-ent\) of project \w+ takes tokens, but older than 7\.0\.11/,
    );
    expect(told).not.toMatch(/db[345]/);
  });

  test("are nobody's concern where they are disabled, or new enough for what is asked", async () => {
    const world = await emulated();
    setVersions(world, "7.0.5-ent", "8.0.12-ent");
    const { processes } = world.document();
    setKeys(world, { processes: [...processes, { ...processes[0], name: "off", version: "4.4.0", disabled: true }] });
    expect(await warnings(world, apps)).not.toMatch(/off|no tokens/);
    setKeys(world, { processes: [] });
    expect(await warnings(world, apps)).toBe("");
  });

  test("FED258: also where one by one is asked for only later", async () => {
    const world = await emulated();
    const state = await up(identityProvider, run(world), staff);
    setVersions(world, "7.0.4-ent");
    const program = { ...staff, authorizationType: "USER" };
    await expect(preview(identityProvider, run(world), state, program)).rejects.toThrow(/FED258/);
    await expect(update(identityProvider, run(world), state, program)).rejects.toThrow(/FED258/);
  });
});

describe("warns of steps that a person must do by hand", () => {
  test("FED263: several mechanisms without a TLS CA file, unless the program sets one", async () => {
    const world = await emulated();
    setKeys(world, { CAFilePath: "" }, "tls");
    expect(await warnings(world, staff)).toMatch(/FED263 .*no TLS CA file, and would have SCRAM-SHA-256, MONGODB-OIDC/);
    expect(await warnings(world, beside(staff, { setsCaFile: true }))).not.toContain("FED263");
    setKeys(world, { CAFilePathWindows: "C:\\ca.pem" }, "tls");
    expect(await warnings(world, staff)).not.toContain("FED263");
  });

  test("FED264: Monitoring and Backup that Cloud Manager does not manage", async () => {
    const world = await emulated();
    setKeys(world, { backupVersions: [] });
    expect(await warnings(world, staff)).toMatch(/FED264 .*Cloud Manager does not manage Backup in project/);
    setKeys(world, { monitoringVersions: null });
    expect(await warnings(world, staff)).toMatch(/FED264 .*not manage Monitoring and Backup/);
  });

  test("once a run, however many identity providers ask", async () => {
    const world = await emulated();
    setKeys(world, { backupVersions: [] });
    const one = run(world);
    for (const program of [staff, apps]) await checkNew(identityProvider, one, program);
    expect(one.told).toHaveLength(1);
  });

  test("FED255: one issuer twice on servers before 8.0, live or in the program", async () => {
    const world = await emulated();
    setVersions(world, "7.0.14-ent", "8.0.0-ent", undefined);
    const second = { ...staff, issuerUri: "https://idp.theirs.example.com" };
    expect(await warnings(world, second)).toMatch(
      /FED255 .*: corp, theirs of project \w+ have one issuer, and db0 .*, db2 \(MongoDB of a version that is not known\) may not/,
    );
    expect(await warnings(world, staff)).not.toContain("FED255");
    expect(await warnings(world, beside(staff, { sameIssuer: ["apps"] }))).toMatch(/FED255 .*: corp, apps of project/);
    setVersions(world, "8.0.0-ent");
    expect(await warnings(world, second)).not.toContain("FED255");
    setVersions(world, "7.0.14-ent");
    const state = await up(identityProvider, run(world), staff);
    const later = run(world);
    await preview(identityProvider, later, state, { ...second, allowLockout: true });
    expect(later.told.join("\n")).toContain("FED255");
  });
});

describe("beside others", () => {
  const people = { ...staff, configurationName: "people", audience: "api://people" };

  test("FED203: a second workforce provider is refused with the name of the first, and how to adopt it", async () => {
    const world = await emulated();
    const state = await up(identityProvider, run(world), staff);
    const [found] = await findings(world, identityProvider, people);
    expect(found).toMatch(/FED203 .*corp is there already\n.*adopt: true.*aliases/);
    const one = run(world);
    const { inputs } = await checkNew(identityProvider, one, people);
    await expect(identityProvider.create(one, inputs)).rejects.toThrow("FED203");
    const kept = await up(identityProvider, run(world), apps);
    const program = { ...apps, idpType: "WORKFORCE", clientId: "client-2" };
    await expect(preview(identityProvider, run(world), kept, program)).rejects.toThrow("FED203");
    // A rename of our own is none.
    expect(await preview(identityProvider, run(world), state, { ...staff, configurationName: "people" })).toEqual({
      changes: true,
      replaces: ["configurationName"],
      deleteBeforeReplace: true,
    });
  });

  test("FED202: issuer and audience of another one are refused", async () => {
    const world = await emulated();
    const twin = { ...staff, issuerUri: "https://idp.theirs.example.com", audience: "api://theirs" };
    await refused(world, identityProvider, twin, /FED202 .*those of theirs/);
    expect(await findings(world, identityProvider, { ...twin, audience: "api://other" })).toEqual([]);
  });
});

describe("the last identity provider of a project", () => {
  test("FED257: is not deleted or replaced while OIDC is the only mechanism, even if lockouts are allowed", async () => {
    const world = await emulated();
    removeTheirs(world);
    const state = await up(identityProvider, run(world), { ...staff, allowLockout: true });
    setKeys(world, { deploymentAuthMechanisms: ["MONGODB-OIDC"] }, "auth");
    const before = world.text();
    await expect(identityProvider.delete(run(world), state.id, state.outputs)).rejects.toThrow(
      /FED257 .*no authentication mechanism[\s\S]*unmanage the deployments/,
    );
    const renamed = { ...staff, configurationName: "corp-2", allowLockout: true };
    await expect(preview(identityProvider, run(world), state, renamed)).rejects.toThrow("FED257");
    expect(world.text()).toBe(before);
    setKeys(world, { deploymentAuthMechanisms: ["SCRAM-SHA-256", "MONGODB-OIDC"] }, "auth");
    await identityProvider.delete(run(world), state.id, state.outputs);
    expect(world.document().auth.deploymentAuthMechanisms).toEqual(["SCRAM-SHA-256"]);
  });

  test("is left to the server to judge where there are others, with which OIDC stays", async () => {
    const world = await emulated();
    const state = await up(identityProvider, run(world), staff);
    setKeys(world, { deploymentAuthMechanisms: ["MONGODB-OIDC"] }, "auth");
    await expect(identityProvider.delete(run(world), state.id, state.outputs)).rejects.toThrow("HTTP 400");
  });
});

describe("FED224: who would be locked out", () => {
  const dba = { role: "corp/dba", db: "admin", privileges: [], roles: [{ role: "read", db: "app" }] };

  test("is named by a deletion and by a rename; names are case-sensitive", async () => {
    const world = await emulated();
    const state = await up(identityProvider, run(world), staff);
    put(world, "roles", { ...dba, role: "Corp/dba" });
    put(world, "roles", { ...dba, role: "corp2/dba" });
    const renamed = { ...staff, configurationName: "people" };
    await preview(identityProvider, run(world), state, renamed);
    put(world, "roles", dba);
    const text = /FED224 .*would lock out one principal: dba/;
    const others = beside(renamed, { principals: [] });
    await expect(preview(identityProvider, run(world), state, others)).rejects.toThrow(
      /FED224 .*would lock out one principal that this stack does not manage: dba/,
    );
    await expect(identityProvider.delete(run(world), state.id, state.outputs)).rejects.toThrow(text);
    await preview(identityProvider, run(world), state, { ...renamed, allowLockout: true });
    const ours = { principals: [{ projectId: PROJECT, by: "GROUP", who: "dba" }] };
    await preview(identityProvider, run(world), state, beside(renamed, ours));
  });

  test("is named by a change that tokens of today do not survive, whoever manages them", async () => {
    const world = await emulated();
    const state = await up(identityProvider, run(world), staff);
    put(world, "roles", dba);
    const program = { ...staff, audience: "api://new" };
    await expect(preview(identityProvider, run(world), state, program)).rejects.toThrow(
      /FED224 .*changing audience of corp would lock out one principal: dba/,
    );
  });
});

describe("a project that MongoDB's Kubernetes operator manages", () => {
  const managed = (managedBy?: string) =>
    emulated({ seed: cloudManagerSeed({ agents: { goalMs: 0, authMs: 0 }, ...(managedBy && { managedBy }) }) });

  test("FED273: is warned of once a run, for new and for existing resources", async () => {
    const world = await managed("mongodb-enterprise-operator");
    const first = run(world);
    const state = await up(databaseRole, first, reader);
    await findings(world, federatedUser, user(["read@app"]), first);
    const later = run(world);
    await preview(databaseRole, later, state, reader);
    for (const { told } of [first, later]) {
      const warnings = told.filter((text) => text.includes("FED273"));
      expect(warnings).toEqual([
        expect.stringContaining(`project ${PROJECT} is managed by mongodb-enterprise-operator`),
      ]);
    }
  });

  test.each([undefined, "corp-portal"])("is not assumed for one that %s manages", async (managedBy) => {
    const one = run(await managed(managedBy));
    await up(databaseRole, one, reader);
    expect(one.told).toEqual([]);
  });

  test("is not assumed where the key may not read it, or an older server does not have it", async () => {
    const world = await managed("mongodb-enterprise-operator");
    world.emulator.inject({
      match: { method: "GET", path: "/controlledFeature" },
      fault: { kind: "status", status: 403 },
    });
    const one = run(world);
    await up(databaseRole, one, reader);
    expect(one.told).toEqual([]);
  });
});

describe("access", () => {
  test("FED343: through an identity provider that the project does not have is refused", async () => {
    const world = await emulated();
    const gone = { ...theirs, configurationName: "Theirs" };
    await refused(
      world,
      federatedUser,
      user(["read@app"], { identityProvider: gone }),
      /FED343 .*no identity provider Theirs/,
    );
    const [found] = await findings(world, federatedUser, user(["read@app"], { identityProvider: gone }));
    expect(found).toContain('Did you mean "theirs"?');
    expect(await findings(world, federatedUser, user(["read@app"]))).toEqual([]);
    const made = { ...theirs, configurationName: "apps" };
    const program = beside(user(["read@app"], { identityProvider: made }), {
      roles: [],
      connects: [],
      makesProvider: true,
    });
    expect(await findings(world, federatedUser, program)).toEqual([]);
    const one = run(world);
    const { inputs } = await checkNew(federatedUser, one, program);
    await expect(federatedUser.create(one, inputs)).rejects.toThrow("FED343");
  });

  test("FED324: roles are those of the server and of the document, told apart by their database", async () => {
    const world = await emulated();
    put(world, "roles", { role: "own", db: "app", privileges: [], roles: [] });
    const there = ["root@admin", "dbOwner@app", "own@app", "report-reader@admin"];
    expect(await findings(world, federatedUser, user(there))).toEqual([]);
    const found = await findings(
      world,
      federatedUser,
      user(["own@admin", "own@other", "report-reader@app", "atlasAdmin"]),
    );
    expect(found.map((text) => text.split("\n")[0])).toEqual([
      `FED324 project ${PROJECT} has no role "own"`,
      `FED324 project ${PROJECT} has no role "own@other"`,
      `FED324 project ${PROJECT} has no role "report-reader@app"`,
      `FED324 project ${PROJECT} has no role "atlasAdmin"`,
    ]);
    expect(found[3]).toContain("built-in role of Atlas only");
    const declared = beside(user(["own@other"]), { roles: ["own@other"], connects: [] });
    expect(await findings(world, federatedUser, declared)).toEqual([]);
    const state = await up(federatedUser, run(world), user(["read@app"]));
    await expect(preview(federatedUser, run(world), state, user(["own@other"]))).rejects.toThrow("FED324");
  });

  test("may inherit what a group may do", async () => {
    const world = await emulated();
    put(world, "roles", { role: "theirs/dba", db: "admin", privileges: [], roles: [] });
    expect(await findings(world, federatedUser, user(["theirs/dba@admin"]))).toEqual([]);
    expect((await findings(world, federatedUser, user(["theirs/dbb@admin"])))[0]).toContain("FED324");
  });
});

describe("a user-defined role", () => {
  const other: Props = { ...reader, roleName: "orders reader", database: "app", privileges: [find("app")] };

  test("is held to the rules of the control plane that it is for, at check", async () => {
    const [world, { run: onAtlas }] = [await emulated(), await bench()];
    const codes = async (one: Run, program: Props, olds: Props = {}) =>
      wordedAll((await databaseRole.check(one, olds, program)).findings)
        .map(({ code, path }) => `${code} ${path}`)
        .sort();
    const shutdown = { ...reader, privileges: [{ resource: { cluster: true }, actions: ["shutdown"] }] };
    const export_ = { ...reader, privileges: [{ resource: { cluster: true }, actions: ["outToS3"] }] };
    const elsewhere = { ...other, privileges: [find("reports")], roles: ["backup@admin"] };
    expect(await codes(run(world), other)).toEqual([]);
    expect(await codes(run(world), shutdown)).toEqual([]);
    expect(await codes(run(world), export_)).toEqual(["FED332 privileges[0].actions[0]"]);
    expect(await codes(run(world), elsewhere)).toEqual(["FED344 privileges[0].resource", "FED344 roles[0]"]);
    expect(await codes(run(world), { ...reader, roles: ["dbOwner@app"] })).toEqual([]);
    expect(await codes(run(world), { ...reader, database: "local" })).toEqual(["FED345 database"]);

    expect(await codes(onAtlas(), other)).toEqual(["FED327 roleName", "FED328 database"]);
    expect(await codes(onAtlas(), other, reader)).toEqual(["FED327 roleName", "FED328 database"]);
    expect(await codes(onAtlas(), shutdown)).toEqual(["FED332 privileges[0].actions[0]"]);
    expect(await codes(onAtlas(), { ...reader, roles: ["dbOwner@app"] })).toEqual(["FED315 roles[0]"]);
    expect(await codes(onAtlas(), { ...reader, privileges: [] })).toEqual(["FED329 privileges"]);
  });

  test("is held offline to what holds for all, and the rest is told as not checked", async () => {
    const world = await emulated();
    const plane = () => {
      throw new Error("offline");
    };
    const one = run(world, { plane, offline: "mongofed:offline" });
    expect(await findings(world, databaseRole, { ...other, roleName: "root", database: "admin" }, one)).toHaveLength(1);
    expect(await findings(world, databaseRole, other, one)).toEqual([]);
    expect(one.memory.notices.skipped.join("\n")).toMatch(
      /role orders reader.*whether its project and control plane accept it/,
    );
  });

  test("FED333: is not deleted while somebody has it on its database, grant or not", async () => {
    const world = await emulated();
    const state = await up(databaseRole, run(world), { ...reader, database: "orders" });
    const has = [{ role: "reader", db: "orders" }];
    put(world, "usersWanted", { user: "ada", db: "admin", roles: [{ role: "reader", db: "admin" }] });
    put(world, "usersWanted", { user: "bob", db: "admin", roles: has });
    put(world, "usersWanted", { user: "theirs/billing", db: "$external", roles: has });
    put(world, "roles", { role: "theirs/dba", db: "admin", privileges: [], roles: has });
    put(world, "roles", { role: "top", db: "admin", privileges: [], roles: has });
    await expect(databaseRole.delete(run(world), state.id, state.outputs)).rejects.toThrow(
      /FED333 .*still granted to group dba, user billing, role top, user bob@admin\n/,
    );
    expect(world.document().roles.map((one: { role: string }) => one.role)).toContain("reader");
  });
});

describe("FED206: on the other control plane", () => {
  const atlasReference = {
    federationSettingsId: FEDERATION,
    identityProviderId: IDP,
    configurationName: "corp",
    idpType: "WORKFORCE",
    authorizationType: "GROUP",
  };
  const onAtlasOnly: [string, Definition, Props][] = [
    ["an identity provider of a federation", identityProvider, workforce],
    ["one for programs", identityProvider, workload],
    ["a connection", orgConnection, { orgId: ORG, identityProvider: atlasReference }],
    ["a group", oidcRole, { projectId: PROJECT, identityProvider: atlasReference, group: "dba", roles: ["read@app"] }],
    [
      "a user",
      federatedUser,
      {
        projectId: PROJECT,
        identityProvider: { ...atlasReference, authorizationType: "USER" },
        principal: "ada",
        roles: ["read@app"],
      },
    ],
  ];
  const inProjectsOnly: [string, Definition, Props][] = [
    ["an identity provider of a project", identityProvider, staff],
    ["TLS settings", projectTls, { projectId: PROJECT, caFilePath: "/ca.pem" }],
    [
      "a group",
      oidcRole,
      { identityProvider: { ...theirs, authorizationType: "GROUP" }, group: "dba", roles: ["read@app"] },
    ],
    ["a user", federatedUser, user(["read@app"])],
  ];

  test.each(onAtlasOnly)("%s of Atlas, spoken to Cloud Manager", async (_name, definition, program) => {
    const world = await emulated();
    const text =
      /FED206 .*exists on MongoDB Atlas only, and this run uses Cloud Manager at .*\(credentials from the test\)/;
    await expect(checkNew(definition, run(world), program)).rejects.toThrow(text);
    await expect(definition.create(run(world), program)).rejects.toThrow(text);
    expect(world.count("PUT")).toBe(0);
  });

  test.each(inProjectsOnly)("%s of Cloud Manager, spoken to Atlas", async (_name, definition, program) => {
    const world = await bench();
    const text = /FED206 .*exists on Cloud Manager and Ops Manager only, and this run uses MongoDB Atlas at /;
    await expect(definition.check(world.run(), {}, program)).rejects.toThrow(text);
    const inputs = { projectId: PROJECT, ...program };
    await expect(definition.create(world.run(), inputs)).rejects.toThrow(text);
  });
});

test("FED412: names the missing access of a read-only key, and where the key comes from", async () => {
  const world = await emulated();
  world.fault("PUT", { kind: "status", status: 403 }, { times: 20 });
  const one = run(world);
  const { inputs } = await checkNew(identityProvider, one, staff);
  await expect(identityProvider.create(one, inputs)).rejects.toThrow(
    /FED412 [\s\S]*Project Automation Admin[\s\S]*from the test[\s\S]*Project Owner[\s\S]*access list/,
  );
});
