import { describe, expect, test } from "vitest";
import { clusterStatusSchema } from "../../schema/atlas.ts";
import { IDP } from "../support/ids.ts";
import { emulated, outcome } from "./client.ts";

const username = `${IDP}/dba`;

/** A project with a cluster that takes its time, and a way to do all that clusters have to be told. */
async function start(applySeconds: number | "never" = 20) {
  const all = await emulated();
  const { client, emulator, projectId } = all;
  emulator.edit({ edit: "set-behaviour", behaviour: { applySeconds } });
  const users = `/groups/${projectId}/databaseUsers`;
  const roles = `/groups/${projectId}/customDBRoles/roles`;
  const user = `${users}/admin/${encodeURIComponent(username)}`;
  const actions = [{ action: "FIND", resources: [{ db: "app" }] }];
  const status = async (cluster = "Cluster0") =>
    clusterStatusSchema.parse((await client.get(`/groups/${projectId}/clusters/${cluster}/status`)).json).changeStatus;
  const addUser = (fields: object = {}) =>
    client.post(users, {
      groupId: projectId,
      databaseName: "admin",
      username,
      oidcAuthType: "IDP_GROUP",
      roles: [{ roleName: "read", databaseName: "app" }],
      ...fields,
    });
  return { ...all, users, roles, user, actions, status, addUser };
}

describe("a cluster is PENDING until it has applied", () => {
  test("each write of a user, deletion included, for as long as it takes", async () => {
    const { client, emulator, status, addUser, user } = await start();
    expect(await status()).toBe("APPLIED");
    for (const write of [
      () => addUser(),
      () => client.patch(user, { oidcAuthType: "IDP_GROUP", description: "x" }),
      () => client.delete(user),
    ]) {
      expect((await write()).status).toBeLessThan(300);
      expect(await status()).toBe("PENDING");
      emulator.advanceClock(19_000);
      expect(await status()).toBe("PENDING");
      emulator.advanceClock(1_000);
      expect(await status()).toBe("APPLIED");
    }
  });

  test("each write of a role", async () => {
    const { client, emulator, status, roles, actions } = await start();
    for (const write of [
      () => client.post(roles, { roleName: "r", actions }),
      () => client.patch(`${roles}/r`, { inheritedRoles: [] }),
      () => client.delete(`${roles}/r`),
    ]) {
      expect((await write()).status).toBeLessThan(300);
      expect(await status()).toBe("PENDING");
      emulator.advanceClock(20_000);
      expect(await status()).toBe("APPLIED");
    }
  });

  test("the last of several writes, counted from that one", async () => {
    const { client, emulator, status, addUser, user } = await start();
    await addUser();
    emulator.advanceClock(15_000);
    await client.delete(user);
    emulator.advanceClock(15_000);
    expect(await status()).toBe("PENDING");
    emulator.advanceClock(5_000);
    expect(await status()).toBe("APPLIED");
  });

  test("a foreign edit outside the API", async () => {
    const { emulator, projectId, status } = await start();
    emulator.edit({ edit: "add-database-user", projectId, user: { username } });
    expect(await status()).toBe("PENDING");
  });
});

test("by default a change is applied at once", async () => {
  const { status, addUser } = await start(0);
  expect(outcome(await addUser())).toBe("201");
  expect(await status()).toBe("APPLIED");
});

test("a refused write tells the clusters nothing, and a write tells those of no other project", async () => {
  const { client, emulator, orgId, status, addUser } = await start();
  await addUser({ roles: [] });
  expect(await status()).toBe("APPLIED");
  const other = emulator.edit({ edit: "add-project", orgId, name: "other" });
  emulator.edit({ edit: "add-cluster", projectId: other, cluster: { name: "C" } });
  await addUser();
  expect((await client.get(`/groups/${other}/clusters/C/status`)).json).toEqual({ changeStatus: "APPLIED" });
});

test("a cluster that never gets there does so when an edit says it has", async () => {
  const { emulator, projectId, status, addUser } = await start("never");
  await addUser();
  emulator.advanceClock(1_000_000_000);
  expect(await status()).toBe("PENDING");
  emulator.edit({ edit: "update-cluster", projectId, name: "Cluster0", fields: { changeStatus: "APPLIED" } });
  expect(await status()).toBe("APPLIED");
});

test("each cluster has its own time, where it has one", async () => {
  const { emulator, projectId, status, addUser } = await start(5);
  emulator.edit({ edit: "add-cluster", projectId, cluster: { name: "Slow", applySeconds: 60 } });
  emulator.edit({ edit: "add-cluster", projectId, cluster: { name: "Stuck", applySeconds: "never" } });
  await addUser();
  const all = () => Promise.all(["Cluster0", "Slow", "Stuck"].map(status));
  expect(await all()).toEqual(["PENDING", "PENDING", "PENDING"]);
  emulator.advanceClock(5_000);
  expect(await all()).toEqual(["APPLIED", "PENDING", "PENDING"]);
  emulator.advanceClock(55_000);
  expect(await all()).toEqual(["APPLIED", "APPLIED", "PENDING"]);
});

test("a paused cluster applies nothing until it runs again, and has what it applied before", async () => {
  const { client, emulator, projectId, status, addUser, user } = await start(0);
  const pause = (paused: boolean) =>
    emulator.edit({ edit: "update-cluster", projectId, name: "Cluster0", fields: { paused } });
  await addUser();
  pause(true);
  expect(await status()).toBe("APPLIED");
  await client.delete(user);
  expect(await status()).toBe("PENDING");
  pause(false);
  expect(await status()).toBe("APPLIED");
});

describe("a user with an end", () => {
  const inSeconds = (now: Date, seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();

  test("is gone when it comes, from the API at once and from the clusters later", async () => {
    const { client, emulator, status, addUser, user, users } = await start();
    await addUser({ deleteAfterDate: inSeconds(emulator.now(), 3600) });
    emulator.advanceClock(3_590_000);
    expect(await status()).toBe("APPLIED");
    expect(outcome(await client.get(user))).toBe("200");
    emulator.advanceClock(15_000);
    expect(outcome(await client.get(user))).toBe("404 USERNAME_NOT_FOUND");
    expect((await client.get(users)).json.totalCount).toBe(0);
    expect(await status()).toBe("PENDING");
    // Counted from the end, not from when somebody looked.
    emulator.advanceClock(15_000);
    expect(await status()).toBe("APPLIED");
    expect(outcome(await addUser())).toBe("201");
  });

  test("takes nobody else along, and is gone from the world and for edits too", async () => {
    const { client, emulator, projectId, addUser, users } = await start();
    await addUser({ deleteAfterDate: inSeconds(emulator.now(), 60) });
    await addUser({ username: `${username}-2`, deleteAfterDate: inSeconds(emulator.now(), 120) });
    await addUser({ username: `${username}-3` });
    emulator.advanceClock(60_000);
    expect(emulator.world().atlas.databaseUsers).toHaveLength(2);
    expect(() => emulator.edit({ edit: "remove-database-user", projectId, username })).toThrow(username);
    emulator.advanceClock(60_000);
    expect((await client.get(users)).json.results.map((one: { username: string }) => one.username)).toEqual([
      `${username}-3`,
    ]);
  });
});
