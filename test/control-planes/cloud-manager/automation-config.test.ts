import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { AutomationConfig } from "../../../provider/control-planes/cloud-manager/automation-config.ts";
import type { Change } from "../../../provider/control-planes/cloud-manager/change.ts";
import { CloudManagerError, ConflictError } from "../../../provider/control-planes/cloud-manager/errors.ts";
import { exampleAutomationConfig } from "../../../provider/emulator/index.ts";
import { ORG, PROJECT } from "../../support/ids.ts";
import { emulated, inParallel, nothing, staff, type World } from "./harness.ts";
import { clientOf, SimulatedServer } from "./simulated-server.ts";

const grantee = (who: string) => ({ prefix: "corp", by: "GROUP", who }) as const;
const grant = ({ plane }: World, who: string, extras: object = {}) =>
  plane.access.create(PROJECT, grantee(who), { ...nothing, ...extras });
const groups = ({ document }: World): string[] =>
  document().roles.flatMap(({ role }: { role: string }) => (role.startsWith("corp/") ? [role.slice(5)] : []));

/** Returns the error of a failed operation, which must record whether the change was sent. */
async function failure(promise: Promise<unknown>): Promise<CloudManagerError> {
  const error = await promise.then(
    () => expect.fail("it did not fail"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CloudManagerError);
  return error as CloudManagerError;
}

describe("changes that arrive together", () => {
  test("travel together: one read, one write, one look", async () => {
    const world = await emulated();
    await Promise.all(["a", "b", "c"].map((who) => grant(world, who)));
    expect(groups(world)).toEqual(["a", "b", "c"]);
    expect([world.count("GET"), world.count("PUT")]).toEqual([2, 1]);
  });

  test("of a thousand, sixteen at a time, are 65 writes at most", async () => {
    const server = new SimulatedServer(exampleAutomationConfig);
    // Everybody who was waiting has asked for the next one by then.
    const client = clientOf(server, "ours", { turn: () => setImmediate() });
    const config = new AutomationConfig(client, PROJECT);
    const names = Array.from({ length: 1000 }, (_, index) => `corp/group-${index}`);
    const results = await inParallel(names, 16, (role) =>
      config.change({ list: "roles", name: `${role}@admin`, intent: "create", keys: { role, db: "admin" } }),
    );
    expect(results.filter(({ status }) => status === "rejected")).toEqual([]);
    expect(
      JSON.parse(server.text)
        .roles.slice(1)
        .map(({ role }: { role: string }) => role)
        .toSorted(),
    ).toEqual(names.toSorted());
    expect(client.writes).toBeLessThanOrEqual(65);
    expect(client.reads).toBeLessThanOrEqual(130);
  });

  test("and one of them is refused: the server does not say which, and all others are done", async () => {
    const world = await emulated();
    const who = Array.from({ length: 1000 }, (_, index) => `group-${index}`);
    const results = await inParallel(who, 16, (one) =>
      grant(world, one, one === "group-637" ? { authenticationRestrictions: [{ clientSource: ["10.0.0.0/99"] }] } : {}),
    );
    const failed = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    expect(failed).toHaveLength(1);
    expect(failed[0]).toMatchObject({ status: 400, errorCode: "INVALID_AUTOMATION_CONFIG", sent: "no" });
    expect(failed[0].message).toMatch(/^create role corp\/group-637@admin in project .*: HTTP 400 [\s\S]*sent alone/);
    expect(groups(world).toSorted()).toEqual(who.filter((one) => one !== "group-637").toSorted());
    // Sixteen are halved four times.
    expect(world.count("PUT")).toBeLessThanOrEqual(65 + 8);
  });

  test("wait for the ones before them where they are about the same entry", async () => {
    const world = await emulated();
    const roles = [{ role: "read", database: "app" }];
    const created = grant(world, "dba");
    const updated = world.plane.access.update(PROJECT, grantee("dba"), { roles });
    await Promise.all([created, updated]);
    expect((await world.plane.access.get(PROJECT, grantee("dba")))?.roles).toEqual(roles);
    expect(world.count("PUT")).toBe(2);
  });

  test("arrive in an order in which they can also be sent one by one", async () => {
    const server = new SimulatedServer(exampleAutomationConfig);
    const seen: string[] = [];
    const role = (name: string): Change => ({
      list: "roles",
      name: `${name}@admin`,
      intent: "create",
      keys: { role: name, db: "admin" },
    });
    const user: Change = {
      list: "usersWanted",
      name: "u@$external",
      intent: "create",
      keys: { user: "u", db: "$external" },
    };
    const drop: Change = { list: "roles", name: "report-reader@admin", intent: "delete" };
    const config = new AutomationConfig(
      clientOf(server, "ours", {
        // Takes one change at a time, so that all are halved down to one.
        accepts: (text) => {
          const added = (document: string) =>
            [
              /"role":"r"/.test(document) ? "role" : "",
              /"user":"u"/.test(document) ? "user" : "",
              /report-reader/.test(document) ? "" : "drop",
            ].filter((one) => one !== "");
          const news = added(text).filter((one) => !added(server.text).includes(one));
          if (news.length === 1) seen.push(news[0]!);
          return news.length === 1;
        },
      }),
      PROJECT,
    );
    await Promise.all([drop, user, role("r")].map((change) => config.change(change)));
    expect(seen).toEqual(["role", "user", "drop"]);
  });
});

describe("nothing is sent", () => {
  test("when everything is as it should be", async () => {
    const world = await emulated();
    await grant(world, "dba");
    const before = world.text();
    await world.plane.access.update(PROJECT, grantee("dba"), { roles: [], privileges: [] });
    await world.plane.access.delete(PROJECT, grantee("nobody"));
    expect([world.count("PUT"), world.text()]).toEqual([1, before]);
  });

  test("for what is refused beforehand", async () => {
    const world = await emulated();
    const { message, sent } = await failure(world.plane.access.update(PROJECT, grantee("nobody"), { roles: [] }));
    expect(message).toMatch(
      /^change role corp\/nobody@admin in project .*: role corp\/nobody@admin is not there any more\n {2}fix/,
    );
    expect([sent, world.count("PUT")]).toEqual(["no", 0]);
  });

  test("twice, when an entry was there already", async () => {
    const world = await emulated();
    await grant(world, "dba");
    const error = await failure(grant(world, "dba"));
    expect(error).toBeInstanceOf(ConflictError);
    expect(error.message).toMatch(/exists already\n {2}fix {2}Adopt it/);
    expect(world.count("PUT")).toBe(1);
  });
});

describe("somebody else writes", () => {
  const foreign = {
    edit: "put-automation-entry",
    projectId: PROJECT,
    list: "roles",
    entry: { role: "foreign", db: "admin", privileges: [] },
  } as const;
  const has = ({ document }: World, name: string) =>
    document().roles.some(({ role }: { role: string }) => role === name);

  test("before we read: their entry stays", async () => {
    const world = await emulated();
    await world.plane.access.list(PROJECT);
    world.emulator.edit(foreign);
    await grant(world, "dba");
    expect([has(world, "foreign"), groups(world)]).toEqual([true, ["dba"]]);
  });

  test("between our read and our write: it is lost, and the one failure says which version", async () => {
    const world = await emulated();
    world.fault("PUT", { kind: "edit", edit: foreign }, { nth: 1 });
    const results = await Promise.allSettled(["a", "b", "c"].map((who) => grant(world, who)));
    const failed = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    expect(failed).toHaveLength(1);
    expect(failed[0]).toBeInstanceOf(ConflictError);
    expect(failed[0].message).toMatch(
      /^create role corp\/a@admin .*: it is done, but .* ours took the place of version 42: what was changed there is lost\n {2}fix/,
    );
    expect(failed[0].sent).toBe("yes");
    expect([has(world, "foreign"), groups(world)]).toEqual([false, ["a", "b", "c"]]);
  });

  test("between our read and our write, and the server tells no version: it may be lost", async () => {
    const world = await emulated();
    world.fault("PUT", { kind: "edit", edit: foreign }, { nth: 1 });
    world.fault("PUT", { kind: "status", status: 200, body: {}, when: "after-commit" }, { nth: 1 });
    const { message } = await failure(grant(world, "dba"));
    expect(message).toMatch(/ours may have taken the place of version 42: what was changed there may be lost/);
  });

  test("right after us, from what they had read before: ours is merged anew", async () => {
    const world = await emulated();
    const before = world.text();
    const edit = { edit: "put-automation-config", projectId: PROJECT, document: before } as const;
    world.fault("PUT", { kind: "edit", edit, when: "after-commit" }, { nth: 1 });
    await grant(world, "dba");
    expect(groups(world)).toEqual(["dba"]);
    expect(world.count("PUT")).toBe(2);
    // One look is enough: at a later version than ours it shows what it will show.
    expect(world.count("GET")).toBe(4);
  });

  test("right after us, each time: a conflict that says what was lost", async () => {
    const world = await emulated();
    const edit = { edit: "put-automation-config", projectId: PROJECT, document: world.text() } as const;
    world.fault("PUT", { kind: "edit", edit, when: "after-commit" });
    const error = await failure(grant(world, "dba"));
    expect(error).toBeInstanceOf(ConflictError);
    expect(error.message).toMatch(/role corp\/dba@admin was lost 5 times\n {2}fix/);
    expect([error.sent, world.count("PUT")]).toEqual(["maybe", 5]);
  });

  test("over us, after we wrote over them, and then nothing more goes: that failure tells of both", async () => {
    const world = await emulated();
    const putBack = { edit: "put-automation-config", projectId: PROJECT, document: world.text() } as const;
    world.fault("PUT", { kind: "edit", edit: foreign }, { nth: 1 });
    world.fault("PUT", { kind: "edit", edit: putBack, when: "after-commit" }, { nth: 1 });
    world.fault("PUT", { kind: "status", status: 400 }, { nth: 2 });
    const { message } = await failure(grant(world, "dba"));
    expect(message).toMatch(
      /HTTP 400[\s\S]*note besides, .* ours took the place of version 42: what was changed there is lost/,
    );
  });

  test("after we have looked: the last look of the run tells", async () => {
    const world = await emulated();
    const before = world.text();
    await Promise.all([grant(world, "dba"), world.plane.identityProviders.create(PROJECT, staff)]);
    expect(await world.plane.overwritten()).toEqual([]);
    world.emulator.edit({ edit: "put-automation-config", projectId: PROJECT, document: before });
    expect((await world.plane.overwritten()).toSorted()).toEqual([
      `identity provider corp in project ${PROJECT}`,
      `role corp/dba@admin in project ${PROJECT}`,
    ]);
    const now = world.document();
    await world.plane.identityProviders.delete(PROJECT, "theirs");
    world.emulator.edit({ edit: "put-automation-config", projectId: PROJECT, document: now });
    expect(await world.plane.overwritten()).toContain(
      `identity provider theirs (deleted, and there again) in project ${PROJECT}`,
    );
  });
});

describe("an answer", () => {
  test.each(["before-commit", "after-commit", "mid-body"] as const)("is lost %s: it is done, once", async (when) => {
    const world = await emulated();
    world.fault("PUT", { kind: "drop", when }, { nth: 1 });
    await grant(world, "dba");
    expect(groups(world)).toEqual(["dba"]);
    expect(world.document().version).toBe(42);
  });

  test.each([
    [503, "before-commit"],
    [502, "after-commit"],
    [429, "before-commit"],
  ] as const)("is a %i %s: it is done, once", async (status, when) => {
    const world = await emulated();
    world.fault("PUT", { kind: "status", status, when }, { nth: 1 });
    await grant(world, "dba");
    expect(groups(world)).toEqual(["dba"]);
    expect(world.document().version).toBe(42);
  });

  test("is an error each time: the failure is the server's own, and says whether it may have been done", async () => {
    const world = await emulated();
    world.fault("PUT", { kind: "status", status: 503 });
    const { message, status, sent } = await failure(grant(world, "dba"));
    expect(message).toMatch(/^create role corp\/dba@admin .*HTTP 503 SERVICE_UNAVAILABLE/);
    expect([status, sent, world.count("PUT")]).toEqual([503, "maybe", 5]);
  });

  test("is a refusal of the credentials: the document is not read again", async () => {
    const world = await emulated();
    world.fault("PUT", { kind: "status", status: 403 });
    expect(await failure(grant(world, "dba"))).toMatchObject({ status: 403, sent: "no" });
    expect([world.count("PUT"), world.count("GET")]).toEqual([1, 1]);
  });

  test("is lost, and reads lag so long that it is merged anew: what is there by then is known for ours", async () => {
    const world = await emulated();
    world.fault("PUT", { kind: "drop", when: "after-commit" }, { nth: 1 });
    world.fault("GET", { kind: "stale" }, { nth: 2, times: 6 });
    await grant(world, "dba");
    expect([world.count("PUT"), groups(world)]).toEqual([1, ["dba"]]);
  });

  test("is lost, reads lag, and somebody else has written too: their version is named", async () => {
    const world = await emulated();
    const entry = { role: "foreign", db: "admin", privileges: [] };
    world.fault(
      "PUT",
      { kind: "edit", edit: { edit: "put-automation-entry", projectId: PROJECT, list: "roles", entry } },
      { nth: 1 },
    );
    world.fault("PUT", { kind: "drop", when: "after-commit" }, { nth: 1 });
    world.fault("GET", { kind: "stale", as: "at-injection" }, { nth: 2, times: 6 });
    expect((await failure(grant(world, "dba"))).message).toMatch(
      /it is done, but .*may have taken the place of version 42/,
    );
  });

  test("is lost, reads lag, and then fail: it may have been done", async () => {
    const world = await emulated();
    world.fault("PUT", { kind: "drop", when: "after-commit" }, { nth: 1 });
    world.fault("GET", { kind: "stale" }, { nth: 2, times: 6 });
    world.fault("GET", { kind: "status", status: 403 }, { nth: 8 });
    const { sent, status } = await failure(grant(world, "dba"));
    expect([sent, status]).toEqual(["maybe", 403]);
  });

  test("is lost, and what was done cannot be looked at: the failure says that too", async () => {
    const world = await emulated();
    world.fault("PUT", { kind: "drop", when: "after-commit" }, { nth: 1 });
    world.fault("GET", { kind: "status", status: 403 }, { nth: 2, times: 100 });
    const { message, sent } = await failure(grant(world, "dba"));
    expect(message).toMatch(/sent, but whether it took effect could not be verified/);
    expect(sent).toBe("maybe");
  });

  test("shows for a moment what was before: nothing is sent twice", async () => {
    const world = await emulated();
    world.fault("GET", { kind: "stale" }, { nth: 2, times: 3 });
    await grant(world, "dba");
    expect([world.count("PUT"), groups(world)]).toEqual([1, ["dba"]]);
  });

  test("is older than what we have saved before: it is not merged into", async () => {
    const world = await emulated();
    await grant(world, "first");
    world.fault("GET", { kind: "stale" }, { nth: 1, times: 2 });
    await grant(world, "second");
    expect(groups(world)).toEqual(["first", "second"]);
  });

  test("of a strange form is told without a value of it: the document holds passwords", async () => {
    const world = await emulated();
    const body = { version: "not-a-secret-1", auth: { deploymentAuthMechanisms: "not-a-secret-2" } };
    world.fault("GET", { kind: "status", status: 200, body });
    const { message } = await failure(grant(world, "dba"));
    expect(message).toMatch(/does not understand \(version: .*auth\.deploymentAuthMechanisms: /);
    expect(message).not.toContain("not-a-secret");
  });

  test("stays older: nothing is written", async () => {
    const world = await emulated();
    await grant(world, "first");
    world.fault("GET", { kind: "stale" });
    expect((await failure(grant(world, "second"))).message).toMatch(/older than what was saved before/);
    expect(world.count("PUT")).toBe(1);
  });

  test("to a read that had begun before our write does not hide what we wrote", async () => {
    const world = await emulated();
    world.fault("GET", { kind: "delay", ms: 300, when: "after-commit" }, { nth: 1 });
    const early = world.plane.access.get(PROJECT, grantee("dba"));
    await expect.poll(() => world.emulator.faults()[0]?.hit).toBe(1);
    await grant(world, "dba");
    expect(await world.plane.access.get(PROJECT, grantee("dba"))).toMatchObject({ who: "dba" });
    await early;
  });

  test("that lags behind our write never says that it is gone", async () => {
    const world = await emulated();
    await grant(world, "dba");
    world.fault("GET", { kind: "stale" }, { nth: 1, times: 2 });
    expect(await world.plane.access.get(PROJECT, grantee("dba"))).toMatchObject({ who: "dba" });
  });

  test("is a login page: nothing is taken for it", async () => {
    const world = await emulated();
    world.fault("GET", { kind: "login-page" });
    expect((await failure(grant(world, "dba"))).message).toMatch(/check the base URL/);
    await expect(world.plane.access.list(PROJECT)).rejects.toThrow(/check the base URL/);
    expect(world.count("PUT")).toBe(0);
  });
});

describe("access that is missing", () => {
  const keyed = (roleName: string) => ({
    organizations: [
      {
        name: "Platform",
        id: ORG,
        projects: [{ id: PROJECT, name: "orders", automationConfig: "example" as const }],
      },
    ],
    apiKeys: [{ publicKey: "ours", privateKey: "key-of-ours", roles: [{ groupId: PROJECT, roleName }] }],
  });

  test.each([
    [
      "a role too small",
      "GROUP_READ_ONLY",
      "ours",
      /FED412 .*HTTP 401 USER_UNAUTHORIZED[\s\S]*Project Automation Admin[\s\S]*from the test/,
    ],
    ["a key that is not known", "GROUP_OWNER", "strangers", /FED411 .*HTTP 401[\s\S]*from the test/],
  ])("%s is named, with the source of the credentials", async (_, roleName, key, message) => {
    const world = await emulated({ seed: keyed(roleName), key });
    expect((await failure(grant(world, "dba"))).message).toMatch(message);
    await expect(world.plane.access.list(PROJECT)).rejects.toThrow(message);
  });
});

describe("a run that is told to stop", () => {
  test("before anything is sent has done nothing", async () => {
    const stop = new AbortController();
    const world = await emulated({ signal: stop.signal });
    stop.abort();
    expect((await failure(grant(world, "dba"))).sent).toBe("no");
    expect(world.count("PUT")).toBe(0);
  });

  test("during a write looks once whether it was done", async () => {
    const stop = new AbortController();
    const world = await emulated({ signal: stop.signal });
    world.fault("PUT", { kind: "delay", ms: 200, when: "after-commit" });
    const granting = grant(world, "dba");
    await expect.poll(() => groups(world)).toEqual(["dba"]);
    stop.abort();
    expect(await granting).toMatchObject({ who: "dba" });
  });
});
