import { describe, expect, test } from "vitest";
import { type Declaration, programFindings } from "../../provider/rules/index.ts";
import { REVOKE_JWKS_BUTTON } from "../../schema/plane.ts";
import { IDP, OTHER_PROJECT, PROJECT } from "../support/ids.ts";
import { wordedAll } from "../support/worded.ts";
import { NOW } from "./case.ts";
import {
  apps,
  appsOfProject,
  connect,
  databaseRole,
  declare,
  group,
  inAtlas,
  projectReference,
  reference,
  staff,
  staffOfProject,
  user,
} from "./declarations.ts";

const findings = (...declarations: Declaration[]) => wordedAll(programFindings({ declarations, now: NOW }));
const messages = (...declarations: Declaration[]) => findings(...declarations).map(({ message }) => message);
/** Messages with what to do next. */
const advice = (...declarations: Declaration[]) => findings(...declarations).map(({ message, fix }) => [message, fix]);

test("advice about a group of Entra ID mentions description only on Atlas, which has one", () => {
  const entra = { issuerUri: "https://login.microsoftonline.com/8f1c2a54-0c1d-4e5f-8a9b-0c1d2e3f4a5b/v2.0" };
  const fixes = (provider: Declaration) =>
    findings(provider, group(provider, { group: "DBA Team" })).flatMap(({ code, fix }) =>
      code === "FED301" ? [fix] : [],
    );
  expect(fixes(staff(entra))).toEqual([expect.stringMatching(/object id of the group: .* name in description\.$/)]);
  expect(fixes(staffOfProject(entra))).toEqual([expect.not.stringContaining("description")]);
});

describe("a user through a provider that looks for groups", () => {
  test("is told in the words of whom the provider is for", () => {
    expect(findings(user(reference()))).toMatchObject([
      {
        code: "FED310",
        path: "identityProvider",
        message: "a person cannot be granted access one by one through corp",
        why: "corp authorizes by group (authorizationType GROUP), so the server never looks for a user.",
      },
    ]);
    const program = user(reference({ idpType: "WORKLOAD" }));
    expect(messages(program)).toEqual(["a program cannot be granted access one by one through corp"]);
  });

  test("names the provider by its configuration name, else as the program does", () => {
    const provider = staff({ configurationName: undefined });
    expect(messages(provider, connect("a", provider), user(provider))).toContain(
      "a person cannot be granted access one by one through staff",
    );
  });
});

test("a provider that is connected nowhere is told with its first use and the number of the others", () => {
  const provider = staff();
  const access = [1, 2, 3].map((number) => group(provider, { group: `g${number}` }));
  expect(findings(provider, ...access)).toMatchObject([
    {
      message: "access is granted through corp, which this program connects to no organization",
      locations: [provider.location, { ...access[0]?.location, note: "and 2 more" }],
    },
  ]);
  expect(findings(provider, group(provider))[0]?.locations[1]).not.toHaveProperty("note");
});

test("a circle of roles is told with who inherits whom", () => {
  const [a, b] = [databaseRole("a", { roles: ["b"] }), databaseRole("b", { roles: ["a"] })];
  expect(findings(a, b)).toMatchObject([
    {
      message: "the roles a, b inherit each other",
      locations: [
        { ...a.location, note: "inherits b" },
        { ...b.location, note: "inherits a" },
      ],
    },
  ]);
  expect(messages(databaseRole("a", { roles: ["a"] }))).toEqual(["the role a inherits itself"]);
});

describe("a role that cannot be granted", () => {
  test.each([
    ["read", "read names no database", 'Write "read@" and the database.'],
    [
      "readWriteAnyDatabase@app",
      "readWriteAnyDatabase is a role on admin alone, not on app",
      'Write "readWriteAnyDatabase@admin", or "readWrite@app" for that database alone.',
    ],
    ["backup@app", "backup is a role on admin alone, not on app", 'Write "backup@admin".'],
    [
      "readwrite@app",
      "app has no role readwrite: it is not built in, and user-defined roles live on admin",
      'Did you mean "readWrite"?',
    ],
    [
      "orders-clerk@app",
      "app has no role orders-clerk: it is not built in, and user-defined roles live on admin",
      'Write "orders-clerk@admin", and say in the DatabaseRole on which database it works.',
    ],
    ["root", "Atlas grants no role root", "Use one of Atlas's built-in roles, or a DatabaseRole."],
  ])("%s", (role, message, fix) => {
    expect(advice(group(reference(), { roles: [role] }))).toEqual([[message, fix]]);
  });
});

test("an action that Atlas does not have comes with the one that was meant, if one is near", () => {
  const withAction = (action: string) =>
    databaseRole("a", { privileges: [{ resource: { database: "app", collection: "" }, actions: [action] }] });
  expect(advice(...inAtlas(withAction("COLL_MOD")))).toEqual([
    ['Atlas has no action "COLL_MOD"', 'Did you mean "collMod"?'],
  ]);
  expect(advice(withAction("listIndex"))).toEqual([
    ['MongoDB has no action "listIndex"', 'Did you mean "listIndexes"?'],
  ]);
  expect(advice(withAction("everything"))[0]?.[1]).not.toMatch(/mean/);
});

test("a name that holds its prefix comes with the name without it", () => {
  expect(advice(group(reference(), { group: `${IDP}/dba` }))).toEqual([
    ["the group begins with the id of corp", 'Write "dba".'],
  ]);
});

test("an error inside a list names its place and the expected form", () => {
  const broken = {
    roles: [7, { role: "read" }, { role: "read", database: "app", on: 1 }],
    scopes: ["cluster0", { name: "a", type: "X" }],
    labels: [{ key: "team" }, { key: "k", value: "x".repeat(256) }],
  };
  const role = '"roles[0]" must be a role as text, "readWrite@app", or as an object, { role, database }';
  expect(messages(group(reference(), broken))).toEqual([
    role,
    role.replace("0", "1"),
    '"roles[2]" has no "on"',
    '"scopes[0]" must be an object',
    '"scopes[1].type" must be CLUSTER or DATA_LAKE or STREAM',
    'the input "labels[0].value" is missing',
    '"labels[1].value" must have at most 255 characters',
  ]);
  const privileges = [
    { resource: { cluster: true, database: "app" }, actions: ["top"] },
    { resource: { database: "app" }, actions: ["find"] },
  ];
  expect(messages(databaseRole("a", { privileges }))).toEqual([
    '"privileges[0].resource" has no "database"',
    '"privileges[1].resource" must be { database, collection } or { cluster: true }',
  ]);
  expect(messages(staff({ issuer: "x" }))).toEqual(['IdentityProvider has no input "issuer"']);
  expect(messages(declare("FederatedUser", "ada", {}))).toEqual([
    'the input "projectId" is missing',
    'the input "roles" is missing',
    'the input "principal" is missing',
    'the input "identityProvider" is missing',
  ]);
});

test("a moment that cannot be read is told apart from one that is too far ahead", () => {
  const until = (deleteAfterDate: string) => messages(group(reference(), { deleteAfterDate }));
  expect(until("tomorrow")).toEqual(["this is not an ISO 8601 time with a time zone"]);
  expect(until("2026-09-01T00:00:00Z")).toEqual(["2026-09-01T00:00:00Z is more than 7 days from now"]);
});

test("moments are judged by the clock of the machine unless the program says when", () => {
  const past = group(reference(), { deleteAfterDate: new Date(Date.now() - 60_000).toISOString() });
  expect(programFindings({ declarations: [past] }).map(({ code }) => code)).toEqual(["FED317"]);
});

test("one resource declared by two kinds of access is told for each kind", () => {
  const provider = apps();
  const twice = [user(provider), user(provider), group(reference()), group(reference())];
  expect(messages(provider, connect("a", provider), ...twice)).toEqual([
    `the principal ada of corp is granted access in project ${PROJECT} by two resources`,
    `the group dba of corp is granted access in project ${PROJECT} by two resources`,
  ]);
});

describe("in a project of Cloud Manager or Ops Manager", () => {
  test("two workforce providers are told with their names, and what to do there", () => {
    const two = [staffOfProject(), staffOfProject({ configurationName: "contractors", audience: "b" })];
    expect(findings(...two)).toMatchObject([
      {
        code: "FED203",
        message: `project ${PROJECT} would have two workforce identity providers`,
        locations: [{ note: "corp" }, { note: "contractors" }],
      },
    ]);
  });

  test("an input that is too much is told with the one that has it", () => {
    expect(advice(appsOfProject({ description: "programs" }))).toEqual([
      [
        "an identity provider has no description in Cloud Manager and Ops Manager",
        "Remove the input, or move the resource to the control plane that has it.",
      ],
    ]);
    expect(advice(group(reference(), { authenticationRestrictions: [{ clientSource: ["::1"] }] }))).toEqual([
      [
        "access has no authenticationRestrictions in Atlas",
        "Remove the input, or move the resource to the control plane that has it.",
      ],
    ]);
  });

  test("access in another project is told with both, and a revocation with where to click", () => {
    expect(messages(group(projectReference(), { projectId: OTHER_PROJECT }))).toEqual([
      `access is granted in project ${OTHER_PROJECT} through corp, which belongs to project ${PROJECT}`,
    ]);
    expect(advice(staffOfProject({ revokeJwksTrigger: "1" }))).toEqual([
      [expect.stringContaining("no API"), expect.stringContaining(REVOKE_JWKS_BUTTON)],
    ]);
  });
});
