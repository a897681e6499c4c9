import { describe, expect, test } from "vitest";
import { neutralTerms } from "../../provider/terms.ts";
import { builtInRole } from "../../provider/tokens/built-in-roles.ts";
import { compare, comparisonFindings, judge, tokenTable } from "../../provider/tokens/index.ts";
import { ATLAS_BUILT_IN_ROLES } from "../../schema/roles.ts";
import type { TokenConfigInput } from "../../schema/token-config.ts";
import { tokenExpectationSchema } from "../../schema/token-expectation.ts";
import { config, issue, judged, NOW, NOW_MS, people } from "./issuer.ts";

type Expected = Record<string, unknown>;

async function compared(expected: Expected, changes: Partial<TokenConfigInput> = {}, claims: Expected = {}) {
  return compare(tokenExpectationSchema.parse(expected), await judged(issue(claims), { config: changes }));
}

const grant = (...roles: string[]): Partial<TokenConfigInput> => ({
  groups: [{ identityProvider: "corp", group: "dba", roles }],
  databaseRoles: [
    {
      roleName: "orders",
      privileges: [
        { resource: { database: "app", collection: "orders" }, actions: ["find"] },
        { resource: { database: "", collection: "logs" }, actions: ["insert"] },
        { resource: { cluster: true }, actions: ["listDatabases"] },
      ],
      roles: ["read@billing"],
    },
  ],
});

describe("compares the expected result with the predicted one", () => {
  const expired = { exp: NOW - 1 };
  const uncertain = { groups: ["/dba"] };
  const restricted: Partial<TokenConfigInput> = {
    groups: [
      { identityProvider: "corp", group: "dba", authenticationRestrictions: [{ clientSource: ["10.0.0.0/8"] }] },
    ],
  };
  test.each<[string, Expected, boolean, Partial<TokenConfigInput>?, Expected?]>([
    ["accepted, and is", { accepted: true }, true],
    ["accepted through the right provider", { accepted: "corp" }, true],
    ["accepted through another provider", { accepted: "apps" }, false],
    ["accepted, and is refused", { accepted: true }, false, {}, expired],
    ["accepted, and is uncertain", { accepted: true }, false, {}, uncertain],
    ["accepted, and is from some addresses", { accepted: true }, true, restricted],
    ["refused, and is", { refused: true }, true, {}, expired],
    ["refused with the right code", { refused: "FED108" }, true, {}, expired],
    ["refused with another code", { refused: "FED103" }, false, {}, expired],
    ["refused, and is accepted", { refused: true }, false],
    ["refused, and is uncertain", { refused: true }, false, {}, uncertain],
    ["the right principal", { principal: "ada" }, true],
    ["another principal", { principal: "eve" }, false],
    ["exactly the roles", { roles: ["readWrite@app"] }, true],
    ["a role too few", { roles: [] }, false],
    ["a role too many", { roles: ["readWrite@app", "read@app"] }, false],
    ["roles as objects", { roles: [{ role: "readWrite", database: "app" }] }, true],
    ["an inherited role among others", { rolesAtLeast: ["read@billing"] }, true, grant("orders@admin", "read@x")],
    ["a role that is not inherited", { rolesAtLeast: ["readWrite@billing"] }, false, grant("orders@admin")],
    ["nothing at all", {}, true],
  ])("%s", async (_, expected, met, changes, claims) => {
    const comparisons = await compared(expected, changes, claims);
    expect(comparisons.every((each) => each.met)).toBe(met);
  });

  test("roles of a token that is refused do not count", async () => {
    const comparisons = await compared({ roles: ["readWrite@app"] }, {}, expired);
    expect(comparisons.map(({ met }) => met)).toEqual([false, true]);
  });
});

describe("permissions", () => {
  test.each<[string, string[], string, "can" | "cannot" | "neither"]>([
    ["a role on the database", ["readWrite@app"], "insert app.orders", "can"],
    ["a role on another database", ["readWrite@other"], "insert app.orders", "cannot"],
    ["reading is not writing", ["read@app"], "write app.orders", "cannot"],
    ["reading is finding", ["read@app"], "read app.orders", "can"],
    ["writing is all three", ["readWrite@app"], "write app.orders", "can"],
    ["inserting alone is some writing, and not all of it", ["orders@admin"], "write app.logs", "neither"],
    ["a role on a collection", ["read@app.orders"], "find app.orders", "can"],
    ["a role on another collection", ["read@app.orders"], "find app.users", "cannot"],
    ["some of a database is not all of it", ["read@app.orders"], "find app", "neither"],
    ["all of a database", ["read@app"], "find app", "can"],
    ["system collections are left out", ["dbAdmin@app"], "collMod app.system.users", "cannot"],
    ["system collections that a role names", ["dbAdmin@app"], "find app.system.profile", "can"],
    ["any database", ["readAnyDatabase@admin"], "find app.orders", "can"],
    ["any database, but not config", ["readAnyDatabase@admin"], "find config.settings", "cannot"],
    ["config by another role", ["clusterMonitor@admin"], "find config.settings", "can"],
    ["the cluster", ["clusterMonitor@admin"], "serverStatus cluster", "can"],
    ["the cluster by a role on a database", ["readWrite@app"], "serverStatus cluster", "cannot"],
    ["a role that is declared", ["orders@admin"], "find app.orders", "can"],
    ["the privileges that it inherits", ["orders@admin"], "find billing.invoices", "can"],
    ["a collection of every database", ["orders@admin"], "insert x.logs", "can"],
    ["the cluster by a role that is declared", ["orders@admin"], "listDatabases cluster", "can"],
    ["an owner", ["dbOwner@app"], "createUser app", "can"],
    ["root", ["root@admin"], "dropDatabase app", "can"],
    ["an Atlas administrator", ["atlasAdmin@admin"], "write app.orders", "can"],
    ["an administrators' role on another database is none", ["readAnyDatabase@app"], "find app.orders", "neither"],
    ["a role of which nothing is known", ["mystery@admin"], "find app.orders", "neither"],
    ["a known role beside an unknown one", ["mystery@admin", "read@app"], "find app.orders", "can"],
  ])("%s: %j, %s: %s", async (_, roles, wish, answer) => {
    const [, can] = await compared({ can: [wish] }, grant(...roles));
    const [cannot] = await compared({ cannot: [wish] }, grant(...roles));
    expect({ can: can?.met, cannot: cannot?.met }).toEqual({ can: answer === "can", cannot: answer === "cannot" });
  });

  test("nothing is written anywhere", async () => {
    expect((await compared({ cannot: ["write"] }, grant("read@app")))[0]?.met).toBe(true);
    expect((await compared({ cannot: ["write"] }, grant("read@app", "readWrite@x")))[0]?.met).toBe(false);
  });

  test("privileges of the group's own role count", async () => {
    const privileges = [{ resource: { database: "app", collection: "" }, actions: ["find"] }];
    const [, can] = await compared(
      { can: ["find app.orders"] },
      { groups: [{ identityProvider: "corp", group: "dba", privileges }] },
    );
    expect(can).toMatchObject({ met: true, actual: "allowed by corp/dba" });
  });

  test("by what, is told from the role up to the grant", async () => {
    const [, can] = await compared({ can: ["find billing.x"] }, grant("orders@admin"));
    expect(can?.actual).toBe("allowed by read@billing, of orders@admin, of corp/dba");
  });

  test("who does not get in may do nothing", async () => {
    const expired = { exp: NOW - 1 };
    expect((await compared({ can: ["find app.x"] }, {}, expired)).map(({ met }) => met)).toEqual([false, false]);
    expect((await compared({ cannot: ["find app.x"] }, {}, expired)).map(({ met }) => met)).toEqual([true]);
  });
});

test("every built-in role of Atlas is known, on the databases that have it, and on no other", () => {
  for (const [role, where] of Object.entries(ATLAS_BUILT_IN_ROLES)) {
    expect(builtInRole({ role, database: "admin" }), role).toBeDefined();
    if (where === "any") expect(builtInRole({ role, database: "app" }), role).toBeDefined();
  }
  expect(builtInRole({ role: "atlasAdmin", database: "app" })).toBeUndefined();
  expect(builtInRole({ role: "constructor", database: "admin" })).toBeUndefined();
  expect(builtInRole({ role: "dbAdmin", database: "app", collection: "orders" })).toBeUndefined();
});

test("grants of another project, and grants that have expired, grant nothing", async () => {
  const deleteAfterDate = new Date(NOW_MS).toISOString();
  const databaseRoles = [{ roleName: "mine", projectId: "b", roles: ["read@mine"] }];
  const roles = ["mine@admin"];
  const groups = [
    { identityProvider: "corp", group: "dba", projectId: "a", roles },
    { identityProvider: "corp", group: "dba", projectId: "b", roles },
    { identityProvider: "corp", group: "dba", projectId: "a", roles: ["read@a"] },
    { identityProvider: "corp", group: "dba", projectId: "b", roles: ["read@b"] },
    { identityProvider: "corp", group: "dba", projectId: "a", roles: ["read@gone"], deleteAfterDate },
  ];
  const login = async (projectId?: string) =>
    (await judged(issue(), { config: { groups, databaseRoles }, ...(projectId ? { projectId } : {}) })).login;
  expect((await login("a"))?.roles).toEqual(["mine@admin", "read@a"]);
  expect((await login())?.roles).toEqual(["mine@admin", "read@a", "read@b"]);
  const effective = async (projectId: string) => (await login(projectId))?.effective.map(({ role }) => role);
  expect(await effective("a")).toEqual(["mine@admin", "read@a"]);
  expect(await effective("b")).toEqual(["mine@admin", "read@mine", "read@b"]);
});

test("an expectation that cannot be meant is refused", () => {
  const issues = (expected: Expected) =>
    tokenExpectationSchema.safeParse(expected).error?.issues.map(({ message }) => message);
  expect(issues({ accepted: true, refused: true })).toEqual(["a token is accepted or refused, not both"]);
  expect(issues({ refused: true, roles: [] })).toEqual(["a token that is refused has no roles"]);
  expect(issues({ can: ["write"] })).toEqual(['"write" says no place: add a collection, a database or cluster']);
  expect(issues({ refused: "no" })).toHaveLength(1);
});

test("claims alone are filled in as the issuer would, and have no signature", async () => {
  const judgement = await judge({ claims: { sub: "ada", groups: ["dba"] } }, { config: config(), now: NOW_MS });
  expect(judgement).toMatchObject({ outcome: "accepted", signature: "not checked", login: { user: "corp/ada" } });
  expect(judgement.notes).toEqual(["the signature was not checked: claims alone have none"]);
  const other = { ...people, name: "other", prefix: "other", audience: "other" };
  const two = config({ identityProviders: [people, other], groups: [] });
  const named = await judge(
    { claims: { sub: "ada", groups: [] } },
    { config: two, identityProvider: "other", now: NOW_MS },
  );
  expect(named.login?.user).toBe("other/ada");
  const unnamed = await judge({ claims: { sub: "ada", groups: [] } }, { config: two, now: NOW_MS });
  expect(unnamed.server.map(({ path }) => path)).toEqual(["claims.iss", "claims.aud"]);
});

describe("the moment of judgement", () => {
  const token = issue();
  const at = async (moment: Parameters<typeof judge>[1]) =>
    (await judge({ token }, { ...moment, config: config() })).outcome;
  test("a token that is kept is judged as of its issue", async () => {
    expect(await at({ now: NOW_MS * 2 })).toBe("accepted");
  });
  test("now is what it is told to be", async () => {
    expect(await at({ at: "now", now: NOW_MS })).toBe("accepted");
    expect(await at({ at: "now", now: NOW_MS + 3_600_001 })).toBe("refused");
  });
  test("a moment may be text, date or number; nonsense is told", async () => {
    const after = NOW_MS + 3_600_001;
    for (const moment of [after, new Date(after), new Date(after).toISOString()])
      expect(await at({ at: moment })).toBe("refused");
    await expect(at({ at: "soon" })).rejects.toThrow('"soon" is not a time');
  });
});

test("a table prints nothing that a terminal obeys", async () => {
  const judgement = await judged(issue({ sub: "ada\u001b[31m\u202e" }));
  expect(tokenTable([{ title: "a", judgement, comparisons: [] }], neutralTerms)).toContain(
    "corp/ada\\u001b[31m\\u{202e} with",
  );
});

test("all tokens stand in one table, each with what stops it and the fix", async () => {
  const good = await judged(issue());
  const bad = await judged(issue({ iss: "https://idp.example.com/" }));
  const expected = tokenExpectationSchema.parse({ accepted: true, can: ["find app.orders"] });
  const tokens = Object.entries({ "a DBA": good, "an intern": bad }).map(([title, judgement]) => ({
    title,
    judgement,
    comparisons: compare(expected, judgement),
  }));
  expect(tokenTable(tokens, neutralTerms)).toBe(`1 of 2 tokens as expected
  ok      a DBA      accepted as corp/ada with readWrite@app
  FAILED  an intern  the token: expected accepted, is refused for FED107
                     "find app.orders": expected allowed, is not, without a login
                     FED107 issuer-form-differs: the issuer of corp is "https://idp.example.com", in the token it is "https://idp.example.com/"
                     fix  Copy \`issuer\` from the provider's metadata document into issuerUri, character by character.`);
  expect(
    comparisonFindings("an intern", tokens[1]!.comparisons, bad).map(({ code, message }) => [code, message]),
  ).toEqual([
    ["FED150", '"an intern": the token is expected to be accepted, and is refused for FED107'],
    ["FED150", '"an intern": "find app.orders" is expected to be allowed, and is not, without a login'],
  ]);
});
