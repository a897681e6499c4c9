import { describe, expect, test, vi } from "vitest";
import { ConflictError } from "../../../provider/control-planes/atlas/errors.ts";
import { type DatabaseRoleSettings, mayHaveHappened } from "../../../provider/control-planes/control-plane.ts";
import { ABSENT, IDP, PROJECT } from "../../support/ids.ts";
import { atlas } from "./harness.ts";
import { group, project, projectSeed, roles, rolesOf, settings, user, users, usersOf } from "./project.ts";

const seed = projectSeed();
const orders = { database: "app", collection: "orders" };
const reader: DatabaseRoleSettings = {
  privileges: [{ resource: orders, actions: ["find"] }],
  roles: [{ role: "read", database: "billing" }],
};
const methods = (requests: string[]) => requests.map((request) => request.split(" ")[0]).join();

describe("create", () => {
  test("groups privileges by action for Atlas, and by resource for us, in one order", async () => {
    const world = await atlas({ seed });
    const made = await world.plane.databaseRoles.create(
      PROJECT,
      { roleName: "ops", database: "admin" },
      {
        privileges: [
          { resource: orders, actions: ["insert", "find"] },
          { resource: { cluster: true }, actions: ["useUUID", "serverStatus"] },
          { resource: { database: "app", collection: "" }, actions: ["find"] },
          { resource: orders, actions: ["find", "collMod"] },
        ],
        roles: [],
      },
    );
    expect(rolesOf(world)[0]?.actions).toEqual([
      { action: "SERVER_STATUS", resources: [{ cluster: true }] },
      { action: "USE_UUID", resources: [{ cluster: true }] },
      {
        action: "FIND",
        resources: [
          { db: "app", collection: "" },
          { db: "app", collection: "orders" },
        ],
      },
      { action: "COLL_MOD", resources: [{ db: "app", collection: "orders" }] },
      { action: "INSERT", resources: [{ db: "app", collection: "orders" }] },
    ]);
    const privileges = [
      { resource: { cluster: true }, actions: ["serverStatus", "useUUID"] },
      { resource: { database: "app", collection: "" }, actions: ["find"] },
      { resource: orders, actions: ["collMod", "find", "insert"] },
    ];
    expect(made).toEqual({ projectId: PROJECT, roleName: "ops", database: "admin", privileges, roles: [] });
    expect(methods(world.requests())).toBe("GET,POST,GET");
    expect(await world.plane.databaseRoles.list(PROJECT)).toEqual([made]);
    expect(await world.newPlane().databaseRoles.get(PROJECT, { roleName: "ops", database: "admin" })).toEqual(made);
  });

  test("keeps what it inherits, and refuses to inherit a role on one collection, which would be one on all", async () => {
    const world = await atlas({ seed });
    expect(await world.plane.databaseRoles.create(PROJECT, { roleName: "a", database: "admin" }, reader)).toMatchObject(
      reader,
    );
    const wide = { privileges: [], roles: [{ role: "read", database: "app", collection: "orders" }] };
    await expect(world.plane.databaseRoles.create(PROJECT, { roleName: "b", database: "admin" }, wide)).rejects.toThrow(
      /read@app\.orders cannot be inherited/,
    );
    expect(rolesOf(world)).toHaveLength(1);
  });

  test.each(["before-commit", "after-commit", "mid-body"] as const)(
    "makes exactly one when the answer is lost %s",
    async (when) => {
      const world = await atlas({ seed });
      world.fault("POST", roles, { kind: "drop", when }, { nth: 1 });
      expect(
        await world.plane.databaseRoles.create(PROJECT, { roleName: "a", database: "admin" }, reader),
      ).toMatchObject(reader);
      expect(rolesOf(world)).toHaveLength(1);
      const posts = world.requests().filter((request) => request.startsWith("POST"));
      expect(posts).toHaveLength(when === "before-commit" ? 2 : 1);
    },
  );

  test("takes a conflict with its own lost attempt, which only shows later, for done", async () => {
    const world = await atlas({ seed });
    world.fault("POST", roles, { kind: "drop", when: "after-commit" }, { nth: 1 });
    world.fault("GET", `${roles}/`, { kind: "stale", as: "at-injection" }, { nth: 1, times: 6 });
    expect(await world.plane.databaseRoles.create(PROJECT, { roleName: "a", database: "admin" }, reader)).toMatchObject(
      reader,
    );
    expect(world.requests().filter((request) => request.startsWith("POST"))).toHaveLength(2);
  });

  test("sends again what Atlas took and did not keep", async () => {
    const world = await atlas({ seed });
    const body = { roleName: "a", actions: [], inheritedRoles: [] };
    world.fault("POST", roles, { kind: "status", status: 202, body }, { nth: 1 });
    expect(await world.plane.databaseRoles.create(PROJECT, { roleName: "a", database: "admin" }, reader)).toMatchObject(
      reader,
    );
    expect(rolesOf(world)).toHaveLength(1);
  });

  test("gives up with a conflict when Atlas never keeps it", async () => {
    const world = await atlas({ seed });
    const body = { roleName: "a", actions: [], inheritedRoles: [] };
    world.fault("POST", roles, { kind: "status", status: 202, body });
    const error = await world.plane.databaseRoles
      .create(PROJECT, { roleName: "a", database: "admin" }, reader)
      .catch((error: Error) => error);
    expect(error).toBeInstanceOf(ConflictError);
    expect(String(error)).toMatch(/still shows something else/);
    expect(mayHaveHappened(error)).toBe(true);
    expect(world.requests().filter((request) => request.startsWith("POST"))).toHaveLength(3);
  });

  test("one that is there already is a conflict, and nothing is sent", async () => {
    const customDbRoles = [{ roleName: "a", inheritedRoles: [{ role: "read", db: "app" }] }];
    const world = await atlas({ seed: projectSeed({ customDbRoles }) });
    const error = await world.plane.databaseRoles
      .create(PROJECT, { roleName: "a", database: "admin" }, reader)
      .catch((error: Error) => error);
    expect(error).toBeInstanceOf(ConflictError);
    expect(String(error)).toMatch(/create database role "a".*the object exists already[\s\S]*Adopt it/);
    expect(methods(world.requests())).toBe("GET");
  });

  test("one that somebody else makes between our look and our write is a conflict too", async () => {
    const world = await atlas({ seed });
    world.fault("POST", roles, { kind: "delay", ms: 400, when: "before-commit" }, { nth: 1 });
    const creating = world.plane.databaseRoles
      .create(PROJECT, { roleName: "a", database: "admin" }, reader)
      .catch((error: Error) => error);
    await expect.poll(() => world.emulator.faults()[0]?.hit).toBe(1);
    const role = { roleName: "a", inheritedRoles: [{ role: "read", db: "app" }] };
    world.emulator.edit({ edit: "add-custom-role", projectId: PROJECT, role });
    expect(await creating).toBeInstanceOf(ConflictError);
    expect(mayHaveHappened(await creating)).toBe(false);
    expect(rolesOf(world)[0]).toMatchObject(role);
  });

  test("says that it could not be verified when looking fails", async () => {
    const world = await atlas({ seed });
    world.fault("GET", `${roles}/`, { kind: "status", status: 503 }, { nth: 2, times: 1000 });
    const error = await world.plane.databaseRoles
      .create(PROJECT, { roleName: "a", database: "admin" }, reader)
      .catch((error: Error) => error);
    expect(String(error)).toMatch(/could not be verified/);
    expect(mayHaveHappened(error)).toBe(true);
  });

  test("a refusal is an error with Atlas's code, and is not looked into", async () => {
    const world = await atlas({ seed });
    await expect(
      world.plane.databaseRoles.create(PROJECT, { roleName: "xgen-a", database: "admin" }, reader),
    ).rejects.toThrow(
      /create database role "xgen-a" in project 5f1e.*: HTTP 400 ATLAS_RESERVED_CUSTOM_ROLE_RESTRICTED/,
    );
    expect(methods(world.requests())).toBe("GET,POST");
  });

  test("one that it inherits, and that was created a moment ago, is waited for", async () => {
    const world = await atlas({ seed });
    await world.plane.databaseRoles.create(PROJECT, { roleName: "a", database: "admin" }, reader);
    const unknown = { error: 400, errorCode: "ATLAS_INVALID_CUSTOM_ROLE_INHERITANCE", detail: "do not exist" };
    world.fault("POST", roles, { kind: "status", status: 400, body: unknown }, { nth: 1, times: 2 });
    const child = { privileges: [], roles: [{ role: "a", database: "admin" }] };
    expect(await world.plane.databaseRoles.create(PROJECT, { roleName: "b", database: "admin" }, child)).toMatchObject(
      child,
    );
  });
});

describe("writes of one project", () => {
  const names = ["a", "b", "c", "d", "e"];

  test("that are sent at once go one after the other, from all planes of the process", async () => {
    const world = await atlas({ seed: projectSeed({}, { overlappingRoleWrites: "lose" }) });
    const planes = [world.plane, world.newPlane()];
    await Promise.all(
      names.map((name, n) =>
        planes[n % 2]?.databaseRoles.create(PROJECT, { roleName: name, database: "admin" }, reader),
      ),
    );
    expect(rolesOf(world).map(({ roleName }) => roleName)).toEqual(names);
    await Promise.all([
      world.plane.databaseRoles.update(PROJECT, { roleName: "a", database: "admin" }, { roles: [] }),
      world.plane.databaseRoles.delete(PROJECT, { roleName: "b", database: "admin" }),
      world.newPlane().databaseRoles.create(PROJECT, { roleName: "f", database: "admin" }, reader),
    ]);
    expect(
      rolesOf(world)
        .map(({ roleName, inheritedRoles }) => `${roleName} ${inheritedRoles.length}`)
        .sort(),
    ).toEqual(["a 0", "c 1", "d 1", "e 1", "f 1"]);
  });

  test("that collide with those of another process are sent again, and all are there in the end", async () => {
    const world = await atlas({ seed: projectSeed({}, { overlappingRoleWrites: "refuse" }) });
    const { plane } = world;
    // Modules of its own, and so a mutex of its own, as another process has.
    vi.resetModules();
    const { atlas: elsewhere } = await import("./harness.ts");
    const other = (await elsewhere({ emulator: world.emulator })).plane;
    await Promise.all(
      names.map((name, n) =>
        (n % 2 === 0 ? plane : other).databaseRoles.create(PROJECT, { roleName: name, database: "admin" }, reader),
      ),
    );
    expect(
      rolesOf(world)
        .map(({ roleName }) => roleName)
        .sort(),
    ).toEqual(names);
    const refused = world.emulator.requests().filter(({ status }) => status === 409);
    expect(refused.length).toBeGreaterThan(0);
  });

  test("of different projects do not wait for each other", async () => {
    const world = await atlas({ seed });
    world.fault("POST", roles, { kind: "delay", ms: 1_000 }, { nth: 1 });
    const slow = world.plane.databaseRoles.create(PROJECT, { roleName: "a", database: "admin" }, reader);
    const other = world.plane.databaseRoles
      .create(ABSENT, { roleName: "a", database: "admin" }, reader)
      .catch((error: Error) => error);
    expect(await Promise.race([slow, other])).toBeInstanceOf(Error);
    await slow;
  });
});

describe("get", () => {
  test("answers undefined for one that is not there, once its project was read", async () => {
    const world = await atlas({ seed });
    expect(await world.plane.databaseRoles.get(PROJECT, { roleName: "a", database: "admin" })).toBeUndefined();
    expect(world.requests()).toEqual([`GET ${roles}/a`, `GET ${project}`]);
    await expect(world.plane.databaseRoles.get(ABSENT, { roleName: "a", database: "admin" })).rejects.toThrow(
      /read project .*GROUP_NOT_FOUND/,
    );
  });

  test.each([401, 403, 429, 500])("throws on %i, which says nothing of the role", async (status) => {
    const world = await atlas({ seed });
    const headers = status === 429 ? { "retry-after": "100000" } : {};
    world.fault("GET", `${roles}/`, { kind: "status", status, headers });
    await expect(world.plane.databaseRoles.get(PROJECT, { roleName: "a", database: "admin" })).rejects.toThrow(
      String(status),
    );
  });

  test("waits for one that this process has just made", async () => {
    const world = await atlas({ seed });
    await world.plane.databaseRoles.create(PROJECT, { roleName: "a", database: "admin" }, reader);
    world.fault("GET", `${roles}/`, { kind: "stale" }, { nth: 1, times: 3 });
    expect(await world.plane.databaseRoles.get(PROJECT, { roleName: "a", database: "admin" })).toMatchObject(reader);
  });

  test("reads actions that are newer than this program, and lists that are null or left out", async () => {
    const world = await atlas({ seed });
    await world.plane.databaseRoles.create(PROJECT, { roleName: "a", database: "admin" }, reader);
    const actions = [
      { action: "COUNT_SHEEP", resources: [{ db: "app" }, { cluster: false, db: "app", collection: "x" }] },
      { action: "FIND", resources: null },
    ];
    const role = { edit: "update-custom-role", projectId: PROJECT, roleName: "a" } as const;
    world.emulator.edit({ ...role, fields: { actions }, unset: ["inheritedRoles"] });
    const { privileges, roles: inherited } =
      (await world.plane.databaseRoles.get(PROJECT, { roleName: "a", database: "admin" })) ?? {};
    expect(privileges).toEqual([
      { resource: { database: "app", collection: "" }, actions: ["countSheep"] },
      { resource: { database: "app", collection: "x" }, actions: ["countSheep"] },
    ]);
    expect(inherited).toEqual([]);
  });
});

describe("list", () => {
  test("is one request for all, until something is written", async () => {
    const world = await atlas({ seed });
    await Promise.all(Array.from({ length: 100 }, () => world.plane.databaseRoles.list(PROJECT)));
    expect(world.requests()).toEqual([`GET ${roles}`]);
    await world.plane.databaseRoles.create(PROJECT, { roleName: "a", database: "admin" }, reader);
    expect(await world.plane.databaseRoles.list(PROJECT)).toHaveLength(1);
    world.emulator.edit({ edit: "remove-custom-role", projectId: PROJECT, roleName: "a" });
    expect(await world.plane.databaseRoles.list(PROJECT)).toHaveLength(1);
    expect(await world.plane.databaseRoles.list(PROJECT, { fresh: true })).toEqual([]);
  });

  test("an answer of another shape is an error, and not an empty list", async () => {
    const world = await atlas({ seed });
    world.fault("GET", roles, { kind: "status", status: 200, body: { results: [] } }, { nth: 1 });
    await expect(world.plane.databaseRoles.list(PROJECT)).rejects.toThrow(/does not understand/);
  });
});

describe("update", () => {
  test("sends the lists that change, whole, and leaves the other", async () => {
    const world = await atlas({ seed });
    const made = await world.plane.databaseRoles.create(PROJECT, { roleName: "a", database: "admin" }, reader);
    world.requests();
    const privileges = [{ resource: orders, actions: ["insert"] }];
    expect(
      await world.plane.databaseRoles.update(PROJECT, { roleName: "a", database: "admin" }, { privileges }),
    ).toEqual({ ...made, privileges });
    expect(methods(world.requests())).toBe("PATCH,GET");
    expect(
      await world.plane.databaseRoles.update(PROJECT, { roleName: "a", database: "admin" }, { roles: [] }),
    ).toMatchObject({
      privileges,
      roles: [],
    });
  });

  test.each(["before-commit", "after-commit"] as const)("survives an answer lost %s", async (when) => {
    const world = await atlas({ seed });
    await world.plane.databaseRoles.create(PROJECT, { roleName: "a", database: "admin" }, reader);
    world.fault("PATCH", roles, { kind: "drop", when }, { nth: 1 });
    expect(
      await world.plane.databaseRoles.update(PROJECT, { roleName: "a", database: "admin" }, { roles: [] }),
    ).toMatchObject({ roles: [] });
    expect(rolesOf(world)[0]?.inheritedRoles).toEqual([]);
  });

  test("tolerates reads that show for a moment what was before", async () => {
    const world = await atlas({ seed });
    await world.plane.databaseRoles.create(PROJECT, { roleName: "a", database: "admin" }, reader);
    world.requests();
    world.fault("GET", `${roles}/`, { kind: "stale" }, { nth: 1, times: 3 });
    expect(
      await world.plane.databaseRoles.update(PROJECT, { roleName: "a", database: "admin" }, { roles: [] }),
    ).toMatchObject({ roles: [] });
    expect(world.requests().filter((request) => request.startsWith("PATCH"))).toHaveLength(1);
  });
});

describe("delete", () => {
  test("counts one that is gone as deleted, but not a project out of reach", async () => {
    const world = await atlas({ seed });
    await world.plane.databaseRoles.create(PROJECT, { roleName: "a", database: "admin" }, reader);
    await world.plane.databaseRoles.delete(PROJECT, { roleName: "a", database: "admin" });
    expect(rolesOf(world)).toEqual([]);
    await world.plane.databaseRoles.delete(PROJECT, { roleName: "a", database: "admin" });
    await expect(world.plane.databaseRoles.delete(ABSENT, { roleName: "a", database: "admin" })).rejects.toThrow(
      /GROUP_NOT_FOUND/,
    );
  });

  test("survives a lost answer, and does not believe one that had no effect", async () => {
    const world = await atlas({ seed });
    await world.plane.databaseRoles.create(PROJECT, { roleName: "a", database: "admin" }, reader);
    world.fault("DELETE", roles, { kind: "drop", when: "after-commit" }, { nth: 1 });
    await world.plane.databaseRoles.delete(PROJECT, { roleName: "a", database: "admin" });
    expect(rolesOf(world)).toEqual([]);
    await world.plane.databaseRoles.create(PROJECT, { roleName: "a", database: "admin" }, reader);
    world.fault("DELETE", roles, { kind: "status", status: 204 });
    await expect(world.plane.databaseRoles.delete(PROJECT, { roleName: "a", database: "admin" })).rejects.toThrow(
      /still shows something else/,
    );
  });

  test("names those to whom nothing would be left", async () => {
    const world = await atlas({ seed });
    await world.plane.databaseRoles.create(PROJECT, { roleName: "a", database: "admin" }, reader);
    const held = { roles: [{ role: "a", database: "admin" }] };
    for (const who of ["1", "2", "3", "4", "5", "6"]) {
      await world.plane.access.create(PROJECT, user(who), { ...settings, ...held });
    }
    await world.plane.access.create(PROJECT, group(), { ...settings, roles: [...settings.roles, ...held.roles] });
    const error = await world.plane.databaseRoles
      .delete(PROJECT, { roleName: "a", database: "admin" })
      .catch((error: Error) => error);
    expect(error).toBeInstanceOf(ConflictError);
    expect(String(error)).toContain(
      `delete database role "a" in project ${PROJECT}: HTTP 409 ATLAS_CUSTOM_ROLE_IN_USE_BY_USERS: it is all that is left to user ${IDP}/1, `,
    );
    expect(String(error)).toMatch(/5 and 1 more\n {2}fix {2}Give them another role/);
    expect(String(error)).not.toContain("dba");
    expect(rolesOf(world)).toHaveLength(1);
  });

  test("names roles that would be left empty", async () => {
    const world = await atlas({ seed });
    await world.plane.databaseRoles.create(PROJECT, { roleName: "a", database: "admin" }, reader);
    await world.plane.databaseRoles.create(
      PROJECT,
      { roleName: "b", database: "admin" },
      { privileges: [], roles: [{ role: "a", database: "admin" }] },
    );
    await expect(world.plane.databaseRoles.delete(PROJECT, { roleName: "a", database: "admin" })).rejects.toThrow(
      /IN_USE_BY_ROLES: .*left to role b\n/,
    );
  });

  test("waits for Atlas to notice that the last holder was removed a moment ago", async () => {
    const world = await atlas({ seed });
    await world.plane.databaseRoles.create(PROJECT, { roleName: "a", database: "admin" }, reader);
    await world.plane.access.create(PROJECT, user(), { ...settings, roles: [{ role: "a", database: "admin" }] });
    await world.plane.access.delete(PROJECT, user());
    const body = { error: 409, errorCode: "ATLAS_CUSTOM_ROLE_IN_USE_BY_USERS", detail: "ada" };
    world.fault("DELETE", roles, { kind: "status", status: 409, body }, { nth: 1, times: 2 });
    // The listing of users lags behind as well.
    world.fault("GET", `${users}\\?`, { kind: "stale" });
    await world.plane.databaseRoles.delete(PROJECT, { roleName: "a", database: "admin" });
    expect(rolesOf(world)).toEqual([]);
  });

  test("who had it beside other roles is listed without it", async () => {
    const world = await atlas({ seed });
    await world.plane.databaseRoles.create(PROJECT, { roleName: "a", database: "admin" }, reader);
    const both = [...settings.roles, { role: "a", database: "admin" }];
    await world.plane.access.create(PROJECT, group(), { ...settings, roles: both });
    expect((await world.plane.access.list(PROJECT))[0]?.roles).toEqual(both);
    await world.plane.databaseRoles.delete(PROJECT, { roleName: "a", database: "admin" });
    expect(usersOf(world)[0]?.roles).toHaveLength(2);
    expect((await world.plane.access.list(PROJECT))[0]?.roles).toEqual(settings.roles);
  });
});
