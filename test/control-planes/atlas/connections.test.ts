import { describe, expect, test } from "vitest";
import { ABSENT, FEDERATION, ORG, PROJECT } from "../../support/ids.ts";
import { apps, atlas, organizations, staff, type World } from "./harness.ts";

const record = ({ emulator }: World, orgId = ORG) =>
  emulator.world().atlas.federations[0]?.connectedOrgs.find((org) => org.orgId === orgId);

/** Two identity providers, a connected foreign one, SAML for the console, and the domain restriction. */
async function busyOrganization() {
  const world = await atlas();
  const { plane, emulator } = world;
  const staffId = (await plane.identityProviders.create(FEDERATION, staff)).prefix;
  const appsId = (await plane.identityProviders.create(FEDERATION, apps)).prefix;
  const foreign = await plane.identityProviders.create(FEDERATION, {
    ...apps,
    audience: "api://foreign",
    configurationName: "foreign",
  });
  const last = await plane.identityProviders.create(FEDERATION, {
    ...apps,
    audience: "api://last",
    configurationName: "last",
  });
  emulator.edit({
    edit: "add-identity-provider",
    federationSettingsId: FEDERATION,
    fields: { protocol: "SAML", displayName: "console", oktaIdpId: "0oa1b2c3d4e5f6g7h8i9" },
  });
  emulator.edit({
    edit: "update-connected-org",
    orgId: ORG,
    fields: {
      dataAccessIdentityProviderIds: [foreign.prefix, last.prefix],
      identityProviderId: "0oa1b2c3d4e5f6g7h8i9",
      domainRestrictionEnabled: true,
      domainAllowList: ["example.com"],
      postAuthRoleGrants: ["ORG_OWNER"],
    },
  });
  world.requests();
  return { ...world, staffId, appsId, foreignId: foreign.prefix, lastId: last.prefix };
}

describe("change", () => {
  test("adds one id and leaves everything else as it is", async () => {
    const world = await busyOrganization();
    const before = record(world);
    const answer = await world.plane.connections.change(FEDERATION, ORG, { add: world.staffId });
    expect(answer.identityProviderIds).toEqual([world.foreignId, world.lastId, world.staffId]);
    expect(record(world)).toEqual({
      ...before,
      dataAccessIdentityProviderIds: [world.foreignId, world.lastId, world.staffId],
    });
  });

  test("swaps in one request, at the same place", async () => {
    const world = await busyOrganization();
    await world.plane.connections.change(FEDERATION, ORG, { add: world.staffId, remove: world.foreignId });
    expect(record(world)?.dataAccessIdentityProviderIds).toEqual([world.staffId, world.lastId]);
    expect(world.requests().filter((request) => request.startsWith("PATCH"))).toHaveLength(1);
  });

  test("removes only its own", async () => {
    const world = await busyOrganization();
    await world.plane.connections.change(FEDERATION, ORG, { add: world.staffId });
    await world.plane.connections.change(FEDERATION, ORG, { remove: world.staffId });
    expect(record(world)).toMatchObject({
      dataAccessIdentityProviderIds: [world.foreignId, world.lastId],
      identityProviderId: "0oa1b2c3d4e5f6g7h8i9",
      domainRestrictionEnabled: true,
    });
  });

  test("sends nothing when there is nothing to do", async () => {
    const world = await busyOrganization();
    await world.plane.connections.change(FEDERATION, ORG, { add: world.foreignId });
    await world.plane.connections.change(FEDERATION, ORG, { remove: world.staffId });
    expect(world.requests().filter((request) => !request.startsWith("GET"))).toEqual([]);
  });

  test("many at once in one process all take effect", async () => {
    const world = await busyOrganization();
    await Promise.all([
      world.plane.connections.change(FEDERATION, ORG, { add: world.staffId }),
      world.plane.connections.change(FEDERATION, ORG, { add: world.appsId }),
      world.plane.connections.change(FEDERATION, ORG, { remove: world.lastId }),
    ]);
    expect(record(world)?.dataAccessIdentityProviderIds).toEqual([world.foreignId, world.staffId, world.appsId]);
    // One after the other: nobody had to merge anew.
    const methods = world.requests().map((request) => request.split(" ")[0]);
    expect(methods.join()).toBe("GET,PATCH,GET,GET,PATCH,GET,GET,PATCH,GET");
  });

  test.each(["before-commit", "after-commit"] as const)("survives an answer lost %s", async (when) => {
    const world = await busyOrganization();
    world.fault("PATCH", organizations, { kind: "drop", when }, { nth: 1 });
    await world.plane.connections.change(FEDERATION, ORG, { add: world.staffId });
    expect(record(world)?.dataAccessIdentityProviderIds).toEqual([world.foreignId, world.lastId, world.staffId]);
  });

  test("tolerates reads that show for a moment what was before", async () => {
    const world = await busyOrganization();
    world.fault("GET", organizations, { kind: "stale" }, { nth: 2, times: 3 });
    await world.plane.connections.change(FEDERATION, ORG, { add: world.staffId });
    expect(world.requests().filter((request) => request.startsWith("PATCH"))).toHaveLength(1);
  });

  test("merges anew when somebody else writes over it, and keeps what they wrote", async () => {
    const world = await busyOrganization();
    world.fault("PATCH", organizations, { kind: "delay", ms: 100, when: "after-commit" }, { nth: 1 });
    const changing = world.plane.connections.change(FEDERATION, ORG, { add: world.staffId });
    await expect.poll(() => record(world)?.dataAccessIdentityProviderIds).toContain(world.staffId);
    // Somebody who read before we wrote: our id is lost, theirs is there.
    world.emulator.edit({
      edit: "update-connected-org",
      orgId: ORG,
      fields: {
        dataAccessIdentityProviderIds: [world.foreignId, world.lastId, world.appsId],
        domainRestrictionEnabled: false,
      },
    });
    await changing;
    expect(record(world)).toMatchObject({
      dataAccessIdentityProviderIds: [world.foreignId, world.lastId, world.appsId, world.staffId],
      domainRestrictionEnabled: false,
      identityProviderId: "0oa1b2c3d4e5f6g7h8i9",
    });
  });

  test("gives up with a conflict that says what was lost, when it is lost every time", async () => {
    const world = await busyOrganization();
    const timer = setInterval(() => {
      const ids = record(world)?.dataAccessIdentityProviderIds ?? [];
      if (ids.includes(world.staffId)) {
        world.emulator.edit({ edit: "disconnect", orgId: ORG, identityProviderId: world.staffId });
      }
    }, 1);
    world.fault("PATCH", organizations, { kind: "delay", ms: 40, when: "after-commit" });
    try {
      await expect(world.plane.connections.change(FEDERATION, ORG, { add: world.staffId })).rejects.toThrow(
        new RegExp(`the connection to ${world.staffId} was lost 5 times`),
      );
    } finally {
      clearInterval(timer);
    }
    expect(record(world)?.dataAccessIdentityProviderIds).toEqual([world.foreignId, world.lastId]);
  });

  test("is the server's own error when every attempt fails", async () => {
    const world = await busyOrganization();
    world.fault("PATCH", organizations, { kind: "drop", when: "before-commit" });
    const changing = world.plane.connections.change(FEDERATION, ORG, { add: world.staffId });
    await expect(changing).rejects.toMatchObject({
      sent: "maybe",
      message: expect.not.stringContaining("was lost 5 times"),
    });
  });

  test("says that it was sent when its outcome cannot be read", async () => {
    const world = await busyOrganization();
    world.fault("GET", organizations, { kind: "status", status: 403 }, { nth: 2, times: 1000 });
    const changing = world.plane.connections.change(FEDERATION, ORG, { add: world.staffId });
    await expect(changing).rejects.toThrow(
      /sent, but whether it took effect could not be verified\n {2}note .*HTTP 403/,
    );
  });

  test("is a conflict when Atlas answers without the new connection", async () => {
    const world = await busyOrganization();
    const body = { ...record(world), dataAccessIdentityProviderIds: [world.foreignId, world.lastId] };
    world.fault("PATCH", organizations, { kind: "status", status: 200, body }, { nth: 1 });
    const changing = world.plane.connections.change(FEDERATION, ORG, { add: world.staffId });
    await expect(changing).rejects.toThrow(`Atlas took the change, but answers without ${world.staffId}`);
  });

  test("an organization outside the federation is an error", async () => {
    const { plane } = await atlas();
    await expect(plane.connections.change(FEDERATION, ABSENT, { add: PROJECT })).rejects.toThrow(
      /not part of the federation/,
    );
  });
});

test("an organization that is not in the federation is undefined; a federation out of reach is an error", async () => {
  const { plane } = await atlas();
  expect(await plane.connections.get(FEDERATION, ABSENT)).toBeUndefined();
  await expect(plane.connections.get(ABSENT, ORG)).rejects.toThrow();
});

test("organizations are named for people, and by their id where they cannot be read", async () => {
  const { plane } = await atlas();
  expect(await plane.connections.orgName(ORG)).toBe("Platform");
  expect(await plane.connections.orgName(ABSENT)).toBe(ABSENT);
});
