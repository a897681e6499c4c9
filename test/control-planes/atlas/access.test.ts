import { describe, expect, test } from "vitest";
import { ConflictError } from "../../../provider/control-planes/atlas/errors.ts";
import { atlasControlPlane } from "../../../provider/control-planes/atlas/plane.ts";
import { mayHaveHappened } from "../../../provider/control-planes/control-plane.ts";
import { clientOf, json, serve } from "../../http/harness.ts";
import { ABSENT, IDP, ORG, PROJECT } from "../../support/ids.ts";
import { atlas } from "./harness.ts";
import { group, person, project, projectSeed, settings, user, users, usersOf } from "./project.ts";

const seed = projectSeed();
const inADay = () => new Date(Date.now() + 86_400_000).toISOString();
const creates = (requests: string[]) => requests.filter((request) => request.startsWith("POST"));

describe("create", () => {
  test.each([
    ["a group stands on admin", group(), { databaseName: "admin", oidcAuthType: "IDP_GROUP", username: `${IDP}/dba` }],
    ["a user stands on $external", user(), { databaseName: "$external", oidcAuthType: "USER", username: `${IDP}/ada` }],
  ])("%s, and reads back as it was asked for", async (_, grantee, stored) => {
    const world = await atlas({ seed });
    const made = await world.plane.access.create(PROJECT, grantee, settings);
    expect(made).toEqual({ projectId: PROJECT, ...grantee, ...settings });
    expect(world.requests()).toEqual([`GET ${users}`, `POST ${users}`]);
    expect(usersOf(world)).toEqual([expect.objectContaining(stored)]);
    expect(await world.plane.access.list(PROJECT)).toEqual([made]);
    expect(await world.newPlane().access.get(PROJECT, grantee)).toEqual(made);
  });

  test.each(["team/eu/dba", "ada lovelace@example.com", "100%", "größe ✓", 'say "hi"', "$external", "a?b#c&d=e;f"])(
    "any name is one segment of the path: %s",
    async (who) => {
      const world = await atlas({ seed });
      const made = await world.plane.access.create(PROJECT, group(who), settings);
      expect(usersOf(world)[0]?.username).toBe(`${IDP}/${who}`);
      expect(await world.plane.access.get(PROJECT, group(who))).toEqual(made);
      expect((await world.plane.access.update(PROJECT, group(who), { description: "changed" })).description).toBe(
        "changed",
      );
      await world.plane.access.delete(PROJECT, group(who));
      expect(usersOf(world)).toEqual([]);
    },
  );

  test("a group and a person of one name are two", async () => {
    const world = await atlas({ seed });
    await world.plane.access.create(PROJECT, group("x"), settings);
    await world.plane.access.create(PROJECT, user("x"), settings);
    await world.plane.access.delete(PROJECT, group("x"));
    expect(await world.plane.access.list(PROJECT)).toEqual([expect.objectContaining(user("x"))]);
  });

  test("says nothing of what there is none of, and keeps the moment of an expiry", async () => {
    const world = await atlas({ seed });
    const deleteAfterDate = inADay();
    await world.plane.access.create(PROJECT, group(), { ...settings, description: undefined });
    const made = await world.plane.access.create(PROJECT, user(), { ...settings, deleteAfterDate });
    expect(Object.keys(usersOf(world)[0] ?? {})).not.toContain("description");
    expect(Object.keys(usersOf(world)[0] ?? {})).not.toContain("deleteAfterDate");
    expect(made.deleteAfterDate).toBe(`${deleteAfterDate.slice(0, 19)}Z`);
  });

  test.each([
    ["before the server did it", "before-commit", 2],
    ["after the server did it", "after-commit", 1],
    ["in the middle of the answer", "mid-body", 1],
  ] as const)("makes exactly one when the connection breaks %s", async (_, when, posts) => {
    const world = await atlas({ seed });
    world.fault("POST", users, { kind: "drop", when }, { nth: 1 });
    const deleteAfterDate = inADay();
    expect(await world.plane.access.create(PROJECT, group(), { ...settings, deleteAfterDate })).toMatchObject(group());
    expect(usersOf(world)).toHaveLength(1);
    expect(creates(world.requests())).toHaveLength(posts);
  });

  test.each([500, 502, 503, 504])("makes exactly one when the answer is %i, though it was done", async (status) => {
    const world = await atlas({ seed });
    world.fault("POST", users, { kind: "status", status, when: "after-commit" }, { nth: 1 });
    expect(await world.plane.access.create(PROJECT, group(), settings)).toMatchObject(settings);
    expect(usersOf(world)).toHaveLength(1);
  });

  test("takes a conflict with its own lost attempt, which only shows later, for done", async () => {
    const world = await atlas({ seed });
    world.fault("POST", users, { kind: "drop", when: "after-commit" }, { nth: 1 });
    // The reads lag behind until the second attempt was refused.
    world.fault("GET", `${users}/`, { kind: "stale", as: "at-injection" }, { nth: 1, times: 6 });
    expect(await world.plane.access.create(PROJECT, group(), settings)).toMatchObject(settings);
    expect(creates(world.requests())).toHaveLength(2);
    expect(usersOf(world)).toHaveLength(1);
  });

  test("finds what it made even if the reads lag behind", async () => {
    const world = await atlas({ seed });
    world.fault("POST", users, { kind: "drop", when: "after-commit" }, { nth: 1 });
    world.fault("GET", `${users}/`, { kind: "stale" }, { nth: 2, times: 2 });
    expect(await world.plane.access.create(PROJECT, group(), settings)).toMatchObject(settings);
    expect(creates(world.requests())).toHaveLength(1);
  });

  test("one that is there already is a conflict, and nothing is sent", async () => {
    const world = await atlas({ seed: projectSeed({ databaseUsers: [person("ada")] }) });
    const error = await world.plane.access.create(PROJECT, user(), settings).catch((error: Error) => error);
    expect(error).toBeInstanceOf(ConflictError);
    expect(String(error)).toMatch(/create the access of user "ada".*the object exists already[\s\S]*fix {2}Adopt it/);
    expect(mayHaveHappened(error)).toBe(false);
    expect(creates(world.requests())).toEqual([]);
    expect(usersOf(world)).toEqual([expect.objectContaining(person("ada"))]);
  });

  test("one that somebody else makes between our look and our write is a conflict too", async () => {
    const world = await atlas({ seed });
    world.fault("POST", users, { kind: "delay", ms: 400, when: "before-commit" }, { nth: 1 });
    const creating = world.plane.access.create(PROJECT, user(), settings).catch((error: Error) => error);
    await expect.poll(() => world.emulator.faults()[0]?.hit).toBe(1);
    world.emulator.edit({ edit: "add-database-user", projectId: PROJECT, user: person("ada") });
    expect(await creating).toBeInstanceOf(ConflictError);
    expect(usersOf(world)).toEqual([expect.objectContaining(person("ada"))]);
  });

  test("does not take for its own what is there after a lost answer but is not what was asked for", async () => {
    const world = await atlas({ seed });
    world.fault("POST", users, { kind: "delay", ms: 400, when: "before-commit" }, { nth: 1 });
    world.fault("POST", users, { kind: "drop", when: "before-commit" }, { nth: 1 });
    const creating = world.plane.access.create(PROJECT, user(), settings).catch((error: Error) => error);
    await expect.poll(() => world.emulator.faults()[0]?.hit).toBe(1);
    world.emulator.edit({ edit: "add-database-user", projectId: PROJECT, user: person("ada") });
    const error = await creating;
    expect(error).toBeInstanceOf(ConflictError);
    expect(String(error)).toMatch(/response was lost, and the live object differs from the request/);
    expect(mayHaveHappened(error)).toBe(true);
  });

  test("says that nothing is known when looking fails too", async () => {
    const world = await atlas({ seed });
    world.fault("POST", users, { kind: "drop", when: "after-commit" }, { nth: 1 });
    world.fault("GET", `${users}/`, { kind: "status", status: 503 }, { nth: 1, times: 1000 });
    const error = await world.plane.access.create(PROJECT, group(), settings).catch((error: Error) => error);
    expect(String(error)).toMatch(/looking failed too/);
    expect(mayHaveHappened(error)).toBe(true);
  });

  test("says that it was not made when every attempt was lost before it was done", async () => {
    const world = await atlas({ seed });
    world.fault("POST", users, { kind: "drop", when: "before-commit" });
    const error = await world.plane.access.create(PROJECT, group(), settings).catch((error: Error) => error);
    expect(String(error)).toMatch(/did not create it[\s\S]*safe to run again/);
    expect(creates(world.requests())).toHaveLength(3);
  });

  test("does not deny a possible write when the retry is refused", async () => {
    const world = await atlas({ seed });
    world.fault("POST", users, { kind: "drop", when: "before-commit" }, { nth: 1 });
    world.fault("POST", users, { kind: "status", status: 400 }, { nth: 2 });
    const error = await world.plane.access.create(PROJECT, group(), settings).catch((error: Error) => error);
    expect(String(error)).toMatch(/HTTP 400/);
    expect(mayHaveHappened(error)).toBe(true);
  });

  test("a refusal is an error with status, Atlas's code and detail, and is not looked into", async () => {
    const world = await atlas({ seed });
    const roles = [{ role: "clusterMonitor", database: "app" }];
    await expect(world.plane.access.create(PROJECT, group(), { ...settings, roles })).rejects.toThrow(
      /create the access of group "dba" through identity provider 5f1e.* in project 5f1e.*: HTTP 400 ATLAS_INVALID_ROLE_DATABASE: [\s\S]*fix/,
    );
    expect(world.requests()).toHaveLength(2);
  });

  test("a full project is told apart from missing access", async () => {
    const world = await atlas({ seed: projectSeed({}, { maxDatabaseUsers: 0 }) });
    const error = await world.plane.access.create(PROJECT, group(), settings).catch((error: Error) => error);
    expect(String(error)).toMatch(/HTTP 403 GROUP_USERS_LIMIT_EXCEEDED[\s\S]*fix {2}.*support raise the limit/);
    expect(String(error)).not.toMatch(/FED412/);
  });

  test("a run that is told to stop looks once more at what it made", async () => {
    const stop = new AbortController();
    const world = await atlas({ seed, signal: stop.signal });
    world.fault("POST", users, { kind: "delay", ms: 10_000, when: "after-commit" }, { nth: 1 });
    const creating = world.plane.access.create(PROJECT, group(), settings);
    await expect.poll(() => usersOf(world).length).toBe(1);
    stop.abort();
    expect(await creating).toMatchObject(group());
  });
});

describe("a role that was created a moment ago", () => {
  const unknown = { error: 404, errorCode: "ATLAS_CUSTOM_ROLE_NOT_FOUND", detail: "does not exist" };
  const custom = { ...settings, roles: [{ role: "reader", database: "admin" }] };
  const reader = { privileges: [{ resource: { database: "app", collection: "" }, actions: ["find"] }], roles: [] };

  test("is waited for, in a create and in an update", async () => {
    const world = await atlas({ seed });
    await world.plane.databaseRoles.create(PROJECT, { roleName: "reader", database: "admin" }, reader);
    world.fault("POST", users, { kind: "status", status: 404, body: unknown }, { nth: 1, times: 3 });
    expect(await world.plane.access.create(PROJECT, group(), custom)).toMatchObject(custom);
    await world.plane.access.create(PROJECT, user(), settings);
    world.fault("PATCH", users, { kind: "status", status: 404, body: unknown }, { nth: 1, times: 3 });
    // Credentials that did not create it can update it too.
    expect(await world.newPlane().access.update(PROJECT, user(), { roles: custom.roles })).toMatchObject(custom);
  });

  test("is not waited for ever", async () => {
    const world = await atlas({ seed });
    await world.plane.databaseRoles.create(PROJECT, { roleName: "reader", database: "admin" }, reader);
    world.fault("POST", users, { kind: "status", status: 404, body: unknown });
    await expect(world.plane.access.create(PROJECT, group(), custom)).rejects.toThrow(/ATLAS_CUSTOM_ROLE_NOT_FOUND/);
    expect(creates(world.requests()).filter((request) => request.includes("databaseUsers"))).toHaveLength(6);
  });

  test("is not waited for if nobody created it, or it was deleted again", async () => {
    const world = await atlas({ seed });
    await expect(world.plane.access.create(PROJECT, group(), custom)).rejects.toThrow(/ATLAS_CUSTOM_ROLE_NOT_FOUND/);
    await world.plane.databaseRoles.create(PROJECT, { roleName: "reader", database: "admin" }, reader);
    await world.plane.databaseRoles.delete(PROJECT, { roleName: "reader", database: "admin" });
    world.requests();
    await expect(world.plane.access.create(PROJECT, group(), custom)).rejects.toThrow(/ATLAS_CUSTOM_ROLE_NOT_FOUND/);
    expect(creates(world.requests())).toHaveLength(1);
  });
});

describe("get", () => {
  test("answers undefined for one that is not there, once its project was read", async () => {
    const world = await atlas({ seed });
    expect(await world.plane.access.get(PROJECT, group())).toBeUndefined();
    expect(world.requests()).toEqual([expect.stringContaining(`GET ${users}/admin/`), `GET ${project}`]);
  });

  test("throws on a 404 when the project cannot be read either", async () => {
    const world = await atlas({ seed });
    await expect(world.plane.access.get(ABSENT, group())).rejects.toThrow(/read project .*HTTP 404 GROUP_NOT_FOUND/);
    world.fault("GET", `${project}$`, { kind: "status", status: 503 });
    await expect(world.plane.access.get(PROJECT, group())).rejects.toThrow(/HTTP 503/);
  });

  test.each([401, 403, 429, 500, 503])("throws on %i, which says nothing of the object", async (status) => {
    const world = await atlas({ seed });
    await world.plane.access.create(PROJECT, group(), settings);
    const headers = status === 429 ? { "retry-after": "100000" } : {};
    world.fault("GET", `${users}/`, { kind: "status", status, headers });
    await expect(world.plane.access.get(PROJECT, group())).rejects.toThrow(String(status));
  });

  test("throws on a login page, and on a 404 that is a proxy's", async () => {
    const world = await atlas({ seed });
    world.fault("GET", `${users}/`, { kind: "login-page" }, { nth: 1 });
    await expect(world.plane.access.get(PROJECT, group())).rejects.toThrow(/login page|proxy/);
    world.fault("GET", `${users}/`, { kind: "status", status: 404, body: { message: "no such host" } });
    await expect(world.plane.access.get(PROJECT, group())).rejects.toThrow(/404/);
  });

  test("waits for one that this process has just made", async () => {
    const world = await atlas({ seed });
    await world.plane.access.create(PROJECT, group(), settings);
    world.fault("GET", `${users}/`, { kind: "stale" }, { nth: 1, times: 3 });
    expect(await world.plane.access.get(PROJECT, group())).toMatchObject(settings);
  });

  test("does not take for a grant a user of that name who has a password", async () => {
    const databaseUsers = [{ username: `${IDP}/dba`, roles: [{ roleName: "read", databaseName: "app" }] }];
    const world = await atlas({ seed: projectSeed({ databaseUsers }) });
    await expect(world.plane.access.get(PROJECT, group())).rejects.toThrow(
      /authenticates otherwise \(oidcAuthType NONE\)/,
    );
    expect(await world.plane.access.list(PROJECT)).toEqual([]);
  });
});

describe("list", () => {
  test("leaves out users for whom no identity provider vouches, and of kinds that nobody knows yet", async () => {
    const roles = [{ roleName: "read", databaseName: "app" }];
    const databaseUsers = [
      { username: "app", roles },
      { username: "someone", oidcAuthType: "USER" as const, roles },
      { username: `${IDP}/`, oidcAuthType: "USER" as const, roles },
      { username: `${IDP}/ops`, oidcAuthType: "IDP_GROUP" as const, databaseName: "$external" as const, roles },
      person("ada"),
    ];
    const world = await atlas({ seed: projectSeed({ databaseUsers }) });
    world.emulator.edit({
      edit: "update-database-user",
      projectId: PROJECT,
      username: "app",
      fields: { username: `${IDP}/new`, oidcAuthType: "IDP_ROLE" },
    });
    expect(await world.plane.access.list(PROJECT)).toEqual([expect.objectContaining(user("ada"))]);
  });

  test("a thousand users that a thousand ask for cost their pages, and reading a project once", async () => {
    const databaseUsers = Array.from({ length: 1_000 }, (_, n) => person(`u-${n}`));
    const world = await atlas({ seed: projectSeed({ databaseUsers }) });
    const { access, principals, projects } = world.plane;
    await Promise.all(
      databaseUsers.map(async (_, n) => {
        const grants = await access.list(PROJECT);
        expect(grants.find(({ who }) => who === `u-${n}`)).toMatchObject({ by: "USER", projectId: PROJECT });
        await projects.get(PROJECT);
      }),
    );
    // The same listing, for whoever asks what a lockout would hit.
    expect((await principals.list(ORG)).principals).toHaveLength(1_000);
    const asked = world.requests();
    const pages = asked.filter((request) => request === `GET ${users}`);
    // Two pages of 500, and one that is empty: a full page may have a successor.
    expect(pages).toHaveLength(3);
    expect(asked.filter((request) => request !== `GET ${users}`)).toEqual([
      `GET ${project}`,
      `GET /orgs/${ORG}/groups`,
    ]);
  });

  test("holds what this run has written, and is not asked for anew", async () => {
    const world = await atlas({ seed: projectSeed({ databaseUsers: [person("ada")] }) });
    const { access, principals } = world.plane;
    const names = async () => (await access.list(PROJECT)).map(({ who, description }) => `${who} ${description}`);
    const carried = async () => (await principals.list(ORG)).principals.map(({ prefix, who }) => `${prefix}/${who}`);
    expect(await names()).toEqual(["ada undefined"]);
    expect(await carried()).toEqual([`${IDP}/ada`]);
    await access.create(PROJECT, group(), settings);
    await access.update(PROJECT, user(), { description: "changed" });
    expect((await names()).sort()).toEqual(["ada changed", `dba ${settings.description}`]);
    await access.delete(PROJECT, user());
    expect(await names()).toEqual([`dba ${settings.description}`]);
    expect(await carried()).toEqual([`${IDP}/dba`]);
    expect(world.requests().filter((request) => request === `GET ${users}`)).toHaveLength(1);
  });

  test("is right too when it was under way during the write", async () => {
    const world = await atlas({ seed: projectSeed({ databaseUsers: [person("ada")] }) });
    world.fault("GET", `${users}\\?`, { kind: "delay", ms: 150, when: "after-commit" }, { nth: 1 });
    const listing = world.plane.access.list(PROJECT);
    await expect.poll(() => world.emulator.faults()[0]?.hit).toBe(1);
    await world.plane.access.create(PROJECT, group(), settings);
    await world.plane.access.delete(PROJECT, user());
    await listing;
    expect(await world.plane.access.list(PROJECT)).toEqual([expect.objectContaining(group())]);
  });

  test("one that lags behind shows neither whom this run has removed nor hides whom it has made", async () => {
    const world = await atlas({ seed: projectSeed({ databaseUsers: [person("ada")] }) });
    world.fault("GET", `${users}\\?`, { kind: "stale", as: "at-injection" });
    await world.plane.access.create(PROJECT, group(), settings);
    await world.plane.access.delete(PROJECT, user());
    expect(await world.plane.access.list(PROJECT)).toEqual([expect.objectContaining(group())]);
    expect(await world.plane.access.list(PROJECT, { fresh: true })).toEqual([expect.objectContaining(group())]);
    expect((await world.plane.principals.list(ORG)).principals).toEqual([
      expect.objectContaining({ prefix: IDP, who: "dba" }),
    ]);
  });

  test("sees foreign changes in a fresh listing and after a failed write", async () => {
    const world = await atlas({ seed });
    expect(await world.plane.access.list(PROJECT)).toEqual([]);
    world.emulator.edit({ edit: "add-database-user", projectId: PROJECT, user: person("ada") });
    expect(await world.plane.access.list(PROJECT)).toEqual([]);
    expect(await world.plane.access.list(PROJECT, { fresh: true })).toHaveLength(1);
    world.fault("POST", users, { kind: "status", status: 400 }, { nth: 1 });
    await expect(world.plane.access.create(PROJECT, group(), settings)).rejects.toThrow();
    expect(await world.plane.access.list(PROJECT)).toHaveLength(1);
  });

  test("is not remembered when it failed", async () => {
    const world = await atlas({ seed });
    world.fault("GET", users, { kind: "login-page" }, { nth: 1 });
    await expect(world.plane.access.list(PROJECT)).rejects.toThrow();
    expect(await world.plane.access.list(PROJECT)).toEqual([]);
  });
});

describe("update", () => {
  test("sends the changes and how the user authenticates, and leaves the rest", async () => {
    const world = await atlas({ seed });
    const made = await world.plane.access.create(PROJECT, user(), settings);
    world.requests();
    const roles = [{ role: "read", database: "app" }];
    expect(await world.plane.access.update(PROJECT, user(), { roles })).toEqual({ ...made, roles });
    expect(world.requests()).toEqual([expect.stringMatching(/^PATCH .*%24external/)]);
    expect(await world.plane.access.get(PROJECT, user())).toEqual({ ...made, roles });
  });

  test("takes off scopes, labels, description and expiry", async () => {
    const world = await atlas({ seed });
    await world.plane.access.create(PROJECT, group(), { ...settings, deleteAfterDate: inADay() });
    const bare = {
      privileges: [],
      authenticationRestrictions: [],
      scopes: [],
      labels: [],
      description: undefined,
      deleteAfterDate: undefined,
    };
    expect(await world.plane.access.update(PROJECT, group(), bare)).toEqual({
      ...group(),
      projectId: PROJECT,
      roles: settings.roles,
      ...bare,
    });
    expect(await world.newPlane().access.get(PROJECT, group())).toMatchObject(bare);
  });

  test("an expiry that stays although it was to be taken off is an error", async () => {
    const world = await atlas({ seed });
    await world.plane.access.create(PROJECT, user(), { ...settings, deleteAfterDate: inADay() });
    const kept = { ...usersOf(world)[0], groupId: PROJECT };
    world.fault("PATCH", users, { kind: "status", status: 200, body: kept }, { nth: 1 });
    await expect(world.plane.access.update(PROJECT, user(), { deleteAfterDate: undefined })).rejects.toThrow(
      /keeps deleteAfterDate\n {2}fix {2}.*console/,
    );
  });

  test.each(["before-commit", "after-commit", "mid-body"] as const)("survives an answer lost %s", async (when) => {
    const world = await atlas({ seed });
    await world.plane.access.create(PROJECT, user(), settings);
    world.requests();
    world.fault("PATCH", users, { kind: "drop", when }, { nth: 1 });
    const deleteAfterDate = undefined;
    const changes = { roles: [{ role: "read", database: "app" }], labels: [], deleteAfterDate };
    expect(await world.plane.access.update(PROJECT, user(), changes)).toMatchObject(changes);
    expect(await world.plane.access.list(PROJECT)).toEqual([expect.objectContaining(changes)]);
    const patches = world.requests().filter((request) => request.startsWith("PATCH"));
    expect(patches).toHaveLength(when === "before-commit" ? 2 : 1);
  });

  test("recognizes its own lost change in another order and spelling", async () => {
    const world = await atlas({ seed });
    const temporary = { ...settings, deleteAfterDate: inADay() };
    await world.plane.access.create(PROJECT, user(), temporary);
    world.requests();
    const deleteAfterDate = new Date(Date.now() + 3_600_000).toISOString().replace("Z", "+00:00");
    const roles = [...settings.roles].reverse();
    world.fault("PATCH", users, { kind: "drop", when: "after-commit" }, { nth: 1 });
    world.emulator.edit({
      edit: "update-database-user",
      projectId: PROJECT,
      username: `${IDP}/ada`,
      fields: { roles: [{ roleName: "read", databaseName: "x" }] },
    });
    const changing = world.plane.access.update(PROJECT, user(), { roles, deleteAfterDate });
    expect(await changing).toMatchObject({ roles });
    expect(world.requests().filter((request) => request.startsWith("PATCH"))).toHaveLength(1);
  });

  test("sends a change again whose answer is lost, although the user cannot be read", async () => {
    const world = await atlas({ seed });
    await world.plane.access.create(PROJECT, user(), settings);
    world.fault("PATCH", users, { kind: "drop", when: "before-commit" }, { nth: 1 });
    world.fault("GET", users, { kind: "status", status: 403 });
    expect(await world.plane.access.update(PROJECT, user(), { labels: [] })).toMatchObject({ labels: [] });
  });

  test("fails once every attempt is lost", async () => {
    const world = await atlas({ seed });
    await world.plane.access.create(PROJECT, user(), settings);
    world.requests();
    world.fault("PATCH", users, { kind: "drop", when: "before-commit" });
    await expect(world.plane.access.update(PROJECT, user(), { labels: [] })).rejects.toThrow(/change the access of/);
    expect(world.requests().filter((request) => request.startsWith("PATCH"))).toHaveLength(3);
  });

  test("one that is gone is an error", async () => {
    const world = await atlas({ seed });
    await expect(world.plane.access.update(PROJECT, user(), { labels: [] })).rejects.toThrow(
      /change the access of user "ada".*HTTP 404 USERNAME_NOT_FOUND/,
    );
  });
});

describe("delete", () => {
  test("counts one that is gone as deleted", async () => {
    const world = await atlas({ seed });
    await world.plane.access.create(PROJECT, group(), settings);
    await world.plane.access.delete(PROJECT, group());
    expect(usersOf(world)).toEqual([]);
    await world.plane.access.delete(PROJECT, group());
  });

  test.each(["before-commit", "after-commit"] as const)("survives an answer lost %s", async (when) => {
    const world = await atlas({ seed });
    await world.plane.access.create(PROJECT, group(), settings);
    world.fault("DELETE", users, { kind: "drop", when }, { times: when === "after-commit" ? 10 : 1 });
    await world.plane.access.delete(PROJECT, group());
    expect(usersOf(world)).toEqual([]);
  });

  test("does not take a project out of reach for a deletion", async () => {
    const world = await atlas({ seed });
    await expect(world.plane.access.delete(ABSENT, group())).rejects.toThrow(/HTTP 404 GROUP_NOT_FOUND/);
  });

  test("a refusal leaves it there", async () => {
    const world = await atlas({ seed });
    await world.plane.access.create(PROJECT, group(), settings);
    world.fault("DELETE", users, { kind: "status", status: 403 });
    await expect(world.plane.access.delete(PROJECT, group())).rejects.toThrow(/HTTP 403/);
    expect(await world.plane.access.list(PROJECT)).toHaveLength(1);
  });
});

test("missing access is named with the role, the project and the source of the credentials, never the secret", async () => {
  const roles = [{ groupId: PROJECT, roleName: "GROUP_READ_ONLY" }];
  const apiKeys = [{ publicKey: "reader", privateKey: "the-secret-of-the-reader", roles }];
  const world = await atlas({ seed: { ...seed, apiKeys } });
  expect(await world.plane.access.list(PROJECT)).toEqual([]);
  const error = await world.plane.access.create(PROJECT, group(), settings).catch((error: Error) => error);
  expect(String(error)).toMatch(
    /FED412[\s\S]*create the access of group "dba".* in project 5f1e.*: HTTP 401 USER_UNAUTHORIZED[\s\S]*fix {2}.*from the test.*Project Owner \(or Project Database Access Admin\) in the project.*IP access list/,
  );
  expect(String(error)).not.toContain("the-secret");
  world.fault("GET", users, { kind: "status", status: 403 }, { nth: 1 });
  await expect(world.plane.access.get(PROJECT, group())).rejects.toThrow(
    /FED412[\s\S]*fix {2}.*Project Read Only in the project/,
  );
  world.fault("GET", users, { kind: "status", status: 401 });
  await expect(world.plane.access.get(PROJECT, group())).rejects.toThrow(
    /FED411[\s\S]*fix {2}.*the test.*Project Read Only/,
  );
});

test("names stand in errors, whatever they hold, and never in the user agent", async () => {
  const refusal = { error: 400, errorCode: "INVALID_ATTRIBUTE", detail: "no" };
  const served = await serve((_, response, count) => json(response, 400, count === 1 ? refusal : {}));
  const plane = atlasControlPlane({ http: clientOf(served.url), credentialsSource: "the test" });
  const who = 'ada "$&" lovelace\\';
  const operation = `read the access of user ${JSON.stringify(who)} through identity provider ${IDP} in project ${PROJECT}`;
  // Atlas's refusal, and one of somebody else who answers in its place.
  for (const text of ["HTTP 400 INVALID_ATTRIBUTE", "GET /api/atlas/v2"]) {
    const error = await plane.access.get(PROJECT, user(who)).catch((error: Error) => error);
    expect(String(error)).toContain(`${operation}: ${text}`);
  }
  const agent = "; read the access of user through identity provider in project;";
  expect(served.seen.map(({ headers }) => headers["user-agent"])).toEqual(
    [1, 2].map(() => expect.stringContaining(agent)),
  );
});
