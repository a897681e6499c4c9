import { describe, expect, test } from "vitest";
import type { IdentityProviderSettings } from "../../provider/control-planes/control-plane.ts";
import { IncompleteError, type Props } from "../../provider/resources/definition.ts";
import { identityProvider } from "../../provider/resources/identity-provider.ts";
import { orgConnection } from "../../provider/resources/org-connection.ts";
import { referenceTo } from "../../schema/reference.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import { apps, organizations, staff } from "../control-planes/atlas/harness.ts";
import { ABSENT, FEDERATION, ORG, OTHER_FEDERATION, OTHER_ORG } from "../support/ids.ts";
import { wordedAll } from "../support/worded.ts";
import { type Bench, bench, changed, NAME, preview, refresh, type State, same, up, update } from "./harness.ts";

const writes = (requests: string[]) => requests.filter((request) => !request.startsWith("GET"));
const connectedTo = ({ emulator }: Bench, orgId = ORG) =>
  emulator.world().atlas.federations[0]?.connectedOrgs.find((org) => org.orgId === orgId)
    ?.dataAccessIdentityProviderIds;

/** Somebody else's identity provider, as what another stack's `reference` says of it. */
async function reference({ plane }: Bench, settings: IdentityProviderSettings, name = settings.configurationName) {
  const made = await plane.identityProviders.create(FEDERATION, {
    ...settings,
    configurationName: name,
    audience: `api://${name}`,
  });
  return { ...referenceTo(made), federationSettingsId: FEDERATION, identityProviderId: made.prefix };
}

async function connected() {
  const world = await bench();
  const corp = await reference(world, staff);
  const program: Props = { orgId: ORG, identityProvider: corp, [NAME]: "platform" };
  const state = await up(orgConnection, world.run(), program);
  world.requests();
  return { ...world, corp, program, state };
}

describe("create", () => {
  test("connects one, and answers with an id that is a path", async () => {
    const world = await connected();
    expect(world.state).toMatchObject({
      id: `${FEDERATION}/${ORG}/${world.corp.identityProviderId}`,
      outputs: {
        orgId: ORG,
        identityProvider: world.corp,
        federationSettingsId: FEDERATION,
        identityProviderId: world.corp.identityProviderId,
      },
    });
    expect(connectedTo(world)).toEqual([world.corp.identityProviderId]);
  });

  test("keeps in state what was sent and could not be verified", async () => {
    const world = await bench();
    const corp = await reference(world, staff);
    world.fault("PATCH", organizations, { kind: "drop", when: "after-commit" }, { nth: 1 });
    world.fault("GET", `${organizations}/${ORG}`, { kind: "status", status: 503 }, { nth: 3, times: 1000 });
    const error = await up(orgConnection, world.run(), { orgId: ORG, identityProvider: corp }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(IncompleteError);
    expect(error).toMatchObject({ id: `${FEDERATION}/${ORG}/${corp.identityProviderId}` });
    world.emulator.clearFaults();
    const { id, outputs } = error as IncompleteError;
    await update(orgConnection, world.run(), { id, outputs, inputs: {} }, { orgId: ORG, identityProvider: corp });
    expect(connectedTo(world)).toEqual([corp.identityProviderId]);
  });

  test("a refusal leaves nothing in state", async () => {
    const world = await bench();
    const corp = await reference(world, staff);
    world.fault("PATCH", organizations, { kind: "status", status: 403 });
    const error = await up(orgConnection, world.run(), { orgId: ORG, identityProvider: corp }).catch(
      (caught: unknown) => caught,
    );
    expect(error).not.toBeInstanceOf(IncompleteError);
    expect(String(error)).toMatch(/FED412[\s\S]*Organization Owner/);
  });
});

describe("live rules", () => {
  test("FED203: a second workforce provider in one organization, by name, before anything is sent", async () => {
    const world = await connected();
    const other = await reference(world, staff, "contractors");
    const { findings } = await orgConnection.check(world.run(), {}, { orgId: ORG, identityProvider: other });
    expect(wordedAll(findings)).toMatchObject([
      {
        code: "FED203",
        message: expect.stringMatching(/Platform.*contractors.*corp-entra/),
        fix: expect.stringContaining("aliases"),
      },
    ]);
    world.requests();
    await expect(orgConnection.create(world.run(), { orgId: ORG, identityProvider: other })).rejects.toThrow("FED203");
    expect(writes(world.requests())).toEqual([]);
  });

  test("FED203 is found even while the new provider's id is not known", async () => {
    const world = await connected();
    const other = { ...world.corp, configurationName: "contractors", identityProviderId: UNKNOWN };
    const { findings } = await orgConnection.check(world.run(), {}, { orgId: ORG, identityProvider: other });
    expect(findings).toMatchObject([{ code: "FED203" }]);
  });

  test("a workforce provider that this run swaps away is none", async () => {
    const world = await connected();
    const workloads = await reference(world, apps);
    const other = await reference(world, staff, "contractors");
    const process = world.run();
    await preview(orgConnection, process, world.state, { ...world.program, identityProvider: workloads });
    expect((await orgConnection.check(process, {}, { orgId: ORG, identityProvider: other })).findings).toEqual([]);
  });

  test("workload providers are as many as one likes", async () => {
    const world = await connected();
    const first = await reference(world, apps);
    const second = await reference(world, apps, "more-apps");
    await up(orgConnection, world.run(), { orgId: ORG, identityProvider: first });
    await up(orgConnection, world.run(), { orgId: ORG, identityProvider: second });
    expect(connectedTo(world)).toHaveLength(3);
  });

  test("FED221: a connection that is there already is not taken over", async () => {
    const world = await connected();
    const { findings } = await orgConnection.check(world.run(), {}, world.program);
    expect(findings).toMatchObject([{ code: "FED221", message: expect.stringContaining("corp-entra") }]);
    expect((await orgConnection.check(world.run(), world.state.inputs, world.program)).findings).toEqual([]);
  });

  test("FED215: an organization of another federation", async () => {
    const world = await bench();
    const corp = await reference(world, staff);
    const { findings } = await orgConnection.check(world.run(), {}, { orgId: ABSENT, identityProvider: corp });
    expect(findings).toMatchObject([{ code: "FED215", path: "orgId" }]);
  });

  test("FED223: an identity provider that the federation does not hold", async () => {
    const world = await bench();
    const corp = { ...(await reference(world, staff)), identityProviderId: ABSENT };
    const { findings } = await orgConnection.check(world.run(), {}, { orgId: ORG, identityProvider: corp });
    expect(findings).toMatchObject([{ code: "FED223", path: "identityProvider" }]);
  });

  test("unknowns pass, the whole reference or its parts", async () => {
    const world = await bench();
    const corp = await reference(world, apps);
    for (const identityProvider of [
      UNKNOWN,
      { ...corp, identityProviderId: UNKNOWN },
      { ...corp, federationSettingsId: UNKNOWN },
    ]) {
      expect((await orgConnection.check(world.run(), {}, { orgId: ORG, identityProvider })).findings).toEqual([]);
    }
    expect((await orgConnection.check(world.run(), {}, { orgId: UNKNOWN, identityProvider: corp })).findings).toEqual(
      [],
    );
  });
});

describe("diff", () => {
  test("nothing changed is nothing, and another label of the provider is a note", async () => {
    const { run, state, program, corp } = await connected();
    const process = run();
    expect(await preview(orgConnection, process, state, program)).toEqual(same);
    const renamed = { ...program, identityProvider: { ...corp, configurationName: "corp-2" } };
    expect(await preview(orgConnection, process, state, renamed)).toEqual(same);
    expect(process.told).toEqual([
      expect.stringMatching(
        /^note .*: the reference calls its identity provider "corp-2", and Atlas calls it "corp-entra"/,
      ),
    ]);
  });

  test("another organization or federation replaces", async () => {
    const { run, state, program, corp } = await connected();
    expect(await preview(orgConnection, run(), state, { ...program, orgId: OTHER_ORG })).toMatchObject({
      replaces: ["orgId"],
    });
    const moved = { ...corp, federationSettingsId: OTHER_FEDERATION };
    expect(await preview(orgConnection, run(), state, { ...program, identityProvider: moved })).toMatchObject({
      replaces: ["identityProvider"],
    });
  });

  test("an unknown claims no replacement, and says that there are changes", async () => {
    const { run, state, program, corp } = await connected();
    for (const identityProvider of [UNKNOWN, { ...corp, identityProviderId: UNKNOWN }]) {
      expect(await preview(orgConnection, run(), state, { ...program, identityProvider })).toEqual(changed);
    }
    expect(await preview(orgConnection, run(), state, { ...program, orgId: UNKNOWN })).toEqual(changed);
  });

  test("disconnected outside is told, and connected again in place", async () => {
    const world = await connected();
    const { run, state, program, corp, emulator } = world;
    emulator.edit({ edit: "disconnect", orgId: ORG, identityProviderId: corp.identityProviderId });
    const process = run();
    expect(await preview(orgConnection, process, state, program)).toEqual(changed);
    expect(await preview(orgConnection, process, state, program)).toEqual(changed);
    expect(process.told).toEqual([
      `drift  OrgConnection "platform" (${ORG} to corp-entra) was disconnected outside this stack: up connects it again`,
    ]);
    await update(orgConnection, run(), state, program);
    expect(connectedTo(world)).toEqual([corp.identityProviderId]);
  });

  test("an organization that left the federation stops the preview; its connection can still be deleted", async () => {
    const { run, state, program, emulator } = await connected();
    emulator.edit({ edit: "remove-connected-org", orgId: ORG });
    await expect(preview(orgConnection, run(), state, program)).rejects.toThrow(/FED215/);
    await orgConnection.delete(run(), state.id, state.outputs);
  });

  test("an unreadable connection is an error, never a disconnection", async () => {
    const { run, state, program, fault } = await connected();
    fault("GET", organizations, { kind: "login-page" });
    await expect(preview(orgConnection, run(), state, program)).rejects.toThrow(/login page|proxy/);
    await expect(refresh(orgConnection, run(), state)).rejects.toThrow(/login page|proxy/);
  });
});

describe("swap", () => {
  test("is one request, keeps the id, and is what is connected from then on", async () => {
    const world = await connected();
    const other = await reference(world, staff, "corp-2");
    const program = { ...world.program, identityProvider: other };
    expect(await preview(orgConnection, world.run(), world.state, program)).toEqual(changed);
    world.requests();
    const next = await update(orgConnection, world.run(), world.state, program);
    expect(writes(world.requests())).toEqual([`PATCH ${organizations}/${ORG}`]);
    expect(connectedTo(world)).toEqual([other.identityProviderId]);
    expect(next.id).toBe(world.state.id);
    expect(next.outputs).toMatchObject({ identityProviderId: other.identityProviderId, identityProvider: other });
    expect(await preview(orgConnection, world.run(), next, program)).toEqual(same);
    expect(await refresh(orgConnection, world.run(), next)).toEqual(next);
    await orgConnection.delete(world.run(), next.id, next.outputs);
    expect(connectedTo(world)).toEqual([]);
  });

  test("of a replaced provider: the new one is in before the old one is deleted", async () => {
    const world = await bench();
    const before = await up(identityProvider, world.run(), {
      federationSettingsId: FEDERATION,
      idpType: "WORKFORCE",
      configurationName: "a",
      issuerUri: "https://a.example",
      audience: "a",
      clientId: "a",
      authorizationType: "GROUP",
    });
    const referenceTo = (state: State) => ({
      federationSettingsId: FEDERATION,
      identityProviderId: state.outputs.identityProviderId,
      configurationName: "a",
      idpType: state.outputs.idpType,
      authorizationType: "GROUP",
    });
    const connection = await up(orgConnection, world.run(), { orgId: ORG, identityProvider: referenceTo(before) });
    const program = {
      federationSettingsId: FEDERATION,
      idpType: "WORKLOAD",
      configurationName: "a",
      issuerUri: "https://a.example",
      audience: "b",
      authorizationType: "GROUP",
    };
    const process = world.run();
    expect(await preview(identityProvider, process, before, program)).toMatchObject({
      replaces: ["idpType"],
      deleteBeforeReplace: false,
    });
    const after = await up(identityProvider, process, program);
    await update(orgConnection, process, connection, { orgId: ORG, identityProvider: referenceTo(after) });
    await identityProvider.delete(process, before.id, before.outputs);
    expect(connectedTo(world)).toEqual([after.outputs.identityProviderId]);
  });

  test("FED203: not to a workforce provider beside another one", async () => {
    const world = await connected();
    const workloads = await reference(world, apps);
    const connection = await up(orgConnection, world.run(), { orgId: ORG, identityProvider: workloads });
    const other = await reference(world, staff, "contractors");
    const program = { orgId: ORG, identityProvider: other };
    await expect(preview(orgConnection, world.run(), connection, program)).rejects.toThrow(/FED203[\s\S]*corp-entra/);
    await expect(update(orgConnection, world.run(), connection, program)).rejects.toThrow("FED203");
  });

  test("FED221: not to one that is connected beside it, whose owner would cut us off", async () => {
    const world = await connected();
    const workloads = await reference(world, apps);
    await up(orgConnection, world.run(), { orgId: ORG, identityProvider: workloads });
    const program = { ...world.program, identityProvider: workloads };
    await expect(preview(orgConnection, world.run(), world.state, program)).rejects.toThrow(/FED221[\s\S]*apps/);
  });

  test("that somebody has done by hand already is told, and only recorded", async () => {
    const world = await connected();
    const other = await reference(world, staff, "corp-2");
    world.emulator.edit({
      edit: "update-connected-org",
      orgId: ORG,
      fields: { dataAccessIdentityProviderIds: [other.identityProviderId] },
    });
    const program = { ...world.program, identityProvider: other };
    const process = world.run();
    expect(await preview(orgConnection, process, world.state, program)).toEqual(changed);
    expect(process.told[0]).toContain("already as wanted");
    world.requests();
    await update(orgConnection, process, world.state, program);
    expect(writes(world.requests())).toEqual([]);
  });
});

describe("read", () => {
  test("by id alone gives the connection with its provider", async () => {
    const { run, state, corp } = await connected();
    expect(await orgConnection.read(run(), state.id, {})).toMatchObject({
      id: state.id,
      inputs: { orgId: ORG, identityProvider: corp },
      outputs: state.outputs,
    });
  });

  test("by id alone of one that is not there is an error; in a refresh it is gone", async () => {
    const { run, state, corp, emulator } = await connected();
    emulator.edit({ edit: "disconnect", orgId: ORG, identityProviderId: corp.identityProviderId });
    await expect(orgConnection.read(run(), state.id, {})).rejects.toThrow(/not connected/);
    expect(await refresh(orgConnection, run(), state)).toBeUndefined();
  });

  test("a malformed id is an error that shows the form", async () => {
    const { run } = await bench();
    await expect(orgConnection.read(run(), `${FEDERATION}/${ORG}`, {})).rejects.toThrow(
      "{federationSettingsId}/{orgId}/{identityProviderId}",
    );
  });
});

describe("delete", () => {
  test("removes its own id and nobody else's", async () => {
    const world = await connected();
    const workloads = await reference(world, apps);
    await up(orgConnection, world.run(), { orgId: ORG, identityProvider: workloads });
    await orgConnection.delete(world.run(), world.state.id, world.state.outputs);
    expect(connectedTo(world)).toEqual([workloads.identityProviderId]);
  });

  test("of one that is disconnected already sends nothing", async () => {
    const { run, state, corp, emulator, requests } = await connected();
    emulator.edit({ edit: "disconnect", orgId: ORG, identityProviderId: corp.identityProviderId });
    await orgConnection.delete(run(), state.id, state.outputs);
    expect(writes(requests())).toEqual([]);
  });
});
