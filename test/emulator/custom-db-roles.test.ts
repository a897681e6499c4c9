import { describe, expect, test } from "vitest";
import { customDbRoleListSchema, customDbRoleSchema } from "../../schema/atlas.ts";
import { IDP } from "../support/ids.ts";
import { emulated, outcome } from "./client.ts";

const find = (db: string, collection?: string) => ({
  action: "FIND",
  resources: [{ db, ...(collection === undefined ? {} : { collection }) }],
});
const sessions = { action: "LIST_SESSIONS", resources: [{ cluster: true }] };
const inherits = (role: string, db = "admin") => ({ inheritedRoles: [{ role, db }] });
const reader = (fields: object = {}) => ({ roleName: "reader", actions: [find("app", "orders")], ...fields });

async function start(options?: Parameters<typeof emulated>[0]) {
  const all = await emulated(options);
  const roles = `/groups/${all.projectId}/customDBRoles/roles`;
  const add = (...bodies: object[]) => Promise.all(bodies.map((body) => all.client.post(roles, body)));
  const names = async () => {
    return customDbRoleListSchema.parse((await all.client.get(roles)).json).map(({ roleName }) => roleName);
  };
  return { ...all, roles, add, names };
}

describe("creating", () => {
  test("is accepted with 202, and answers the recorded keys", async () => {
    const { client, roles } = await start();
    const body = {
      roleName: "role-90",
      inheritedRoles: [{ role: "enableSharding", db: "admin" }],
      actions: [
        { action: "UPDATE", resources: [{ db: "db", collection: "collection" }] },
        { action: "FIND", resources: [{ db: "db", collection: "collection2" }] },
      ],
    };
    const answer = await client.post(roles, body);
    expect(answer.status).toBe(202);
    expect(answer.headers.get("content-type")).toBe("application/vnd.atlas.2023-01-01+json;charset=utf-8");
    expect(answer.text).toBe(
      '{"actions":[{"action":"UPDATE","resources":[{"collection":"collection","db":"db"}]},{"action":"FIND","resources":[{"collection":"collection2","db":"db"}]}],"inheritedRoles":[{"db":"admin","role":"enableSharding"}],"roleName":"role-90"}',
    );
    expect(customDbRoleSchema.parse((await client.get(`${roles}/role-90`)).json)).toEqual(answer.json);
  });

  test("lists answer bare, without pages, and show keys only where they say something", async () => {
    const { client, roles, add } = await start();
    expect((await client.get(roles)).text).toBe("[]");
    const cluster = { action: "LIST_SESSIONS", resources: [{ cluster: true, db: "", collection: "" }] };
    const data = { action: "FIND", resources: [{ cluster: false, db: "app" }] };
    await add({ roleName: "a", actions: [cluster, data] });
    expect((await client.get(roles)).json).toEqual([
      { roleName: "a", actions: [sessions, find("app")], inheritedRoles: [] },
    ]);
  });

  test("inherits from a built-in role on its database, and from a user-defined one on admin", async () => {
    const { add } = await start();
    await add(reader());
    const inheritedRoles = [
      { role: "reader", db: "admin" },
      { role: "read", db: "app" },
      { role: "readWrite", db: "admin" },
      { role: "dbAdmin", db: "admin" },
    ];
    expect((await add({ roleName: "b", inheritedRoles })).map(outcome)).toEqual(["202"]);
  });

  test("inherits from roles that somebody made into a circle", async () => {
    const { add, emulator, projectId } = await start();
    for (const [roleName, role] of [
      ["a", "b"],
      ["b", "a"],
    ] as const) {
      emulator.edit({ edit: "add-custom-role", projectId, role: { roleName, ...inherits(role) } });
    }
    expect((await add({ roleName: "c", ...inherits("a") })).map(outcome)).toEqual(["202"]);
  });

  const twice = (value: unknown) => [value, value];
  test.each<[string, object, string]>([
    ["no name", { actions: [sessions] }, "400 MISSING_ATTRIBUTE"],
    ["an empty name", reader({ roleName: "" }), "400 ATLAS_CUSTOM_ROLE_INVALID_NAME"],
    ["a name with a dot", reader({ roleName: "a.b" }), "400 ATLAS_CUSTOM_ROLE_INVALID_NAME"],
    ["a name that begins with a hyphen", reader({ roleName: "-a" }), "400 ATLAS_CUSTOM_ROLE_INVALID_NAME"],
    ["a name beyond ASCII", reader({ roleName: "lesé" }), "400 ATLAS_CUSTOM_ROLE_INVALID_NAME"],
    ["a reserved prefix", reader({ roleName: "xgen-a" }), "400 ATLAS_RESERVED_CUSTOM_ROLE_RESTRICTED"],
    ["a built-in role's name", reader({ roleName: "readWrite" }), "400 ATLAS_INVALID_CUSTOM_ROLE_RESTRICTED"],
    ["the name of one that Atlas withholds", reader({ roleName: "root" }), "400 ATLAS_INVALID_CUSTOM_ROLE_RESTRICTED"],
    ["nothing that it allows", { roleName: "a" }, "400 ATLAS_CUSTOM_ROLE_HAS_NO_PERMISSIONS"],
    ["empty lists", { roleName: "a", actions: [], inheritedRoles: [] }, "400 ATLAS_CUSTOM_ROLE_HAS_NO_PERMISSIONS"],
    ["an action that there is not", reader({ actions: [{ ...find("a"), action: "find" }] }), "400 INVALID_ENUM_VALUE"],
    ["an action twice", reader({ actions: [find("a"), find("b")] }), "400 ATLAS_DUPLICATE_CUSTOM_ROLE_ACTION"],
    [
      "a resource twice",
      reader({ actions: [{ action: "FIND", resources: twice({ db: "a", collection: "c" }) }] }),
      "400 ATLAS_DUPLICATE_CUSTOM_ROLE_RESOURCE",
    ],
    [
      "an action of data on the cluster",
      reader({ actions: [{ ...sessions, action: "FIND" }] }),
      "400 ATLAS_INVALID_RESOURCE",
    ],
    [
      "an action of the cluster on data",
      reader({ actions: [{ ...find("a"), action: "TOP" }] }),
      "400 ATLAS_INVALID_RESOURCE",
    ],
    [
      "a collection of no database",
      reader({ actions: [{ action: "FIND", resources: [{ collection: "c" }] }] }),
      "400 ATLAS_INVALID_RESOURCE",
    ],
    ["an action on nothing", reader({ actions: [{ action: "FIND", resources: [] }] }), "400 ATLAS_INVALID_RESOURCE"],
    ["an action without resources", reader({ actions: [{ action: "FIND" }] }), "400 MISSING_ATTRIBUTE"],
    ["a database that cannot be", reader({ actions: [find("a,b")] }), "400 INVALID_DATABASE_NAME"],
    ["itself to inherit", reader(inherits("reader")), "400 ATLAS_INVALID_CUSTOM_ROLE_SELF_REFERENTIAL"],
    ["a role to inherit that is not there", reader(inherits("writer")), "400 ATLAS_INVALID_CUSTOM_ROLE_INHERITANCE"],
    ["a withheld role to inherit", reader(inherits("root")), "400 ATLAS_INVALID_CUSTOM_ROLE_INHERITANCE"],
    [
      "another role than read to inherit elsewhere",
      reader(inherits("dbAdmin", "app")),
      "400 ATLAS_INVALID_CUSTOM_ROLE_INHERITED_SCOPE",
    ],
    ["a role to inherit twice", reader({ inheritedRoles: twice({ role: "read", db: "a" }) }), "400 VALIDATION_ERROR"],
    ["an attribute that there is not", reader({ db: "admin" }), "400 INVALID_ATTRIBUTE"],
  ])("with %s is refused", async (_, body, expected) => {
    const { client, roles, names } = await start();
    expect(outcome(await client.post(roles, body))).toBe(expected);
    expect(await names()).toEqual([]);
  });

  test("with an action that a cluster is too old for is 409, and names both", async () => {
    const { client, emulator, orgId, projectId, roles } = await start();
    const other = emulator.edit({ edit: "add-project", orgId, name: "other" });
    const older = { name: "Older", mongoDBMajorVersion: "5.0" };
    emulator.edit({ edit: "add-cluster", projectId: other, cluster: older });
    emulator.edit({ edit: "add-cluster", projectId, cluster: { name: "Old", mongoDBMajorVersion: "6.0" } });
    const body = { roleName: "a", actions: [{ action: "ANALYZE_SHARD_KEY", resources: [{ db: "app" }] }] };
    const refused = await client.post(roles, body);
    expect(outcome(refused)).toBe("409 CUSTOM_ROLE_ACTIONS_INVALID_FOR_EXISTING_CLUSTERS");
    expect(refused.json.parameters).toEqual(["6.0", "ANALYZE_SHARD_KEY"]);
    emulator.edit({ edit: "update-cluster", projectId, name: "Old", fields: { mongoDBMajorVersion: "7.0" } });
    expect(outcome(await client.post(roles, body))).toBe("202");
  });

  test("again is 409", async () => {
    const { add } = await start();
    const answers = [...(await add(reader())), ...(await add(reader()))];
    expect(answers.map(outcome)).toEqual(["202", "409 ATLAS_CUSTOM_ROLE_NAME_ALREADY_EXISTS"]);
  });

  test("beyond the project's limit is refused, until it is raised", async () => {
    const { add, emulator } = await start();
    const set = (maxCustomDbRoles: number) => emulator.edit({ edit: "set-behaviour", behaviour: { maxCustomDbRoles } });
    set(1);
    await add(reader());
    expect((await add(reader({ roleName: "b" }))).map(outcome)).toEqual(["403 CUSTOM_ROLES_LIMIT_EXCEEDED"]);
    set(2);
    expect((await add(reader({ roleName: "b" }))).map(outcome)).toEqual(["202"]);
  });
});

describe("updating", () => {
  test("replaces each list that is sent, and keeps the other", async () => {
    const { client, roles, add } = await start();
    await add(reader(inherits("read", "app")));
    const first = await client.patch(`${roles}/reader`, { actions: [sessions] });
    expect([first.status, first.json]).toEqual([
      200,
      { roleName: "reader", actions: [sessions], ...inherits("read", "app") },
    ]);
    const second = await client.patch(`${roles}/reader`, { inheritedRoles: [] });
    expect(second.json).toEqual({ roleName: "reader", actions: [sessions], inheritedRoles: [] });
    expect((await client.get(`${roles}/reader`)).json).toEqual(second.json);
  });

  test.each<[string, object, string]>([
    ["that takes away the last permission", { actions: [] }, "400 ATLAS_CUSTOM_ROLE_HAS_NO_PERMISSIONS"],
    ["that makes a circle", inherits("heir"), "400 ATLAS_INVALID_CUSTOM_ROLE_CIRCULAR_DEPENDENCY"],
    ["that makes a wider circle", inherits("heir-of-heir"), "400 ATLAS_INVALID_CUSTOM_ROLE_CIRCULAR_DEPENDENCY"],
    ["to its own heir", inherits("reader"), "400 ATLAS_INVALID_CUSTOM_ROLE_SELF_REFERENTIAL"],
    ["of the name", { roleName: "other" }, "400 INVALID_ATTRIBUTE"],
  ])("%s is refused, and changes nothing", async (_, body, expected) => {
    const { client, roles, add } = await start();
    await add(reader());
    await add({ roleName: "heir", ...inherits("reader") });
    await add({ roleName: "heir-of-heir", ...inherits("heir") });
    const before = (await client.get(roles)).text;
    expect(outcome(await client.patch(`${roles}/reader`, body))).toBe(expected);
    expect((await client.get(roles)).text).toBe(before);
  });
});

test("a role that is not there is 404, for every method, and so is one of another project", async () => {
  const { client, emulator, orgId, roles, projectId, add } = await start();
  await add(reader());
  const other = emulator.edit({ edit: "add-project", orgId, name: "other" });
  for (const path of [`${roles}/nobody`, `${roles.replace(projectId, other)}/reader`]) {
    const answers = [client.get(path), client.patch(path, { actions: [sessions] }), client.delete(path)];
    expect((await Promise.all(answers)).map(outcome)).toEqual(answers.map(() => "404 ATLAS_CUSTOM_ROLE_NOT_FOUND"));
  }
});

describe("deleting", () => {
  const who = `${IDP}/dba`;
  const grant = (...roleNames: string[]) => ({
    oidcAuthType: "IDP_GROUP" as const,
    username: who,
    roles: roleNames.map((roleName) => ({ roleName, databaseName: "admin" })),
  });

  test("answers 204 for a role that is not granted", async () => {
    const { client, roles, add, names } = await start();
    await add(reader(), reader({ roleName: "other" }));
    expect(outcome(await client.delete(`${roles}/reader`))).toBe("204");
    expect(await names()).toEqual(["other"]);
  });

  test("answers 409 with the user's name for a user's only role, and removes the role from users with others", async () => {
    const { client, emulator, projectId, roles, add, names } = await start();
    await add(reader());
    emulator.edit({ edit: "add-database-user", projectId, user: grant("reader") });
    const refused = await client.delete(`${roles}/reader`);
    expect(outcome(refused)).toBe("409 ATLAS_CUSTOM_ROLE_IN_USE_BY_USERS");
    expect(refused.json.parameters).toEqual([who]);
    expect(await names()).toEqual(["reader"]);

    const { roles: both } = grant("reader", "clusterMonitor");
    emulator.edit({ edit: "update-database-user", projectId, username: who, fields: { roles: both } });
    expect(outcome(await client.delete(`${roles}/reader`))).toBe("204");
    expect(emulator.world().atlas.databaseUsers[0]?.roles).toEqual([both[1]]);
  });

  test("answers 409 with the role's name for the only inherited role, and removes it from roles with others", async () => {
    const { client, roles, add } = await start();
    await add(reader());
    await add({ roleName: "heir", ...inherits("reader") });
    const refused = await client.delete(`${roles}/reader`);
    expect(outcome(refused)).toBe("409 ATLAS_CUSTOM_ROLE_IN_USE_BY_ROLES");
    expect(refused.json.parameters).toEqual(["heir"]);

    await client.patch(`${roles}/heir`, { actions: [sessions] });
    expect(outcome(await client.delete(`${roles}/reader`))).toBe("204");
    expect((await client.get(`${roles}/heir`)).json.inheritedRoles).toEqual([]);
  });

  test("does not touch what is empty anyway, nor anything of another project", async () => {
    const { client, emulator, orgId, projectId, roles, add } = await start();
    await add(reader());
    const other = emulator.edit({ edit: "add-project", orgId, name: "other" });
    emulator.edit({ edit: "add-database-user", projectId, user: grant() });
    emulator.edit({ edit: "add-database-user", projectId: other, user: grant("reader") });
    emulator.edit({ edit: "add-custom-role", projectId, role: { roleName: "empty" } });
    emulator.edit({ edit: "add-custom-role", projectId: other, role: reader() });
    emulator.edit({ edit: "add-custom-role", projectId: other, role: { roleName: "heir", ...inherits("reader") } });
    expect(outcome(await client.delete(`${roles}/reader`))).toBe("204");
    const { databaseUsers, customDbRoles } = emulator.world().atlas;
    expect(databaseUsers.map((user) => user.roles.length)).toEqual([0, 1]);
    expect(customDbRoles.map((role) => [role.roleName, role.projectId, role.inheritedRoles.length])).toEqual([
      ["empty", projectId, 0],
      ["reader", other, 0],
      ["heir", other, 1],
    ]);
  });
});

describe("writes that overlap", () => {
  const together = async (behaviour: "apply" | "refuse" | "lose") => {
    const all = await start();
    await all.add(reader());
    all.emulator.edit({ edit: "set-behaviour", behaviour: { overlappingRoleWrites: behaviour } });
    const answers = await Promise.all([
      all.client.post(all.roles, reader({ roleName: "a" })),
      all.client.patch(`${all.roles}/reader`, { actions: [sessions] }),
    ]);
    return { ...all, outcomes: answers.map(outcome).sort() };
  };

  test("are done one by one, unless a test asks for more", async () => {
    const { outcomes, names, client, roles } = await together("apply");
    expect(outcomes).toEqual(["200", "202"]);
    expect(await names()).toEqual(["reader", "a"]);
    expect((await client.get(`${roles}/reader`)).json.actions).toEqual([sessions]);
  });

  test("one of them is refused, and what was done is done", async () => {
    const { outcomes, names, client, roles } = await together("refuse");
    expect(outcomes).toContain("409 AUTOMATION_CONFIG_CONCURRENT_MODIFICATION");
    expect(outcomes).toHaveLength(2);
    const patched = (await client.get(`${roles}/reader`)).json.actions[0].action === "LIST_SESSIONS";
    expect(await names()).toEqual(patched ? ["reader"] : ["reader", "a"]);
    expect(outcomes).toContain(patched ? "200" : "202");
  });

  test("both are accepted, and one is lost", async () => {
    const { outcomes, names, client, roles } = await together("lose");
    expect(outcomes).toEqual(["200", "202"]);
    const patched = (await client.get(`${roles}/reader`)).json.actions[0].action === "LIST_SESSIONS";
    expect(await names()).toEqual(patched ? ["reader"] : ["reader", "a"]);
  });

  test.each(["refuse", "lose"] as const)("one after the other, or in two projects, all is well (%s)", async (mode) => {
    const { client, emulator, orgId, projectId, roles, names } = await start();
    const other = emulator.edit({ edit: "add-project", orgId, name: "other" });
    emulator.edit({ edit: "set-behaviour", behaviour: { overlappingRoleWrites: mode } });
    const elsewhere = roles.replace(projectId, other);
    const answers = await Promise.all([client.post(roles, reader()), client.post(elsewhere, reader())]);
    answers.push(await client.post(roles, reader({ roleName: "b" })));
    expect(answers.map(outcome)).toEqual(["202", "202", "202"]);
    expect(await names()).toEqual(["reader", "b"]);
    expect((await client.get(elsewhere)).json).toHaveLength(1);
  });
});

test("the bucket is the project's: 2,000", async () => {
  const { client, roles } = await start();
  const { headers } = await client.get(roles);
  expect([headers.get("ratelimit-limit"), headers.get("ratelimit-remaining")]).toEqual(["2000", "1999"]);
});

test("faults hit these routes like all others", async () => {
  const { client, emulator, roles } = await start();
  emulator.inject({
    match: { method: "POST", path: "/customDBRoles/" },
    nth: 1,
    fault: { kind: "status", status: 503, when: "after-commit" },
  });
  expect(outcome(await client.post(roles, reader()))).toBe("503 SERVICE_UNAVAILABLE");
  expect(outcome(await client.post(roles, reader()))).toBe("409 ATLAS_CUSTOM_ROLE_NAME_ALREADY_EXISTS");
});

test("roles come from a seed, and are changed and removed behind everybody's back", async () => {
  const projectId = "c".repeat(24);
  const projects = [{ id: projectId, name: "p", customDbRoles: [reader(), reader({ roleName: "b" })] }];
  const { client, emulator, roles, names } = await start({ seed: { organizations: [{ name: "o", projects }] } });
  expect(await names()).toEqual(["reader", "b"]);
  const fields = { actions: [sessions], note: "by hand" };
  emulator.edit({ edit: "update-custom-role", projectId, roleName: "b", fields, unset: ["inheritedRoles"] });
  expect((await client.get(`${roles}/b`)).json).toEqual({ roleName: "b", ...fields });
  emulator.edit({ edit: "remove-custom-role", projectId, roleName: "reader" });
  expect(await names()).toEqual(["b"]);
  expect(() => emulator.edit({ edit: "remove-custom-role", projectId, roleName: "reader" })).toThrow("reader");
  emulator.edit({ edit: "remove-project", id: projectId });
  expect(emulator.world().atlas.customDbRoles).toEqual([]);
});
