/** The plugin as the engine asks it, without a Pulumi CLI. */

import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Emulator, Seed } from "../../../provider/emulator/index.ts";
import type { Kind } from "../../../schema/resources.ts";
import { builtPlugin } from "../../support/built-plugin.ts";
import { cloudManagerSeed, emulated } from "../../support/emulator.ts";
import { FEDERATION, ORG, PROJECT } from "../../support/ids.ts";
import {
  type Held,
  PulumiPluginClient,
  secret,
  UNKNOWN,
  UNKNOWN_LIST,
  urnOf,
} from "../../support/pulumi-plugin-client.ts";

const { command } = await builtPlugin();

const staff = {
  federationSettingsId: FEDERATION,
  configurationName: "corp-entra",
  idpType: "WORKFORCE",
  issuerUri: "https://idp.example.com",
  audience: "mongodb",
  clientId: "mongodb",
  authorizationType: "GROUP",
};
const reader = {
  projectId: PROJECT,
  roleName: "orders-reader",
  privileges: [{ resource: { database: "app", collection: "orders" }, actions: ["find"] }],
};

async function start(emulator: Emulator, settings = {}): Promise<PulumiPluginClient> {
  const plugin = await PulumiPluginClient.start({ ...process.env, ...emulator.env }, settings);
  onTestFinished(() => plugin[Symbol.asyncDispose]());
  return plugin;
}

async function world(seed?: Seed, settings = {}) {
  const emulator = await emulated(seed);
  return { emulator, plugin: await start(emulator, settings) };
}

/** Checks and creates, and expects that both work. */
async function create(plugin: PulumiPluginClient, kind: Kind, name: string, given: object): Promise<Held> {
  const { inputs, failures } = await plugin.check(kind, name, { ...given });
  expect(failures).toEqual([]);
  return await plugin.create(kind, name, inputs);
}

/** Every kind of object that a control plane has. */
async function createAll(plugin: PulumiPluginClient, plane: "atlas" | "cloud-manager" = "atlas"): Promise<Held[]> {
  const people = plane === "atlas" ? staff : projectStaff;
  const workforce = await create(plugin, "IdentityProvider", "staff", people);
  const { reference } = workforce.outputs;
  const programs = {
    ...people,
    configurationName: "apps",
    idpType: "WORKLOAD",
    audience: "apps",
    authorizationType: "USER",
  };
  const { clientId: _, ...workload } = programs;
  const apps = await create(plugin, "IdentityProvider", "apps", workload);
  const connection = (name: string, through: unknown) =>
    create(plugin, "OrgConnection", name, { orgId: ORG, identityProvider: through });
  const connections =
    plane === "atlas"
      ? [await connection("platform", reference), await connection("programs", apps.outputs.reference)]
      : [];
  const role = await create(plugin, "DatabaseRole", "reader", reader);
  const dba = {
    projectId: PROJECT,
    identityProvider: reference,
    group: "dba",
    roles: ["readWrite@app", "orders-reader@admin"],
  };
  const billing = {
    projectId: PROJECT,
    identityProvider: apps.outputs.reference,
    principal: "billing",
    roles: ["read@app"],
  };
  return [
    workforce,
    apps,
    ...connections,
    role,
    await create(plugin, "OidcRole", "dba", dba),
    await create(plugin, "FederatedUser", "billing", billing),
  ];
}

describe("the provider itself", () => {
  test("tells its version, and stays silent when it has only served its schema", async () => {
    const plugin = await PulumiPluginClient.launch([command], process.env);
    onTestFinished(() => plugin[Symbol.asyncDispose]());
    expect(await plugin.version()).toMatch(/^\d+\.\d+\.\d+$/);
    expect(JSON.parse(await plugin.schema())).toMatchObject({ name: "mongofed" });
    await plugin.cancel();
    expect(plugin.logged).toEqual([]);
  });

  test("writes to the log of the engine that attaches to it", async () => {
    const plugin = await start(await emulated());
    const logged = await plugin.attachAnother();
    const tokens = { dba: { claims: { sub: "d-1" }, expect: { accepted: "staff", roles: [] } } };
    const { failures } = await plugin.check("TokenCheck", "tokens", { tokens, access: ["dba"] });
    expect(failures).toEqual([]);
    expect(logged.map(({ text }) => text).join()).toContain("FED152");
    expect(plugin.logged).toEqual([]);
  });

  test("marks the secret settings again, and refuses settings that it cannot use, without their values", async () => {
    const plugin = await PulumiPluginClient.launch([command], process.env);
    onTestFinished(() => plugin[Symbol.asyncDispose]());
    const given = { publicKey: "abcdefgh", privateKey: "very-private", wait: "5m", version: "0.1.0" };
    expect(await plugin.checkConfig(given)).toEqual({
      inputs: { ...given, privateKey: secret("very-private") },
      failures: [],
    });
    const { failures } = await plugin.checkConfig({
      plane: "nowhere",
      drift: "maybe",
      credentials: "very-private",
      tyop: "1",
    });
    expect(failures.map((text) => text.split(":")[0])).toEqual([
      "FED200 invalid-input",
      "FED415 credentials-in-program",
      "FED420 invalid-setting",
      "FED420 invalid-setting",
    ]);
    expect(failures.join()).not.toContain("very-private");
  });
});

test("a change of settings updates the provider, and never replaces its resources", async () => {
  const plugin = await PulumiPluginClient.launch([command], process.env);
  onTestFinished(() => plugin[Symbol.asyncDispose]());
  const olds = { plane: "atlas", wait: "5m" };
  expect(await plugin.diffConfig(olds, { ...olds, baseUrl: "https://other.example.com", wait: "off" })).toEqual({
    differ: ["wait", "baseUrl"],
    replaces: [],
  });
  expect(await plugin.diffConfig(olds, olds)).toEqual({ differ: [], replaces: [] });
});

describe("a resource", () => {
  test("keeps secrets secret and unknown values unknown, in its inputs and in the outputs that follow from them", async () => {
    const { plugin } = await world();
    const given = {
      ...staff,
      configurationName: secret("corp-entra"),
      description: secret("hidden words"),
      audience: UNKNOWN,
      requestedScopes: UNKNOWN_LIST,
    };
    const { inputs, failures } = await plugin.check("IdentityProvider", "staff", given);
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ description: secret("hidden words"), audience: UNKNOWN, requestedScopes: UNKNOWN });
    const outputs = await plugin.previewCreate("IdentityProvider", "staff", inputs);
    expect(outputs).toMatchObject({
      identityProviderId: UNKNOWN,
      description: secret("hidden words"),
      reference: { idpType: "WORKFORCE", configurationName: secret("corp-entra"), identityProviderId: UNKNOWN },
    });

    const known = { ...given, audience: "mongodb", requestedScopes: ["openid"] };
    const held = await create(plugin, "IdentityProvider", "staff", known);
    expect(held.outputs).toMatchObject({ reference: { configurationName: secret("corp-entra") } });
    const read = await plugin.read("IdentityProvider", "staff", held.id, held);
    expect(read?.outputs).toMatchObject({ description: secret("hidden words") });
    for (const state of [held.outputs, read?.outputs, read?.inputs]) {
      const clear = JSON.stringify(state).replaceAll(/"value":"(hidden words|corp-entra)"/g, "");
      expect(clear).not.toMatch(/hidden words|corp-entra/);
    }
  });

  test("lives from preview to deletion", async () => {
    const { plugin, emulator } = await world();
    const held = await create(plugin, "IdentityProvider", "staff", staff);
    expect(held.id).toMatch(new RegExp(`^${FEDERATION}/[0-9a-f]{24}$`));
    expect(await plugin.diff(held, held.inputs)).toMatchObject({ changes: false, details: {} });

    const changed = { ...held.inputs, groupsClaim: "roles", requestedScopes: ["openid"] };
    expect(await plugin.diff(held, changed)).toEqual({
      changes: true,
      replaces: [],
      deleteBeforeReplace: false,
      details: { groupsClaim: "UPDATE", "requestedScopes[0]": "ADD" },
    });
    const previewed = await plugin.update(held, changed, true);
    expect(previewed.outputs).toMatchObject({ groupsClaim: "roles", reference: held.outputs.reference });
    expect(emulator.world().atlas.federations[0]?.identityProviders[0]).toMatchObject({ groupsClaim: "groups" });
    const updated = await plugin.update(held, changed);
    expect(updated.outputs).toMatchObject({ groupsClaim: "roles", reference: held.outputs.reference });

    const { clientId: _, ...workload } = { ...staff, idpType: "WORKLOAD", audience: "programs" };
    const other = await plugin.check("IdentityProvider", "staff", workload, updated.inputs);
    expect(await plugin.diff(updated, other.inputs)).toMatchObject({
      replaces: ["idpType"],
      details: { idpType: "UPDATE_REPLACE" },
    });

    const second = await start(emulator);
    await second.delete(updated);
    expect(await second.read("IdentityProvider", "staff", held.id, updated)).toBeUndefined();
    expect(emulator.world().atlas.federations[0]?.identityProviders).toEqual([]);
  });

  test("shows which properties drifted, and corrects them", async () => {
    const { plugin, emulator } = await world();
    const held = await create(plugin, "IdentityProvider", "staff", staff);
    const id = held.id.split("/")[1]!;
    emulator.edit({ edit: "update-identity-provider", id, fields: { clientId: "drifted" } });
    const second = await start(emulator);
    await second.check("IdentityProvider", "staff", staff, held.inputs);
    expect(await second.diff(held, held.inputs)).toMatchObject({ changes: true, details: { clientId: "UPDATE" } });
    expect(second.logged).toEqual([
      {
        severity: "warning",
        urn: urnOf("IdentityProvider", "staff"),
        text: expect.stringMatching(
          /^drift: IdentityProvider "staff".* outside this stack\n {2}clientId {2}live "drifted"/,
        ),
      },
    ]);
    await second.update(held, held.inputs);
    expect(emulator.world().atlas.federations[0]?.identityProviders[0]).toMatchObject({ clientId: "mongodb" });
  });

  test("is compared as mongofed:drift says", async () => {
    const { plugin, emulator } = await world();
    const held = await create(plugin, "DatabaseRole", "reader", reader);
    const actions = [{ action: "INSERT", resources: [{ db: "app", collection: "orders" }] }];
    emulator.edit({ edit: "update-custom-role", projectId: PROJECT, roleName: "orders-reader", fields: { actions } });
    const diff = async (drift: string) => {
      const other = await start(emulator, { drift });
      await other.check("DatabaseRole", "reader", reader, held.inputs);
      const outcome = await other.diff(held, held.inputs).catch((error: Error) => error.message);
      return { outcome, logged: other.logged.map(({ text }) => text.split(":")[0]) };
    };
    expect(await diff("correct")).toMatchObject({ outcome: { changes: true }, logged: ["drift"] });
    expect(await diff("warn")).toMatchObject({ outcome: { changes: false }, logged: ["drift"] });
    expect(await diff("fail")).toMatchObject({ outcome: expect.stringMatching(/FED230 drift-refused/) });
    expect(await diff("off")).toMatchObject({ outcome: { changes: false }, logged: [] });
  });

  test("stays with the control plane that it was created on", async () => {
    const { plugin } = await world();
    const held = await create(plugin, "DatabaseRole", "reader", reader);
    const elsewhere = await start(await emulated());
    await elsewhere.check("DatabaseRole", "reader", reader, held.inputs);
    await expect(elsewhere.diff(held, held.inputs)).rejects.toThrow(/FED22\d/);
    await expect(elsewhere.delete(held)).rejects.toThrow(/FED22\d/);
  });

  test.each([
    ["IdentityProvider", 0],
    ["OrgConnection", 2],
    ["DatabaseRole", 4],
    ["OidcRole", 5],
    ["FederatedUser", 6],
  ] as const)("%s is imported by its id, and a preview shows no changes", async (kind, index) => {
    const { plugin, emulator } = await world();
    const held = (await createAll(plugin))[index]!;
    const second = await start(emulator);
    const imported = await second.read(kind, "imported", held.id);
    const { __applied: _, ...outputs } = held.outputs;
    expect(imported?.outputs).toEqual(outputs);
    const { inputs, failures } = await second.check(kind, "imported", imported!.inputs, imported!.inputs);
    expect(failures).toEqual([]);
    expect(await second.diff(imported!, inputs)).toMatchObject({ changes: false });
  });

  test.each([
    ["IdentityProvider", (id: string) => ({ id, given: projectStaff })],
    ["ProjectTls", (id: string) => ({ id, given: { projectId: PROJECT, caFilePath: "/etc/mongodb/ca.pem" } })],
  ] as const)("%s of Cloud Manager is imported by its id, and a preview shows no changes", async (kind, of) => {
    const { plugin, emulator } = await world(cloudManagerSeed(), { plane: "cloud-manager" });
    const held = await create(plugin, kind, "one", of("").given);
    const second = await start(emulator, { plane: "cloud-manager" });
    const imported = await second.read(kind, "imported", held.id);
    const { inputs, failures } = await second.check(kind, "imported", imported!.inputs, imported!.inputs);
    expect(failures).toEqual([]);
    expect(await second.diff(imported!, inputs)).toMatchObject({ changes: false });
  });

  test("that was deleted by hand is created again in place, also where it was adopted", async () => {
    const { plugin, emulator } = await world();
    await create(plugin, "DatabaseRole", "reader", reader);
    const second = await start(emulator);
    const adopted = await create(second, "DatabaseRole", "reader", { ...reader, adopt: true });
    emulator.edit({ edit: "remove-custom-role", projectId: PROJECT, roleName: "orders-reader" });
    const third = await start(emulator);
    await third.check("DatabaseRole", "reader", adopted.inputs, adopted.inputs);
    const difference = await third.diff(adopted, adopted.inputs);
    expect(difference).toEqual({ changes: true, replaces: [], deleteBeforeReplace: false, details: {} });
    const again = await third.update(adopted, adopted.inputs);
    expect(emulator.world().atlas.customDbRoles).toHaveLength(1);
    expect(await (await start(emulator)).diff(again, again.inputs)).toMatchObject({ changes: false });
  });

  test("says which id is wrong in an import", async () => {
    const { plugin } = await world();
    await expect(plugin.read("OidcRole", "dba", "nonsense")).rejects.toThrow(
      /"nonsense" is not the id of a resource OidcRole/,
    );
    await expect(plugin.read("DatabaseRole", "reader", `${PROJECT}/nobody`)).rejects.toThrow(/has no .*nobody/);
  });

  test("that exists in part is kept with the reasons, and the next run completes it", async () => {
    const { plugin, emulator } = await world();
    const { inputs } = await plugin.check("DatabaseRole", "reader", reader);
    emulator.inject({ match: { method: "POST" }, fault: { kind: "drop", when: "after-commit" }, times: 1 });
    emulator.inject({
      match: { method: "GET", path: "customDBRoles" },
      fault: { kind: "status", status: 500 },
      nth: 2,
      times: 99,
    });
    const held = await plugin.create("DatabaseRole", "reader", inputs);
    expect(held).toMatchObject({ id: `${PROJECT}/orders-reader`, reasons: [expect.stringContaining("orders-reader")] });
    emulator.clearFaults();

    const second = await start(emulator);
    const again = await second.check("DatabaseRole", "reader", reader, held.inputs);
    const healed = await second.update(held, again.inputs);
    await (await start(emulator)).delete(healed);
    expect(emulator.world().atlas.customDbRoles).toEqual([]);
  });

  test("that Ctrl-C interrupts while it is created fails at once, and nothing is lost", async () => {
    const { plugin, emulator } = await world();
    const { inputs } = await plugin.check("DatabaseRole", "reader", reader);
    emulator.inject({ match: { method: "POST" }, fault: { kind: "delay", ms: 20_000, when: "before-commit" } });
    const creating = plugin.create("DatabaseRole", "reader", inputs).catch((error: Error) => error);
    await sleep(300);
    const began = performance.now();
    await plugin.cancel();
    const outcome = await creating;
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(outcome instanceof Error ? outcome.message : outcome.reasons?.join()).toMatch(
      /it was cancelled[\s\S]*Run again/,
    );
  });
});

const projectStaff = {
  projectId: PROJECT,
  configurationName: "corp-staff",
  idpType: "WORKFORCE",
  issuerUri: "https://idp.example.com",
  audience: "mongodb",
  clientId: "mongodb",
  authorizationType: "GROUP",
};

describe("rules", () => {
  test("over one resource and over several are failures of the check, all at once and without secret values", async () => {
    const { plugin } = await world();
    const wrong = { ...staff, issuerUri: secret("http://idp.example.com/private"), audience: "" };
    const { failures } = await plugin.check("IdentityProvider", "staff", wrong);
    expect(failures.length).toBeGreaterThan(1);
    expect(failures.join()).not.toContain("private");
  });

  test("know the resources that were checked before, also while their references are unknown", async () => {
    const { plugin } = await world();
    await plugin.check("IdentityProvider", "staff", staff);
    const first = await plugin.check("OrgConnection", "platform", { orgId: ORG, identityProvider: UNKNOWN });
    expect(first.failures).toEqual([]);
    const user = { projectId: PROJECT, identityProvider: UNKNOWN, principal: "ada", roles: ["read@app"] };
    const { failures } = await plugin.check("FederatedUser", "ada", user);
    expect(failures.join()).toMatch(/FED310 user-of-group-provider: .* through corp-entra/);
  });

  test("that need the whole program are warnings at the end of the run", async () => {
    const { plugin } = await world(undefined, { offline: "true" });
    await plugin.check("IdentityProvider", "staff", staff);
    const role = { projectId: PROJECT, identityProvider: UNKNOWN, group: "dba", roles: ["read@app"] };
    expect((await plugin.check("OidcRole", "dba", role)).failures).toEqual([]);
    expect(plugin.logged).toEqual([]);
    await plugin.cancel();
    expect(plugin.logged).toContainEqual({
      severity: "warning",
      urn: "",
      text: expect.stringMatching(/^FED314 unconnected-provider: .*corp-entra/),
    });
  });

  test("name the resource that must come first, where the order of the program is wrong", async () => {
    const { plugin } = await world();
    await plugin.check("IdentityProvider", "staff", staff);
    const role = { projectId: PROJECT, identityProvider: UNKNOWN, group: "dba", roles: ["read@app"] };
    expect((await plugin.check("OidcRole", "dba", role)).failures.join()).toMatch(
      /FED313 not-connected[\s\S]*dependsOn/,
    );
    await plugin.check("OrgConnection", "platform", { orgId: ORG, identityProvider: UNKNOWN });
    expect((await plugin.check("OidcRole", "second", { ...role, group: "ops" })).failures).toEqual([]);
  });

  test("count access that the program declares later as foreign, and say so", async () => {
    const settings = { plane: "cloud-manager" };
    const { plugin, emulator } = await world(cloudManagerSeed(), settings);
    const held = (await createAll(plugin, "cloud-manager"))[0]!;
    const second = await start(emulator, settings);
    const renamed = { ...held.inputs, configurationName: "other" };
    const { inputs } = await second.check("IdentityProvider", "staff", renamed, held.inputs);
    await expect(second.diff(held, inputs)).rejects.toThrow(
      /FED224 locked-out: .* one principal that the program does not declare before this resource: dba/,
    );
  });

  test("report changes that another client has overwritten as a warning at the end of the run", async () => {
    const { plugin, emulator } = await world(cloudManagerSeed(), { plane: "cloud-manager" });
    await create(plugin, "DatabaseRole", "reader", reader);
    const name = "orders-reader@admin";
    emulator.edit({ edit: "remove-automation-entry", projectId: PROJECT, list: "roles", name });
    await plugin.cancel();
    expect(plugin.logged.at(-1)).toMatchObject({
      severity: "warning",
      text: expect.stringMatching(/^FED265 .*orders-reader/),
    });
  });

  test("list what a preview without credentials has skipped, at its end", async () => {
    const none = { MONGODB_ATLAS_PUBLIC_API_KEY: "", MONGODB_ATLAS_PRIVATE_API_KEY: "", MONGODB_ATLAS_CLIENT_ID: "" };
    const plugin = await PulumiPluginClient.start({ ...process.env, ...none });
    onTestFinished(() => plugin[Symbol.asyncDispose]());
    expect((await plugin.check("DatabaseRole", "reader", reader)).failures).toEqual([]);
    await plugin.cancel();
    expect(plugin.logged.map(({ text }) => text).join()).toMatch(
      /asked no control plane[\s\S]*orders-reader.*whether it exists/,
    );
  });
});

describe("ownership", () => {
  test.each([
    ["atlas", undefined],
    ["cloud-manager", cloudManagerSeed()],
  ] as const)(
    "refuses a renamed resource of every kind with the advice to declare aliases: %s",
    async (plane, seed) => {
      const { plugin, emulator } = await world(seed, { plane });
      for (const { kind, inputs } of await createAll(plugin, plane)) {
        const second = await start(emulator, { plane });
        const { failures } = await second.check(kind, "renamed", inputs);
        expect(failures.join(), kind).toMatch(/FED221 already-exists[\s\S]*aliases/);
      }
    },
  );

  test("does not delete an object that the program declares under another name", async () => {
    const { plugin, emulator } = await world();
    const held = await create(plugin, "DatabaseRole", "reader", reader);
    const second = await start(emulator);
    const { inputs } = await second.check("DatabaseRole", "renamed", { ...reader, adopt: true });
    await second.create("DatabaseRole", "renamed", inputs);
    await second.delete(held);
    expect(emulator.world().atlas.customDbRoles).toHaveLength(1);
  });

  test("refuses resources that exchange their objects, in either order", async () => {
    const { plugin, emulator } = await world();
    const named = (roleName: string) => ({ ...reader, roleName, adopt: true });
    const held = {
      a: await create(plugin, "DatabaseRole", "a", { ...reader, roleName: "one" }),
      b: await create(plugin, "DatabaseRole", "b", { ...reader, roleName: "two" }),
    };
    const news = { a: named("two"), b: named("one") };
    for (const order of [["a", "b"] as const, ["b", "a"] as const]) {
      const run = await start(emulator);
      const refusals: string[] = [];
      for (const name of order) {
        const { inputs } = await run.check("DatabaseRole", name, news[name], held[name].inputs);
        await run.diff(held[name], inputs).catch(({ message }) => refusals.push(message));
        // As the engine does for a replacement.
        const { failures } = await run.check("DatabaseRole", name, news[name]);
        refusals.push(...failures);
      }
      expect(refusals.join()).toMatch(/FED234 .*would take over the object of DatabaseRole "[ab]", which gets another/);
    }
    expect(emulator.world().atlas.customDbRoles).toHaveLength(2);
  });

  test("refuses to delete an adopted object, unless a setting allows it", async () => {
    const { plugin, emulator } = await world();
    await create(plugin, "DatabaseRole", "reader", reader);
    const second = await start(emulator);
    const adopted = await create(second, "DatabaseRole", "reader", { ...reader, adopt: true });
    const third = await start(emulator);
    const other = await third.check("DatabaseRole", "reader", { ...reader, roleName: "other" }, adopted.inputs);
    await expect(third.diff(adopted, other.inputs)).rejects.toThrow(/FED239 adopted-object/);
    await expect(third.delete(adopted)).rejects.toThrow(/FED239 adopted-object: DatabaseRole "reader".*was adopted/);
    await third.check("DatabaseRole", "reader", reader, adopted.inputs);
    expect(third.logged.map(({ text }) => text).join()).toContain("no longer protected from deletion");
    const fourth = await start(emulator, { deleteAdopted: "true" });
    await fourth.delete(adopted);
    expect(emulator.world().atlas.customDbRoles).toEqual([]);
  });
});

describe("TokenCheck", () => {
  const role = { projectId: PROJECT, identityProvider: UNKNOWN, group: "dba", roles: ["readWrite@app"] };
  const tokens = (roles: string[]) => ({
    dba: { claims: secret({ sub: "d-1", groups: ["dba"] }), expect: { accepted: "staff", roles } },
  });

  test("checks tokens against the resources before it, and state holds digests only", async () => {
    const { plugin } = await world();
    await plugin.check("IdentityProvider", "staff", staff);
    await plugin.check("OidcRole", "dba", role);
    const { inputs, failures } = await plugin.check("TokenCheck", "tokens", { tokens: tokens(["readWrite@app"]) });
    expect(failures).toEqual([]);
    expect(JSON.stringify(inputs)).toMatch(/sha256:[0-9a-f]{64}/);
    expect(JSON.stringify(inputs)).not.toContain("d-1");
    expect(plugin.logged).toContainEqual({
      severity: "info",
      urn: urnOf("TokenCheck", "tokens"),
      text: expect.stringContaining("1 of 1 as expected"),
    });
    const wrong = await plugin.check("TokenCheck", "wrong", { tokens: tokens([]) });
    expect(wrong.failures.join()).toMatch(/FED150 unmet-expectation: "dba"/);
  });

  test("warns where nothing is declared before it", async () => {
    const { plugin } = await world();
    const { failures } = await plugin.check("TokenCheck", "tokens", { tokens: tokens([]), access: ["dba"] });
    expect(failures).toEqual([]);
    expect(plugin.logged.map(({ text }) => text).join()).toMatch(/FED152 .*nothing before it is called dba/);
  });
});

describe("functions", () => {
  test("find existing objects, and say what is missing in a question", async () => {
    const { plugin } = await world();
    const [workforce, , platform] = await createAll(plugin);
    const { reference } = workforce!.outputs;
    const asked = { federationSettingsId: FEDERATION, configurationName: "corp-entra" };
    expect((await plugin.invoke("getIdentityProvider", asked)).found).toMatchObject({
      reference,
      id: workforce!.id,
    });
    expect((await plugin.invoke("getOrgConnection", { ...asked, orgId: ORG })).found.id).toBe(platform!.id);
    expect((await plugin.invoke("getOidcRole", { projectId: PROJECT, group: "dba" })).found).toMatchObject({
      roles: ["readWrite@app", "orders-reader@admin"],
    });
    const user = { projectId: PROJECT, principal: "billing" };
    expect((await plugin.invoke("getFederatedUser", user)).found).toMatchObject({ roles: ["read@app"] });
    const role = { projectId: PROJECT, roleName: "orders-reader" };
    expect((await plugin.invoke("getDatabaseRole", role)).found).toMatchObject({ privileges: reader.privileges });
    expect((await plugin.invoke("getDatabaseRole", { projectId: PROJECT })).failures.join()).toMatch(
      /"roleName" .* is missing/,
    );
    await expect(plugin.invoke("getDatabaseRole", { projectId: PROJECT, roleName: "nobody" })).rejects.toThrow(
      /FED240/,
    );
  });
});

test("an engine that was killed leaves no process behind", async () => {
  const plugin = await PulumiPluginClient.launch([command], process.env);
  onTestFinished(() => plugin[Symbol.asyncDispose]());
  plugin.process?.kill("SIGTERM");
  await expect.poll(() => plugin.process?.exitCode, { timeout: 5_000 }).toBe(0);
});
