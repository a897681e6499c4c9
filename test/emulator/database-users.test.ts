import { describe, expect, test } from "vitest";
import type { Seed } from "../../provider/emulator/index.ts";
import { apiErrorSchema, databaseUserListSchema, databaseUserSchema } from "../../schema/atlas.ts";
import { IDP } from "../support/ids.ts";
import { clientOf, emulated, outcome } from "./client.ts";

const project = "c".repeat(24);
const owner = { name: "owner", publicKey: "owner", privateKey: "k" };

const seed = {
  organizations: [
    {
      id: "a".repeat(24),
      name: "ours",
      projects: [
        {
          id: project,
          name: "ours",
          clusters: [{ name: "C" }],
          customDbRoles: [
            { roleName: "reader", actions: [{ action: "FIND", resources: [{ collection: "", db: "app" }] }] },
          ],
        },
        { id: "d".repeat(24), name: "other" },
      ],
    },
  ],
  apiKeys: [owner],
} satisfies Seed;

const users = `/groups/${project}/databaseUsers`;
const at = (username: string, database = "admin") => `${users}/${database}/${encodeURIComponent(username)}`;
const group = (fields: object = {}) => ({
  groupId: project,
  databaseName: "admin",
  username: `${IDP}/dba`,
  oidcAuthType: "IDP_GROUP",
  roles: [{ roleName: "readWrite", databaseName: "app" }],
  ...fields,
});
const person = (fields: object = {}) =>
  group({ databaseName: "$external", username: `${IDP}/ada`, oidcAuthType: "USER", ...fields });
const role = (roleName: string, databaseName: string, collectionName?: string) => ({
  roles: [{ roleName, databaseName, ...(collectionName === undefined ? {} : { collectionName }) }],
});
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

const start = (changes: Partial<Seed> = {}) => emulated({ seed: { ...seed, ...changes } });

describe("creating", () => {
  test("a group answers 201 with the recorded keys, without those that were not set", async () => {
    const { client, emulator } = await start();
    const answer = await client.post(
      users,
      group({ scopes: [{ name: "C", type: "CLUSTER" }], labels: [{ key: "team", value: "billing" }] }),
    );
    expect(answer.status).toBe(201);
    expect(answer.headers.get("content-type")).toBe("application/vnd.atlas.2023-01-01+json;charset=utf-8");
    expect(answer.text).toBe(
      `{"awsIAMType":"NONE","databaseName":"admin","groupId":"${project}","labels":[{"key":"team","value":"billing"}],"ldapAuthType":"NONE","links":[{"href":"${emulator.url}/api/atlas/v2${users}/admin/${IDP}%2Fdba","rel":"self"}],"oidcAuthType":"IDP_GROUP","roles":[{"databaseName":"app","roleName":"readWrite"}],"scopes":[{"name":"C","type":"CLUSTER"}],"username":"${IDP}/dba","x509Type":"NONE"}`,
    );
    expect((await client.get(at(`${IDP}/dba`))).text).toBe(answer.text);
    expect((await client.get(users)).json.results).toEqual([answer.json]);
  });

  test("a person answers everything that was set, the date to the second and in UTC", async () => {
    const { client } = await start();
    const date = inDays(2).replace("Z", "+00:00");
    const { json } = await client.post(users, person({ description: "on call", deleteAfterDate: date }));
    expect(databaseUserSchema.parse(json)).toMatchObject({
      databaseName: "$external",
      oidcAuthType: "USER",
      description: "on call",
      deleteAfterDate: `${date.slice(0, 19)}Z`,
      labels: [],
      scopes: [],
    });
  });

  test("a user with a password never answers it, nor keeps it", async () => {
    const { client, emulator } = await start();
    const { username, ...rest } = group({ username: "app", oidcAuthType: "NONE", password: "canary-password" });
    const answer = await client.post(users, { username, ...rest });
    expect(answer.status).toBe(201);
    expect(answer.text + JSON.stringify(emulator.world())).not.toContain("canary");
  });

  test("one name can stand on both databases, and be granted a role on all, on one, or on a collection", async () => {
    const { client } = await start();
    const roles = [
      { roleName: "readWrite", databaseName: "app" },
      { roleName: "readWrite", databaseName: "app", collectionName: "orders" },
      { roleName: "readWriteAnyDatabase", databaseName: "admin" },
      { roleName: "dbAdmin", databaseName: "app" },
      { roleName: "reader", databaseName: "admin" },
    ];
    expect(outcome(await client.post(users, group({ username: `${IDP}/x`, roles })))).toBe("201");
    expect(outcome(await client.post(users, person({ username: `${IDP}/x` })))).toBe("201");
    expect(
      databaseUserListSchema.parse((await client.get(users)).json).results.map((user) => user.roles.length),
    ).toEqual([5, 1]);
  });

  const { username: _, ...nameless } = group();
  const { databaseName: __, ...homeless } = group();
  const { roles: ___, ...powerless } = group();
  const { groupId: ____, ...astray } = group();
  test.each<[string, object, string]>([
    ["a name", nameless, "400 MISSING_ATTRIBUTE"],
    ["a database", homeless, "400 MISSING_ATTRIBUTE"],
    ["roles", powerless, "400 MISSING_ATTRIBUTE"],
    ["any role", group({ roles: [] }), "400 MISSING_ATTRIBUTE"],
    ["the project once more", astray, "400 MISSING_ATTRIBUTE"],
    ["the database of a role", group({ roles: [{ roleName: "read" }] }), "400 MISSING_ATTRIBUTE"],
    ["a password, where nothing else lets it in", group({ oidcAuthType: "NONE" }), "400 MISSING_ATTRIBUTE"],
  ])("without %s is refused", async (_, body, expected) => {
    const { client } = await start();
    expect(outcome(await client.post(users, body))).toBe(expected);
    expect((await client.get(users)).json.totalCount).toBe(0);
  });

  test.each<[string, object, string]>([
    ["a group on $external", group({ databaseName: "$external" }), "400 DATABASE_NAME_INVALID_ADMIN"],
    ["a person on admin", person({ databaseName: "admin" }), "400 DATABASE_NAME_INVALID_EXTERNAL"],
    ["any other database", group({ databaseName: "app" }), "400 INVALID_ENUM_VALUE"],
    ["an unknown kind", group({ oidcAuthType: "GROUP" }), "400 INVALID_ENUM_VALUE"],
    ["two kinds at once", group({ ldapAuthType: "GROUP" }), "400 VALIDATION_ERROR"],
    ["a federated user with a password", person({ password: "canary-password" }), "400 VALIDATION_ERROR"],
    ["a name without an identity provider", group({ username: "dba" }), "400 ATLAS_INVALID_USERNAME"],
    ["a name of 1025 characters", group({ username: `${IDP}/${"x".repeat(1000)}` }), "400 VALIDATION_ERROR"],
    ["a description of 101 characters", group({ description: "x".repeat(101) }), "400 VALIDATION_ERROR"],
    [
      "a cluster that no cluster can be called",
      group({ scopes: [{ name: "my_c", type: "CLUSTER" }] }),
      "400 VALIDATION_ERROR",
    ],
    ["an unknown kind of scope", group({ scopes: [{ name: "C", type: "PROJECT" }] }), "400 INVALID_ENUM_VALUE"],
    ["a label without a key", group({ labels: [{ key: "", value: "x" }] }), "400 VALIDATION_ERROR"],
    ["an attribute that there is not", group({ role: "read" }), "400 INVALID_ATTRIBUTE"],
    ["links", group({ links: [] }), "400 ATTRIBUTE_READ_ONLY"],
    ["another project than that of the path", group({ groupId: "d".repeat(24) }), "400 GROUP_MISMATCH"],
    ["a date that has passed", group({ deleteAfterDate: inDays(-0.01) }), "400 EXPIRATION_DATE_IN_PAST"],
    ["a date in more than a week", group({ deleteAfterDate: inDays(7.01) }), "400 EXPIRATION_DATE_EXCEEDS_MAX"],
    ["an invalid date", group({ deleteAfterDate: "tomorrow" }), "400 VALIDATION_ERROR"],
    [
      "an X.509 user with a date",
      group({
        username: "CN=a",
        databaseName: "$external",
        oidcAuthType: "NONE",
        x509Type: "CUSTOMER",
        deleteAfterDate: inDays(1),
      }),
      "400 ATLAS_X509_USER_CANNOT_BE_TEMPORARY",
    ],
    ["a role that exists on admin only", group(role("clusterMonitor", "app")), "400 ATLAS_INVALID_ROLE_DATABASE"],
    ["a user-defined role elsewhere than on admin", group(role("reader", "app")), "400 UNSUPPORTED_ROLE"],
    ["a user-defined role that is not there", group(role("writer", "admin")), "404 ATLAS_CUSTOM_ROLE_NOT_FOUND"],
    ["a name that every object has for a role", group(role("constructor", "admin")), "404 ATLAS_CUSTOM_ROLE_NOT_FOUND"],
    ["a role that Atlas keeps for itself", group(role("root", "admin")), "400 ATLAS_RESTRICTED_ROLE"],
    ["a collection where the role has none", group(role("dbAdmin", "app", "orders")), "400 VALIDATION_ERROR"],
    ["a database that cannot be", group(role("read", "a.b")), "400 INVALID_DATABASE_NAME"],
    [
      "a role twice",
      group({ roles: [...role("read", "app").roles, ...role("read", "app").roles] }),
      "400 DUPLICATE_DATABASE_ROLES",
    ],
    [
      "101 roles",
      group({ roles: Array.from({ length: 101 }, (_, n) => ({ roleName: "read", databaseName: `app${n}` })) }),
      "400 VALIDATION_ERROR",
    ],
  ])("%s is refused", async (_, body, expected) => {
    const { client } = await start();
    const answer = await client.post(users, body);
    expect(outcome(answer)).toBe(expected);
    expect(apiErrorSchema.parse(answer.json).detail).not.toContain("canary");
    expect((await client.get(users)).json.totalCount).toBe(0);
  });

  test("accepts values at the limits: 100 roles, a week, 1024 and 100 characters", async () => {
    const { client } = await start();
    const body = group({
      username: `${IDP}/${"x".repeat(999)}`,
      description: "x".repeat(100),
      deleteAfterDate: inDays(6.999),
      roles: Array.from({ length: 100 }, (_, n) => ({ roleName: "read", databaseName: `app${n}` })),
    });
    expect(outcome(await client.post(users, body))).toBe("201");
  });

  test("again is 409, and says whose name it is", async () => {
    const { client } = await start();
    await client.post(users, group());
    const again = await client.post(users, group({ roles: [{ roleName: "read", databaseName: "app" }] }));
    expect(outcome(again)).toBe("409 USER_ALREADY_EXISTS");
    expect(again.json.parameters).toEqual([`${IDP}/dba`]);
  });

  test("the project's limit holds for each project, and can be raised", async () => {
    const { client, emulator } = await start({ behaviour: { maxDatabaseUsers: 2 } });
    const add = (n: number) => client.post(users, group({ username: `${IDP}/${n}` }));
    expect([await add(1), await add(2), await add(3)].map(outcome)).toEqual([
      "201",
      "201",
      "403 GROUP_USERS_LIMIT_EXCEEDED",
    ]);
    const other = "d".repeat(24);
    expect(outcome(await client.post(`/groups/${other}/databaseUsers`, group({ groupId: other })))).toBe("201");
    emulator.edit({ edit: "set-behaviour", behaviour: {} });
    expect(outcome(await add(3))).toBe("201");
  });

  test("before the identity provider is connected is refused where a test asks for it", async () => {
    const { client, emulator, orgId } = await emulated({
      seed: {
        ...seed,
        federations: [
          {
            identityProviders: [{ protocol: "OIDC", id: IDP, groupsClaim: "groups" }],
            connectedOrgs: [{ orgId: "a".repeat(24) }],
          },
        ],
        behaviour: { accessWithoutConnection: "refuse" },
      },
    });
    expect(outcome(await client.post(users, group()))).toBe("400 ATLAS_INVALID_USERNAME");
    emulator.edit({ edit: "connect", orgId, identityProviderId: IDP });
    expect(outcome(await client.post(users, group()))).toBe("201");
  });
});

describe("a name in the path is decoded once", () => {
  test.each(["a/b/c", "with space", "100%", "%2F", "ünïcode-群組", "a+b", "who?#;=&", "arn:aws:iam::1:user/x", ".."])(
    "%s",
    async (who) => {
      const { client } = await start();
      const username = `${IDP}/${who}`;
      const { json } = await client.post(users, person({ username }));
      expect(json.username).toBe(username);
      for (const database of ["$external", "%24external"]) {
        expect((await client.get(at(username, database))).json).toEqual(json);
      }
      const { pathname } = new URL(json.links[0].href);
      expect(outcome(await client.delete(pathname))).toBe("204");
      expect(outcome(await client.get(pathname))).toBe("404 USERNAME_NOT_FOUND");
    },
  );

  test("and an open slash makes another path", async () => {
    const { client } = await start();
    await client.post(users, group());
    expect(outcome(await client.get(`${users}/admin/${IDP}/dba`))).toBe("501 EMULATOR_UNSUPPORTED");
  });
});

describe("updating", () => {
  const kind = { oidcAuthType: "IDP_GROUP" };

  test("keeps what is left out, and replaces every list whole", async () => {
    const { client } = await start();
    const { json: old } = await client.post(
      users,
      group({
        description: "people",
        deleteAfterDate: inDays(1),
        scopes: [{ name: "C", type: "CLUSTER" }],
        labels: [{ key: "team", value: "billing" }],
      }),
    );
    const roles = [{ databaseName: "app", roleName: "read" }];
    const { status, json } = await client.patch(at(`${IDP}/dba`), { ...kind, roles, labels: [] });
    expect(status).toBe(200);
    expect(json).toEqual({ ...old, roles, labels: [] });
    expect((await client.get(at(`${IDP}/dba`))).json).toEqual(json);
  });

  test("null takes away the description and the date", async () => {
    const { client } = await start();
    await client.post(users, group({ description: "people", deleteAfterDate: inDays(1) }));
    const { json } = await client.patch(at(`${IDP}/dba`), { ...kind, description: null, deleteAfterDate: null });
    expect(Object.keys(json)).not.toEqual(expect.arrayContaining(["description"]));
    expect(Object.keys(json)).not.toEqual(expect.arrayContaining(["deleteAfterDate"]));
  });

  test("leaves the same name on the other database, and in other projects, alone", async () => {
    const { client, emulator } = await start();
    const username = `${IDP}/x`;
    await client.post(users, group({ username }));
    await client.post(users, person({ username }));
    const other = "d".repeat(24);
    emulator.edit({ edit: "add-database-user", projectId: other, user: { username, oidcAuthType: "USER" } });
    await client.patch(at(username, "$external"), {
      databaseName: "$external",
      oidcAuthType: "USER",
      description: "one of three",
    });
    const descriptions = () => emulator.world().atlas.databaseUsers.map(({ description }) => description);
    expect(descriptions()).toEqual([undefined, "one of three", undefined]);
    expect(outcome(await client.delete(at(username, "$external")))).toBe("204");
    expect(emulator.world().atlas.databaseUsers.map(({ databaseName }) => databaseName)).toEqual([
      "admin",
      "$external",
    ]);
  });

  test.each<[string, object, string]>([
    ["without the kind", {}, "409 DATABASE_USERNAME_CANNOT_BE_CHANGED"],
    ["with another name", { ...kind, username: `${IDP}/b` }, "409 DATABASE_USERNAME_CANNOT_BE_CHANGED"],
    ["with another kind", { oidcAuthType: "USER" }, "409 AUTH_TYPE_CANNOT_BE_CHANGED"],
    ["with one more kind", { ...kind, x509Type: "CUSTOMER" }, "409 AUTH_TYPE_CANNOT_BE_CHANGED"],
    ["with another database", { ...kind, databaseName: "$external" }, "409 DATABASE_NAME_CANNOT_BE_CHANGED"],
    [
      "with a date, once permanent",
      { ...kind, deleteAfterDate: inDays(1) },
      "400 PERMANENT_ENTITY_CANNOT_BE_MADE_TEMPORARY",
    ],
    ["with a role that is not there", { ...kind, ...role("writer", "admin") }, "404 ATLAS_CUSTOM_ROLE_NOT_FOUND"],
    ["with no role", { ...kind, roles: [] }, "400 MISSING_ATTRIBUTE"],
    ["with another project", { ...kind, groupId: "d".repeat(24) }, "400 GROUP_MISMATCH"],
    ["with links", { ...kind, links: [] }, "400 ATTRIBUTE_READ_ONLY"],
    ["with too long a description", { ...kind, description: "x".repeat(101) }, "400 VALIDATION_ERROR"],
  ])("%s is refused, and changes nothing", async (_, body, expected) => {
    const { client } = await start();
    const { json } = await client.post(users, group());
    expect(outcome(await client.patch(at(`${IDP}/dba`), body))).toBe(expected);
    expect((await client.get(at(`${IDP}/dba`))).json).toEqual(json);
  });

  test("a person without the database is refused: left out, it means admin", async () => {
    const { client } = await start();
    await client.post(users, person());
    const path = at(`${IDP}/ada`, "$external");
    const body = { oidcAuthType: "USER", description: "x" };
    expect(outcome(await client.patch(path, body))).toBe("409 DATABASE_NAME_CANNOT_BE_CHANGED");
    expect(outcome(await client.patch(path, { ...body, databaseName: "$external" }))).toBe("200");
  });

  test("a date that is set can be moved, within the same bounds", async () => {
    const { client } = await start();
    await client.post(users, group({ deleteAfterDate: inDays(1) }));
    const move = async (days: number) =>
      outcome(await client.patch(at(`${IDP}/dba`), { ...kind, deleteAfterDate: inDays(days) }));
    expect([await move(3), await move(-1), await move(8)]).toEqual([
      "200",
      "400 EXPIRATION_DATE_IN_PAST",
      "400 EXPIRATION_DATE_EXCEEDS_MAX",
    ]);
  });
});

test("reading, updating and deleting who is not there is 404, by name, by database and by project", async () => {
  const { client } = await start();
  await client.post(users, group());
  const paths = [at(`${IDP}/nobody`), at(`${IDP}/dba`, "$external"), at(`${IDP}/dba`, "app")];
  for (const path of [...paths, at(`${IDP}/dba`).replace(project, "d".repeat(24))]) {
    const answers = [client.get(path), client.patch(path, { oidcAuthType: "IDP_GROUP" }), client.delete(path)];
    expect((await Promise.all(answers)).map(outcome)).toEqual(answers.map(() => "404 USERNAME_NOT_FOUND"));
  }
  expect(outcome(await client.post(users.replace(project, "9".repeat(24)), group()))).toBe("404 GROUP_NOT_FOUND");
  expect((await client.get(users)).json.totalCount).toBe(1);
});

describe("who may", () => {
  const keys = [
    ["ORG_OWNER", { orgId: "a".repeat(24), roleName: "ORG_OWNER" }],
    ["ORG_READ_ONLY", { orgId: "a".repeat(24), roleName: "ORG_READ_ONLY" }],
    ["ORG_MEMBER", { orgId: "a".repeat(24), roleName: "ORG_MEMBER" }],
    ["GROUP_OWNER", { groupId: project, roleName: "GROUP_OWNER" }],
    ["GROUP_DATABASE_ACCESS_ADMIN", { groupId: project, roleName: "GROUP_DATABASE_ACCESS_ADMIN" }],
    ["GROUP_STREAM_PROCESSING_OWNER", { groupId: project, roleName: "GROUP_STREAM_PROCESSING_OWNER" }],
    ["GROUP_READ_ONLY", { groupId: project, roleName: "GROUP_READ_ONLY" }],
    ["GROUP_OWNER elsewhere", { groupId: "d".repeat(24), roleName: "GROUP_OWNER" }],
  ] as const;
  const apiKeys = keys.map(([name, role]) => ({ name, publicKey: name, privateKey: "k", roles: [role] }));

  test.each([
    ["ORG_OWNER", "200", "201 200 204"],
    ["GROUP_OWNER", "200", "201 200 204"],
    ["GROUP_DATABASE_ACCESS_ADMIN", "200", "201 200 204"],
    ["GROUP_STREAM_PROCESSING_OWNER", "200", "201 200 204"],
    ["GROUP_READ_ONLY", "200", "401 USER_UNAUTHORIZED 401 USER_UNAUTHORIZED 401 USER_UNAUTHORIZED"],
    ["ORG_READ_ONLY", "200", "401 USER_UNAUTHORIZED 401 USER_UNAUTHORIZED 401 USER_UNAUTHORIZED"],
    [
      "ORG_MEMBER",
      "403 USER_CANNOT_ACCESS_GROUP",
      "403 USER_CANNOT_ACCESS_GROUP 403 USER_CANNOT_ACCESS_GROUP 403 USER_CANNOT_ACCESS_GROUP",
    ],
    [
      "GROUP_OWNER elsewhere",
      "403 USER_CANNOT_ACCESS_GROUP",
      "403 USER_CANNOT_ACCESS_GROUP 403 USER_CANNOT_ACCESS_GROUP 403 USER_CANNOT_ACCESS_GROUP",
    ],
  ])("%s", async (name, reading, writing) => {
    const { emulator } = await emulated({ seed: { ...seed, apiKeys: [...apiKeys, owner] } });
    emulator.edit({
      edit: "add-database-user",
      projectId: project,
      user: { username: `${IDP}/old`, oidcAuthType: "IDP_GROUP" },
    });
    const client = clientOf(emulator, { publicKey: name, privateKey: "k" });
    for (const path of [users, at(`${IDP}/old`), `/groups/${project}/customDBRoles/roles`]) {
      expect(outcome(await client.get(path))).toBe(reading);
    }
    const answers = [
      await client.post(users, group()),
      await client.patch(at(`${IDP}/old`), { oidcAuthType: "IDP_GROUP" }),
      await client.delete(at(`${IDP}/old`)),
    ];
    expect(answers.map(outcome).join(" ")).toBe(writing);
    const roles = `/groups/${project}/customDBRoles/roles`;
    const action = { action: "FIND", resources: [{ db: "app" }] };
    const roleAnswers = [
      await client.post(roles, { roleName: "new", actions: [action] }),
      await client.patch(`${roles}/reader`, { actions: [action] }),
      await client.delete(`${roles}/reader`),
    ];
    expect(roleAnswers.map(outcome).join(" ")).toBe(writing.replace("201", "202"));
  });
});

test("the bucket is the project's: 10,000, whoever asks", async () => {
  const { client } = await start();
  expect((await client.get(users)).headers.get("ratelimit-limit")).toBe("10000");
  expect((await client.get(users)).headers.get("ratelimit-remaining")).toBe("9998");
  expect((await client.get(users.replace(project, "d".repeat(24)))).headers.get("ratelimit-remaining")).toBe("9999");
});

describe("faults", () => {
  test("a lost answer: the user is there, and asking again is 409", async () => {
    const { client, emulator } = await start();
    const path = `/groups/${project}/databaseUsers$`;
    emulator.inject({ match: { method: "POST", path }, nth: 1, fault: { kind: "drop", when: "after-commit" } });
    await expect(client.post(users, group())).rejects.toThrow();
    expect(outcome(await client.post(users, group()))).toBe("409 USER_ALREADY_EXISTS");
  });

  test("by the encoded name in the path: one user alone is not to be read", async () => {
    const { client, emulator } = await start();
    await client.post(users, group());
    await client.post(users, person());
    emulator.inject({ match: { path: `${IDP}%2Fada` }, fault: { kind: "status", status: 503 } });
    expect((await client.get(at(`${IDP}/ada`, "$external"))).status).toBe(503);
    expect((await client.get(at(`${IDP}/dba`))).status).toBe(200);
  });

  test("a read that lags behind does not know the new user", async () => {
    const { client, emulator } = await start();
    await client.post(users, group());
    emulator.inject({ nth: 1, fault: { kind: "stale" } });
    expect(outcome(await client.get(at(`${IDP}/dba`)))).toBe("404 USERNAME_NOT_FOUND");
    expect(outcome(await client.get(at(`${IDP}/dba`)))).toBe("200");
  });
});

describe("edits behind everybody's back", () => {
  test("set and remove any field of a user, known or not", async () => {
    const { client, emulator } = await start();
    await client.post(users, group({ description: "people" }));
    const fields = { roles: [{ databaseName: "admin", roleName: "root" }], note: "by hand" };
    const username = `${IDP}/dba`;
    emulator.edit({ edit: "update-database-user", projectId: project, username, fields, unset: ["description"] });
    const { json } = await client.get(at(username));
    expect(json).toMatchObject(fields);
    expect(json.description).toBeUndefined();
  });

  test("mean the user of one database, where it is named", async () => {
    const { client, emulator } = await start();
    const username = `${IDP}/x`;
    await client.post(users, group({ username }));
    await client.post(users, person({ username }));
    emulator.edit({ edit: "remove-database-user", projectId: project, username, databaseName: "admin" });
    expect(emulator.world().atlas.databaseUsers.map(({ databaseName }) => databaseName)).toEqual(["$external"]);
    expect(() =>
      emulator.edit({ edit: "update-database-user", projectId: project, username, databaseName: "admin" }),
    ).toThrow(username);
  });
});

test("refuses a body that nests 5,000 levels deep", async () => {
  const { client } = await start();
  const answer = await client.post(users, `{"labels":${"[".repeat(5_000)}${"]".repeat(5_000)}}`);
  expect(answer.status).toBe(400);
  expect(answer.json.errorCode).toBe("MALFORMED_JSON");
});

test("says of certificates that they are not emulated", async () => {
  const { client } = await start();
  const answer = await client.get(`${users}/ada/certs`);
  expect(answer.status).toBe(501);
  expect(answer.json.detail).toBe(`The emulator does not emulate GET /api/atlas/v2${users}/ada/certs.`);
});
