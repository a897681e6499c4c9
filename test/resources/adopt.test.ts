import { describe, expect, test } from "vitest";
import type { Props } from "../../provider/resources/definition.ts";
import { identityProvider } from "../../provider/resources/identity-provider.ts";
import { orgConnection } from "../../provider/resources/org-connection.ts";
import { referenceTo } from "../../schema/reference.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import { organizations, providers, staff } from "../control-planes/atlas/harness.ts";
import { FEDERATION, ORG } from "../support/ids.ts";
import { wordedAll } from "../support/worded.ts";
import {
  type Bench,
  bench,
  checkNew,
  NAME,
  preview,
  type Run,
  refresh,
  SECRETS,
  same,
  up,
  update,
  workforce,
} from "./harness.ts";

const writes = (requests: string[]) => requests.filter((request) => !request.startsWith("GET"));
const declared: Props = { ...workforce, userClaim: "sub", groupsClaim: "groups", [NAME]: "staff" };
const check = (run: Run, program: Props) => checkNew(identityProvider, run, program);

/** A federation in which somebody else has made the very provider that the tests declare. */
async function taken(): Promise<Bench & { id: string }> {
  const world = await bench();
  const state = await up(identityProvider, world.run(), declared);
  world.requests();
  return { ...world, id: String(state.outputs.identityProviderId) };
}

describe("an identity provider", () => {
  test("is not taken over unasked; the hint says how", async () => {
    const { run } = await taken();
    for (const adopt of [undefined, false]) {
      const { findings } = await check(run(), { ...declared, adopt });
      expect(wordedAll(findings)).toMatchObject([{ code: "FED221", fix: expect.stringContaining("adopt: true") }]);
    }
  });

  test("that is equal is taken over, which the preview tells once and up does without a write", async () => {
    const { run, id, requests } = await taken();
    const process = run();
    const program = { ...declared, adopt: true };
    expect((await check(process, program)).findings).toEqual([]);
    await check(process, program);
    expect(process.told).toEqual([
      `adopt  IdentityProvider "staff" (corp-entra) takes over corp-entra (${id}), which stays as it is`,
    ]);
    requests();
    const state = await up(identityProvider, run(), program);
    expect(writes(requests())).toEqual([]);
    expect(state.id).toBe(`${FEDERATION}/${id}`);
    expect(state.outputs).not.toHaveProperty("adopt");
    // Given up later, or given again, it is no change.
    expect(await preview(identityProvider, run(), state, declared)).toEqual(same);
    expect(await preview(identityProvider, run(), state, { ...program, adopt: "overwrite" })).toEqual(same);
    expect(await refresh(identityProvider, run(), state)).toMatchObject({ outputs: state.outputs });
  });

  test("FED225: that differs is listed, property by property, and left as it is", async () => {
    const { run, id, requests } = await taken();
    const program = { ...declared, adopt: true, description: "staff", associatedDomains: [] };
    const { findings } = await check(run(), program);
    expect(wordedAll(findings)).toEqual([
      expect.objectContaining({
        code: "FED225",
        message: `corp-entra (${id}) differs from what is declared in 2 inputs`,
        why: 'description  live "people"  wanted "staff"\n' + 'associatedDomains  live ["example.com"]  wanted none',
      }),
    ]);
    const { inputs } = await check(run(), program);
    await expect(identityProvider.create(run(), inputs)).rejects.toThrow("FED225");
    expect(writes(requests())).toEqual([]);
  });

  test("with overwrite is changed to what is declared, after the preview has listed it", async () => {
    const { run, id, requests, emulator } = await taken();
    const program = { ...declared, adopt: "overwrite", description: "staff", revokeJwksTrigger: "1" };
    const process = run();
    expect((await check(process, program)).findings).toEqual([]);
    expect(process.told).toEqual([
      `adopt  IdentityProvider "staff" (corp-entra) takes over corp-entra (${id})\n` +
        '         description  live "people"  wanted "staff"  up changes it',
    ]);
    requests();
    const state = await up(identityProvider, run(), program);
    // One change, and no revocation: a trigger that was never recorded has not changed.
    expect(writes(requests())).toEqual([`PATCH ${providers}/${id}`]);
    expect(emulator.world().atlas.federations[0]?.identityProviders).toMatchObject([{ id, description: "staff" }]);
    expect(await preview(identityProvider, run(), state, program)).toEqual(same);
  });

  test("with a secret input does not tell its value, nor the live one", async () => {
    const { run } = await taken();
    const program = { ...declared, clientId: "hunter2", [SECRETS]: ["clientId"] };
    const process = run();
    const { findings } = await check(process, { ...program, adopt: true });
    await check(process, { ...program, adopt: "overwrite" });
    const text = JSON.stringify(findings) + process.told.join("\n");
    expect(text).toContain("[secret]");
    expect(text).not.toMatch(/hunter2|client-1/);
  });

  test("of another type is not taken over, and neither is one of several", async () => {
    const { run, emulator, id } = await taken();
    const { clientId: _, requestedScopes: __, associatedDomains: ___, ...programs } = declared;
    const { findings } = await check(run(), { ...programs, idpType: "WORKLOAD", adopt: true });
    expect(findings).toMatchObject([{ code: "FED221", message: expect.stringContaining("WORKFORCE") }]);

    const second = emulator.edit({
      edit: "add-identity-provider",
      federationSettingsId: FEDERATION,
      fields: { ...emulator.world().atlas.federations[0]?.identityProviders[0], id: "65f0c0ffee00000000000777" },
    });
    const several = await check(run(), { ...declared, adopt: "overwrite" });
    expect(several.findings).toMatchObject([{ code: "FED226", message: expect.stringContaining(id) }]);
    expect(several.findings[0]?.message).toContain(second);
  });

  test("that is gone by up is created", async () => {
    const { run, emulator, id } = await taken();
    const program = { ...declared, adopt: true };
    const process = run();
    const { inputs } = await check(process, program);
    emulator.edit({ edit: "remove-identity-provider", id });
    const created = await identityProvider.create(process, inputs);
    expect(created.id).not.toBe(`${FEDERATION}/${id}`);
  });

  test("whose issuer is not known yet is looked for by up", async () => {
    const { run, requests } = await taken();
    expect((await check(run(), { ...declared, issuerUri: UNKNOWN, adopt: true })).findings).toEqual([]);
    expect(requests()).toEqual([]);
  });

  test("taken over under a new name is not deleted under the old one", async () => {
    const { run, emulator, id } = await taken();
    const process = run();
    const state = await up(identityProvider, process, { ...declared, adopt: true });
    await identityProvider.delete(process, state.id, state.outputs);
    expect(emulator.world().atlas.federations[0]?.identityProviders).toMatchObject([{ id }]);
  });

  test("that another resource of this run owns is not taken away from it", async () => {
    const { run, id } = await taken();
    const process = run();
    const state = { ...(await up(identityProvider, run(), { ...declared, adopt: true })) };
    await preview(identityProvider, process, state, declared);
    const { inputs, findings } = await check(process, { ...declared, adopt: true });
    expect(findings).toEqual([]);
    await expect(identityProvider.create(process, inputs)).rejects.toThrow(new RegExp(`FED221[\\s\\S]*${id}`));
  });
});

describe("a connection", () => {
  async function connected() {
    const world = await bench();
    const made = await world.plane.identityProviders.create(FEDERATION, staff);
    await world.plane.connections.change(FEDERATION, ORG, { add: made.prefix });
    world.requests();
    const reference = referenceTo(made);
    return { ...world, program: { orgId: ORG, identityProvider: reference, [NAME]: "platform" } as Props };
  }

  test("is not taken over unasked; the hint says how", async () => {
    const { run, program } = await connected();
    const { findings } = await checkNew(orgConnection, run(), program);
    expect(wordedAll(findings)).toMatchObject([{ code: "FED221", fix: expect.stringContaining("adopt: true") }]);
  });

  test.each([true, "overwrite"])("is taken over with %s, told in the preview, and not written", async (adopt) => {
    const { run, program, requests } = await connected();
    const process = run();
    expect((await checkNew(orgConnection, process, { ...program, adopt })).findings).toEqual([]);
    expect(process.told).toEqual([
      `adopt  OrgConnection "platform" (${ORG} to corp-entra) takes over the connection of organization Platform (${ORG}) to corp-entra, which stays as it is`,
    ]);
    const state = await up(orgConnection, run(), { ...program, adopt });
    expect(writes(requests())).toEqual([]);
    expect(state.outputs).not.toHaveProperty("adopt");
    expect(await preview(orgConnection, run(), state, program)).toEqual(same);
  });

  test("of a provider that this run adopts is found, though the preview does not know the provider's id", async () => {
    const { run, program, plane } = await connected();
    const { identityProviderId: id } = program.identityProvider as { identityProviderId: string };
    const live = await plane.identityProviders.get(FEDERATION, id);
    const { scope, prefix: _, connectedOrgIds: __, ...settings } = live!;
    const process = run();
    await check(process, { ...settings, federationSettingsId: scope.id, adopt: true });
    const news = {
      ...program,
      identityProvider: { ...(program.identityProvider as object), identityProviderId: UNKNOWN },
    };
    const { findings } = await checkNew(orgConnection, process, news);
    expect(findings).toMatchObject([{ code: "FED221" }]);
    expect((await checkNew(orgConnection, process, { ...news, adopt: true })).findings).toEqual([]);
  });

  test("that is gone by up is made", async () => {
    const { run, program, plane, requests } = await connected();
    const process = run();
    const { inputs } = await checkNew(orgConnection, process, { ...program, adopt: true });
    const [id] = (await plane.connections.get(FEDERATION, ORG))?.identityProviderIds ?? [];
    await plane.connections.change(FEDERATION, ORG, { remove: id! });
    requests();
    await orgConnection.create(process, inputs);
    expect(writes(requests())).toEqual([`PATCH ${organizations}/${ORG}`]);
  });

  test("taken over under a new name is not disconnected under the old one", async () => {
    const { run, program, requests } = await connected();
    const process = run();
    const state = await up(orgConnection, process, { ...program, adopt: true });
    await orgConnection.delete(process, state.id, state.outputs);
    expect(writes(requests())).toEqual([]);
    await update(orgConnection, run(), state, program);
    expect(writes(requests())).toEqual([]);
  });
});
