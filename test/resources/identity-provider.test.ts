import { describe, expect, test } from "vitest";
import { IncompleteError, type Props } from "../../provider/resources/definition.ts";
import { identityProvider } from "../../provider/resources/identity-provider.ts";
import { orgConnection } from "../../provider/resources/org-connection.ts";
import { fingerprints } from "../../provider/resources/state/compare.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import { providers } from "../control-planes/atlas/harness.ts";
import { FEDERATION, ORG, OTHER_FEDERATION, OTHER_ORG } from "../support/ids.ts";
import { wordedAll } from "../support/worded.ts";
import {
  bench,
  changed,
  NAME,
  preview,
  refresh,
  type State,
  same,
  up,
  update,
  workforce,
  workload,
} from "./harness.ts";

const TENANT = "8f1c2a54-0c1d-4e5f-8a9b-0c1d2e3f4a5b";
const idOf = (state: State) => String(state.outputs.identityProviderId);
const writes = (requests: string[]) => requests.filter((request) => !request.startsWith("GET"));

describe("check", () => {
  test("fills in the defaults of the type and the authorization", async () => {
    const { run } = await bench();
    const { inputs: people } = await identityProvider.check(run(), {}, { ...workforce, requestedScopes: undefined });
    expect(people).toMatchObject({ userClaim: "sub", groupsClaim: "groups", requestedScopes: [] });
    const { inputs: programs } = await identityProvider.check(run(), {}, workload);
    expect(programs).toEqual({ ...workload, userClaim: "sub" });
  });

  test("drops what is hidden, null and without effect", async () => {
    const { run } = await bench();
    const news = {
      ...workload,
      [NAME]: "apps",
      __other: 1,
      description: "",
      groupsClaim: "groups",
      clientId: null,
    };
    const { inputs } = await identityProvider.check(run(), {}, news);
    expect(inputs).toEqual({ ...workload, userClaim: "sub" });
  });

  test("reports everything that is wrong, and asks no server about it", async () => {
    const { run, requests } = await bench();
    const { findings } = await identityProvider.check(
      run(),
      {},
      { ...workforce, clientId: undefined, issuerUri: "http://x", color: "red" },
    );
    expect(findings.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([
      "FED200 color",
      "FED204 clientId",
      "FED212 issuerUri",
    ]);
    expect(requests()).toEqual([]);
  });

  test("never repeats the value of an input that it does not know", async () => {
    const { run } = await bench();
    const { findings } = await identityProvider.check(run(), {}, { ...workforce, password: "hunter2" });
    expect(findings).toHaveLength(1);
    expect(JSON.stringify(findings)).not.toContain("hunter2");
  });

  test("lets unknowns pass, at any depth", async () => {
    const { run } = await bench();
    for (const key of Object.keys(workforce)) {
      const { findings } = await identityProvider.check(run(), {}, { ...workforce, [key]: UNKNOWN });
      expect(findings, key).toEqual([]);
    }
    const { findings } = await identityProvider.check(
      run(),
      {},
      { ...workforce, associatedDomains: ["a.example", UNKNOWN] },
    );
    expect(findings).toEqual([]);
  });

  test("FED221: names the one that is there already, when creating", async () => {
    const { run } = await bench();
    const state = await up(identityProvider, run(), workforce);
    const { findings } = await identityProvider.check(run(), {}, { ...workforce, configurationName: "other" });
    expect(wordedAll(findings)).toMatchObject([
      { code: "FED221", message: expect.stringContaining(idOf(state)), fix: expect.stringContaining("aliases") },
    ]);
    expect((await identityProvider.check(run(), state.inputs, workforce)).findings).toEqual([]);
  });

  test("FED231: refuses a new one with values that no token carries, and accepts them of an existing one", async () => {
    const { run, requests, emulator } = await bench();
    const google = { ...workload, issuerUri: "https://accounts.google.com/" };
    const entra = {
      ...workload,
      issuerUri: `https://login.microsoftonline.com/${TENANT}/v2.0`,
      audience: `api://${TENANT}`,
    };
    for (const [program, path] of [
      [google, "issuerUri"],
      [entra, "audience"],
    ] as const) {
      const { findings } = await identityProvider.check(run(), {}, program);
      expect(findings).toMatchObject([{ code: "FED231", severity: "error", path }]);
    }
    expect(writes(requests())).toEqual([]);

    const state = await up(identityProvider, run(), workload);
    emulator.edit({ edit: "update-identity-provider", id: idOf(state), fields: { issuerUri: google.issuerUri } });
    expect((await identityProvider.check(run(), state.inputs, google)).findings).toEqual([]);
    expect((await identityProvider.check(run(), {}, { ...google, adopt: true })).findings).toEqual([]);
    // Nothing to adopt: it would be created. Something that differs, which adoption refuses: it would not.
    const other = { ...google, configurationName: "other", audience: "other", adopt: true };
    expect((await identityProvider.check(run(), {}, other)).findings).toMatchObject([{ code: "FED231" }]);
    const differing = { ...google, description: "not theirs", adopt: true };
    expect((await identityProvider.check(run(), {}, differing)).findings).toMatchObject([{ code: "FED225" }]);
    const offline = { ...run(), offline: "no credentials" };
    expect((await identityProvider.check(offline, {}, other)).findings).toEqual([]);
    expect((await identityProvider.check(offline, {}, google)).findings).toMatchObject([{ code: "FED231" }]);
    // A version 1 token can carry the application id, so that this is a warning.
    const v1 = { ...workload, issuerUri: `https://sts.windows.net/${TENANT}/`, audience: TENANT };
    expect((await identityProvider.check(run(), {}, v1)).findings).toEqual([]);
  });

  test("does not take for foreign what diff has seen in this run, which the engine is about to replace", async () => {
    const { run } = await bench();
    const state = await up(identityProvider, run(), workforce);
    const process = run();
    await preview(identityProvider, process, state, workforce);
    expect((await identityProvider.check(process, {}, workforce)).findings).toEqual([]);
    // But the moment of truth is the creation.
    await expect(identityProvider.create(process, state.inputs)).rejects.toThrow("FED221");
  });

  test("an error of the server is an error, and not a passed check", async () => {
    const { run, fault } = await bench();
    fault("GET", providers, { kind: "login-page" });
    await expect(identityProvider.check(run(), {}, workforce)).rejects.toThrow(/login page|proxy/);
  });
});

describe("create", () => {
  test("answers with id, inputs as live, and fingerprints instead of copies", async () => {
    const { run } = await bench();
    const { id, outputs, inputs } = await up(identityProvider, run(), { ...workforce, revokeJwksTrigger: "1" });
    expect(id).toBe(`${FEDERATION}/${outputs.identityProviderId}`);
    expect(outputs).toMatchObject(inputs);
    // A secret input is encrypted under its own name only: a copy elsewhere would lie in the state in clear.
    expect(JSON.stringify(outputs.__applied)).not.toMatch(/api:|client-1|example/);
  });

  test("does not revoke keys", async () => {
    const { run, requests } = await bench();
    await up(identityProvider, run(), { ...workforce, revokeJwksTrigger: "1" });
    expect(writes(requests())).toEqual([`POST ${providers}`]);
  });
});

describe("diff", () => {
  test("nothing changed is nothing, whatever the order of keys and sets, and null for missing", async () => {
    const { run } = await bench();
    const state = await up(identityProvider, run(), { ...workforce, description: undefined });
    const program = Object.fromEntries(Object.entries(workforce).reverse());
    const news = { ...program, description: null, requestedScopes: ["offline_access", "openid"], __provider: "x" };
    const process = run();
    expect(await preview(identityProvider, process, state, news)).toEqual(same);
    expect(
      await identityProvider.diff(process, state.id, { ...state.outputs, extra: 1, __provider: "y" }, state.inputs),
    ).toEqual(same);
    expect(process.told).toEqual([]);
  });

  test("costs one request for a hundred resources", async () => {
    const { run, requests } = await bench();
    const state = await up(identityProvider, run(), workforce);
    requests();
    const process = run();
    await Promise.all(Array.from({ length: 100 }, () => preview(identityProvider, process, state, workforce)));
    expect(requests()).toEqual([`GET ${providers}`]);
  });

  test.each([
    ["configurationName", "corp-2"],
    ["description", "others"],
    ["audience", "api://new"],
    ["clientId", "client-2"],
    ["requestedScopes", ["openid"]],
    ["associatedDomains", []],
    ["authorizationType", "USER"],
    ["userClaim", "oid"],
    ["groupsClaim", "roles"],
  ])("%s is updated in place", async (key, value) => {
    const { run, requests } = await bench();
    const state = await up(identityProvider, run(), workforce);
    const program = { ...workforce, [key]: value };
    expect(await preview(identityProvider, run(), state, program)).toEqual(changed);
    requests();
    const next = await update(identityProvider, run(), state, program);
    expect(writes(requests())).toEqual([`PATCH ${providers}/${idOf(state)}`]);
    expect(next.outputs).toMatchObject({ ...next.inputs, identityProviderId: idOf(state) });
    expect(await preview(identityProvider, run(), next, program)).toEqual(same);
  });

  test("another type or federation replaces, creating first", async () => {
    const { run } = await bench();
    const state = await up(identityProvider, run(), workforce);
    const other = { ...workload, issuerUri: workforce.issuerUri };
    expect(await preview(identityProvider, run(), state, other)).toMatchObject({
      replaces: ["idpType"],
      deleteBeforeReplace: false,
    });
    const moved = { ...workforce, federationSettingsId: OTHER_FEDERATION };
    expect(await preview(identityProvider, run(), state, moved)).toMatchObject({ replaces: ["federationSettingsId"] });
  });

  test("FED222: refuses a change of type that would need both at once", async () => {
    const { run } = await bench();
    const state = await up(identityProvider, run(), workforce);
    const { issuerUri, audience } = workforce;
    await expect(preview(identityProvider, run(), state, { ...workload, issuerUri, audience })).rejects.toThrow(
      /FED222[\s\S]*two steps/,
    );
  });

  test("FED202: refuses an audience that another one has", async () => {
    const { run } = await bench();
    await up(identityProvider, run(), { ...workload, issuerUri: workforce.issuerUri });
    const state = await up(identityProvider, run(), workforce);
    await expect(
      preview(identityProvider, run(), state, { ...workforce, audience: workload.audience }),
    ).rejects.toThrow(/FED202[\s\S]*apps/);
  });

  test("an unknown claims no replacement, and says that there are changes", async () => {
    const { run } = await bench();
    const state = await up(identityProvider, run(), workforce);
    for (const key of Object.keys(workforce)) {
      expect(await preview(identityProvider, run(), state, { ...workforce, [key]: UNKNOWN }), key).toEqual(changed);
    }
  });

  test("a state that an import wrote, without records, is compared with itself", async () => {
    const { run } = await bench();
    const { __applied: _, ...outputs } = (await up(identityProvider, run(), workforce)).outputs;
    const { inputs } = await identityProvider.check(run(), workforce, workforce);
    const state: State = { id: `${FEDERATION}/${outputs.identityProviderId}`, inputs, outputs };
    expect(await preview(identityProvider, run(), state, workforce)).toEqual(same);
    expect(await preview(identityProvider, run(), state, { ...workforce, audience: "api://new" })).toEqual(changed);
  });

  test("a malformed id is an error that shows the form", async () => {
    const { run } = await bench();
    await expect(identityProvider.diff(run(), "corp-entra", {}, workforce)).rejects.toThrow(
      "{federationSettingsId}/{identityProviderId}",
    );
  });

  test("an unreadable object is an error, never a deletion", async () => {
    const { run, fault } = await bench();
    const state = await up(identityProvider, run(), workforce);
    fault("GET", providers, { kind: "status", status: 403 });
    await expect(preview(identityProvider, run(), state, workforce)).rejects.toThrow(/FED412[\s\S]*403/);
    await expect(refresh(identityProvider, run(), state)).rejects.toThrow(/FED412[\s\S]*403/);
  });
});

describe("drift", () => {
  const program: Props = { ...workforce, [NAME]: "staff" };

  test("is told once a run, property by property, and put back by up", async () => {
    const { run, emulator, requests } = await bench();
    const state = await up(identityProvider, run(), program);
    emulator.edit({
      edit: "update-identity-provider",
      id: idOf(state),
      fields: { audience: "api://old", description: "do not touch (Bob)" },
    });
    const process = run();
    expect(await preview(identityProvider, process, state, program)).toEqual(changed);
    expect(await preview(identityProvider, process, state, program)).toEqual(changed);
    expect(process.told).toEqual([
      'drift  IdentityProvider "staff" (corp-entra) was changed outside this stack\n' +
        '         description  live "do not touch (Bob)"  recorded "people"      wanted "people"      up puts it back\n' +
        '         audience     live "api://old"           recorded "api://corp"  wanted "api://corp"  up puts it back',
    ]);
    requests();
    const next = await update(identityProvider, run(), state, program);
    expect(writes(requests())).toEqual([`PATCH ${providers}/${idOf(state)}`]);
    expect(emulator.world().atlas.federations[0]?.identityProviders[0]).toMatchObject({
      audience: "api://corp",
      description: "people",
    });
    const after = run();
    expect(await preview(identityProvider, after, next, program)).toEqual(same);
    expect(after.told).toEqual([]);
  });

  test("is told from an edit after a refresh too", async () => {
    const { run, emulator } = await bench();
    const state = await up(identityProvider, run(), program);
    emulator.edit({ edit: "update-identity-provider", id: idOf(state), fields: { audience: "api://old" } });
    const refreshed = await refresh(identityProvider, run(), state);
    expect(refreshed).toMatchObject({ inputs: { audience: "api://old" }, outputs: { audience: "api://old" } });
    const process = run();
    expect(await preview(identityProvider, process, refreshed!, program)).toEqual(changed);
    expect(process.told[0]).toContain('live "api://old"  recorded "api://corp"  wanted "api://corp"  up puts it back');
  });

  test("an edit of the program is no drift", async () => {
    const { run } = await bench();
    const state = await up(identityProvider, run(), program);
    const process = run();
    await preview(identityProvider, process, state, { ...program, audience: "api://new" });
    expect(process.told).toEqual([]);
  });

  test("that ended where the program wants it is told, and nothing is sent", async () => {
    const { run, emulator, requests } = await bench();
    const state = await up(identityProvider, run(), program);
    emulator.edit({ edit: "update-identity-provider", id: idOf(state), fields: { audience: "api://new" } });
    const news = { ...program, audience: "api://new" };
    const process = run();
    expect(await preview(identityProvider, process, state, news)).toEqual(changed);
    expect(process.told[0]).toContain("already as wanted");
    requests();
    const next = await update(identityProvider, run(), state, news);
    expect(writes(requests())).toEqual([]);
    const after = run();
    expect(await preview(identityProvider, after, next, news)).toEqual(same);
    expect(after.told).toEqual([]);
  });

  test("of the one half is put back together with an edit of the other, and nothing else is sent", async () => {
    const { run, emulator } = await bench();
    const state = await up(identityProvider, run(), program);
    emulator.edit({ edit: "update-identity-provider", id: idOf(state), fields: { description: "Bob" } });
    await update(identityProvider, run(), state, { ...program, userClaim: "oid" });
    expect(emulator.world().atlas.federations[0]?.identityProviders[0]).toMatchObject({
      description: "people",
      userClaim: "oid",
    });
  });

  test("a way of writing that is the server's own makes no difference, now and later", async () => {
    const { run, emulator } = await bench();
    const state = await up(identityProvider, run(), program);
    // As if the server had trimmed or extended what it was sent.
    const echo = { ...(state.outputs.__applied as { echo: Record<string, string> }).echo };
    emulator.edit({
      edit: "update-identity-provider",
      id: idOf(state),
      fields: { issuerUri: `${workforce.issuerUri}/` },
    });
    const { outputs } = (await refresh(identityProvider, run(), {
      ...state,
      outputs: { ...state.outputs, __applied: undefined },
    }))!;
    const applied = { inputs: echo, echo: { ...echo, ...fingerprints(outputs, ["issuerUri"]) } };
    const normalized = { ...state, outputs: { ...outputs, __applied: applied } };
    const process = run();
    expect(await preview(identityProvider, process, normalized, program)).toEqual(same);
    expect(process.told).toEqual([]);
  });

  test("deleted outside: replaced, deleting first, and told", async () => {
    const { run, emulator } = await bench();
    const state = await up(identityProvider, run(), program);
    emulator.edit({ edit: "remove-identity-provider", id: idOf(state) });
    const process = run();
    expect(await preview(identityProvider, process, state, program)).toEqual({
      changes: true,
      replaces: ["identityProviderId"],
      deleteBeforeReplace: true,
    });
    expect(process.told).toEqual([
      'drift  IdentityProvider "staff" (corp-entra) was deleted outside this stack: up creates it again, with a new id',
    ]);
    await identityProvider.delete(process, state.id, state.outputs);
    expect((await up(identityProvider, process, program)).id).not.toBe(state.id);
  });

  test("one that a lagging listing misses is asked for before it counts as deleted", async () => {
    const { run, fault, requests } = await bench();
    const state = await up(identityProvider, run(), program);
    requests();
    fault("GET", `${providers}\\?`, { kind: "stale" }, { nth: 1 });
    expect(await preview(identityProvider, run(), state, program)).toEqual(same);
    expect(requests()).toEqual([`GET ${providers}`, `GET ${providers}/${idOf(state)}`]);
  });
});

describe("read", () => {
  test("by id alone gives everything that other resources need", async () => {
    const { run } = await bench();
    const state = await up(identityProvider, run(), workforce);
    const found = await identityProvider.read(run(), state.id, {});
    expect(found).toMatchObject({
      id: state.id,
      inputs: state.inputs,
      outputs: { ...state.inputs, identityProviderId: idOf(state) },
    });
  });

  test("by id alone of one that is not there is an error; in a refresh it is gone", async () => {
    const { run, emulator } = await bench();
    const state = await up(identityProvider, run(), workforce);
    emulator.edit({ edit: "remove-identity-provider", id: idOf(state) });
    await expect(identityProvider.read(run(), state.id, {})).rejects.toThrow(/no OIDC identity provider/);
    await expect(identityProvider.read(run(), state.id, workforce)).rejects.toThrow(/no OIDC identity provider/);
    expect(await refresh(identityProvider, run(), state)).toBeUndefined();
  });

  test("leaves everything as it was where nothing has changed", async () => {
    const { run } = await bench();
    const state = await up(identityProvider, run(), { ...workforce, revokeJwksTrigger: "1" });
    expect(await refresh(identityProvider, run(), state)).toEqual(state);
  });
});

describe("revokeJwksTrigger", () => {
  test("a new value revokes once, and warns in the preview", async () => {
    const { run, requests } = await bench();
    const state = await up(identityProvider, run(), workforce);
    const program = { ...workforce, revokeJwksTrigger: "leak of 2026-11-21" };
    const process = run();
    expect(await preview(identityProvider, process, state, program)).toEqual(changed);
    expect(process.told[0]).toMatch(/^warning.*corp-entra.*\n.*sessions through this provider end/);
    requests();
    const next = await update(identityProvider, run(), state, program);
    expect(writes(requests())).toEqual([`DELETE ${providers}/${idOf(state)}/jwks`]);
    expect(await preview(identityProvider, run(), next, program)).toEqual(same);
  });

  test("a value that is removed revokes nothing", async () => {
    const { run, requests } = await bench();
    const state = await up(identityProvider, run(), { ...workforce, revokeJwksTrigger: "1" });
    requests();
    await update(identityProvider, run(), state, workforce);
    expect(writes(requests())).toEqual([]);
  });

  test("a revocation that failed is tried again by the next run", async () => {
    const { run, fault, requests, emulator } = await bench();
    const state = await up(identityProvider, run(), workforce);
    const program = { ...workforce, revokeJwksTrigger: "1" };
    fault("DELETE", "/jwks", { kind: "status", status: 403 });
    const error = await update(identityProvider, run(), state, program).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(IncompleteError);
    const { id, outputs } = error as IncompleteError;
    emulator.clearFaults();
    requests();
    const { inputs } = await identityProvider.check(run(), state.inputs, program);
    await update(identityProvider, run(), { id, outputs, inputs }, program);
    expect(writes(requests())).toEqual([`DELETE ${providers}/${idOf(state)}/jwks`]);
  });
});

describe("delete", () => {
  test("FED214: refuses while organizations are connected, names them, and touches nothing", async () => {
    const { run, plane, requests } = await bench();
    const state = await up(identityProvider, run(), workforce);
    await plane.connections.change(FEDERATION, ORG, { add: idOf(state) });
    await plane.connections.change(FEDERATION, OTHER_ORG, { add: idOf(state) });
    requests();
    await expect(identityProvider.delete(run(), state.id, state.outputs)).rejects.toThrow(
      new RegExp(`FED214[\\s\\S]*Platform \\(${ORG}\\), Payments \\(${OTHER_ORG}\\)`),
    );
    expect(writes(requests())).toEqual([]);
  });

  test("FED214: says which organizations this run has disconnected before", async () => {
    const { run, plane } = await bench();
    const state = await up(identityProvider, run(), workforce);
    const { federationSettingsId, configurationName, idpType, authorizationType } = workforce;
    const reference = {
      federationSettingsId,
      configurationName,
      idpType,
      authorizationType,
      identityProviderId: idOf(state),
    };
    const connection = await up(orgConnection, run(), { orgId: ORG, identityProvider: reference });
    await plane.connections.change(FEDERATION, OTHER_ORG, { add: idOf(state) });
    const process = run();
    await orgConnection.delete(process, connection.id, connection.outputs);
    const refused = await identityProvider.delete(process, state.id, state.outputs).catch(String);
    expect(refused).toContain(
      `is still connected to Payments (${OTHER_ORG}), so it was not deleted. This run has disconnected it from Platform (${ORG})`,
    );
    // A run that knows of no disconnection claims none.
    const other = await identityProvider.delete(run(), state.id, state.outputs).catch(String);
    expect(other).toMatch(/so it was not deleted\n/);
  });

  test("waits a moment for a disconnection that the provider itself does not show yet", async () => {
    const { run, plane, emulator, fault } = await bench();
    const state = await up(identityProvider, run(), workforce);
    await plane.connections.change(FEDERATION, ORG, { add: idOf(state) });
    await plane.connections.change(FEDERATION, ORG, { remove: idOf(state) });
    fault("GET", `${providers}/`, { kind: "stale" }, { times: 2 });
    await identityProvider.delete(run(), state.id, state.outputs);
    expect(emulator.world().atlas.federations[0]?.identityProviders).toEqual([]);
  });

  test("of one that is gone is done", async () => {
    const { run, emulator } = await bench();
    const state = await up(identityProvider, run(), workforce);
    emulator.edit({ edit: "remove-identity-provider", id: idOf(state) });
    await identityProvider.delete(run(), state.id, state.outputs);
  });
});

test("an update of one that was deleted since the preview says so", async () => {
  const { run, emulator } = await bench();
  const state = await up(identityProvider, run(), workforce);
  emulator.edit({ edit: "remove-identity-provider", id: idOf(state) });
  await expect(update(identityProvider, run(), state, { ...workforce, audience: "x" })).rejects.toThrow(
    /since the preview/,
  );
});
