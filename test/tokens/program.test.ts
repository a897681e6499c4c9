import { describe, expect, test } from "vitest";
import type { Declaration } from "../../provider/rules/index.ts";
import { judgeCheck, programConfig, type Scope, type TokenMaterial, tokenLine } from "../../provider/tokens/index.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import { apps, databaseRole, declare, group, projectId, reference, staff, user } from "../rules/declarations.ts";
import { IDP, OTHER_IDP, OTHER_PROJECT } from "../support/ids.ts";

const configOf = (declarations: readonly Declaration[], scope?: Scope) => programConfig({ declarations }, scope);

describe("a program as a server would be set up by it", () => {
  test("has its providers by the names that users know, with the access through each", () => {
    const [people, programs] = [staff(), apps({ configurationName: "hooks" })];
    const { config, unknown, references } = configOf([
      people,
      group(people, { deleteAfterDate: "2027-01-01T00:00:00Z" }),
      programs,
      user(programs, { principal: "hook" }),
      databaseRole("orders", { roles: ["read@billing"] }),
    ]);
    expect({ unknown, references }).toEqual({ unknown: [], references: [] });
    expect(config).toMatchObject({
      identityProviders: [
        { name: "corp", idpType: "WORKFORCE", userClaim: "sub", groupsClaim: "groups" },
        { name: "hooks", idpType: "WORKLOAD", authorizationType: "USER" },
      ],
      groups: [
        {
          identityProvider: "corp",
          group: "dba",
          projectId,
          roles: ["readWrite@app"],
          deleteAfterDate: "2027-01-01T00:00:00Z",
        },
      ],
      users: [{ identityProvider: "hooks", principal: "hook" }],
      databaseRoles: [{ roleName: "orders", database: "admin", projectId, roles: ["read@billing"] }],
    });
    // The id is not known before the provider exists.
    expect(config?.identityProviders[0]).not.toHaveProperty("prefix");
  });

  test("tells providers of one name apart", () => {
    const { config } = configOf([staff(), apps()]);
    const names = config?.identityProviders.map(({ name }) => name) ?? [];
    expect(new Set(names).size).toBe(2);
    expect(names.join()).toContain("staff");
  });

  test("finds a provider by its resource's name, by its configuration name, or by a reference to it", () => {
    const { nameOf } = configOf([staff()]);
    expect(["staff", "corp", "reference of corp", "reference of staff", "nobody"].map(nameOf)).toEqual([
      "corp",
      "corp",
      "corp",
      undefined,
      undefined,
    ]);
  });

  test("is narrowed down to some providers, or to some access", () => {
    const [people, programs] = [staff(), apps({ configurationName: "hooks" })];
    const all = [people, group(people), programs, user(programs)];
    const some = configOf(all, { identityProviders: ["staff"] }).config;
    expect(some).toMatchObject({ identityProviders: [{ name: "corp" }], groups: [{}], users: [] });
    expect(some?.identityProviders).toHaveLength(1);
    const access = configOf(all, { access: ["FederatedUser user"] }).config;
    expect(access).toMatchObject({ identityProviders: [{}, {}], groups: [], users: [{}] });
  });

  test("names what is not known, and has no configuration then", () => {
    const people = staff({ audience: UNKNOWN });
    const all = [people, group(people, { group: UNKNOWN }), databaseRole("a", { roles: [UNKNOWN] }), user(UNKNOWN)];
    const { config, unknown } = configOf(all);
    expect(config).toBeUndefined();
    expect(unknown).toEqual([
      'identityProvider of FederatedUser "user"',
      'audience of IdentityProvider "staff"',
      'group of OidcRole "group"',
      'roles of DatabaseRole "a"',
    ]);
    expect(configOf(all, { identityProviders: ["nobody"], access: [] }).unknown).toEqual(['roles of DatabaseRole "a"']);
  });

  test("does without projects while their ids are unknown, unless roles of one name need them", () => {
    const people = staff();
    const unknown = { projectId: UNKNOWN };
    const one = configOf([people, group(people, unknown), databaseRole("orders")]);
    expect(one).toMatchObject({ unknown: [], projects: false });
    expect(one.config?.groups[0]).not.toHaveProperty("projectId");
    expect(one.config?.databaseRoles[0]).not.toHaveProperty("projectId");
    const two = configOf([people, databaseRole("orders"), databaseRole("orders", unknown)]);
    expect(two.unknown).toEqual(['projectId of DatabaseRole "orders"']);
  });

  test("knows of a mere reference no issuer and no audience, unless the program makes that provider itself", () => {
    const { references, only, config } = configOf([group(reference()), group(reference(), { group: "dev" })]);
    expect({ references, only }).toEqual({ references: ["corp"], only: "corp" });
    expect(config?.groups.map(({ identityProvider, group }) => [identityProvider, group])).toEqual([
      ["corp", "dba"],
      ["corp", "dev"],
    ]);
    expect(config?.identityProviders).toMatchObject([
      {
        prefix: IDP,
        issuerUri: "<issuer of corp>",
        audience: "<audience of corp>",
        authorizationType: "GROUP",
      },
    ]);
    expect(configOf([staff(), group(reference())])).toMatchObject({ references: [], config: { groups: [{}] } });
    expect(configOf([staff(), group(reference({ configurationName: "theirs" }))])).toMatchObject({
      references: ["theirs"],
      only: "corp",
    });
    expect(configOf([group(reference())], { identityProviders: ["reference of other"] }).references).toEqual([]);
  });

  test("takes privileges and restrictions of groups, and waits for no domain", () => {
    const privileges = [{ resource: { database: "app", collection: "orders" }, actions: ["find"] }];
    const authenticationRestrictions = [{ clientSource: ["10.0.0.0/8"] }];
    const people = staff({ associatedDomains: [UNKNOWN] });
    const { config, unknown } = configOf([people, group(people, { privileges, authenticationRestrictions })]);
    expect(unknown).toEqual([]);
    expect(config).toMatchObject({
      identityProviders: [{ associatedDomains: [] }],
      groups: [{ privileges, authenticationRestrictions }],
    });
    expect(configOf([people, group(people, { privileges: UNKNOWN })]).unknown).toEqual([
      'privileges of OidcRole "group"',
    ]);
  });

  test("of Cloud Manager, has the configuration name as prefix, and the project of the provider", () => {
    const people = staff({ federationSettingsId: undefined, projectId });
    const without = { projectId: undefined };
    expect(configOf([people, group(people, without), databaseRole("orders")]).config).toMatchObject({
      identityProviders: [{ name: "corp", prefix: "corp" }],
      groups: [{ projectId }],
      databaseRoles: [{ projectId }],
    });
    const unknown = staff({ federationSettingsId: undefined, projectId: UNKNOWN });
    expect(configOf([unknown, group(unknown, without)])).toMatchObject({
      projects: false,
      config: { identityProviders: [{ prefix: "corp" }], groups: [{ group: "dba" }] },
    });
    const projects = [projectId, OTHER_PROJECT, UNKNOWN];
    const twice = projects.flatMap((project, index) => {
      const made = staff({ federationSettingsId: undefined, projectId: project });
      return [made, group(made, { ...without, group: `g${index}` })];
    });
    expect(configOf(twice).config?.identityProviders.map(({ prefix, projectId }) => [prefix, projectId])).toEqual([
      ["corp", projectId],
      ["corp", OTHER_PROJECT],
      ["corp", expect.stringContaining("<project of corp")],
    ]);
    const theirs = { projectId, configurationName: "theirs", idpType: "WORKFORCE", authorizationType: "GROUP" };
    expect(configOf([group(theirs, without)]).config).toMatchObject({
      identityProviders: [{ name: "theirs", prefix: "theirs" }],
      groups: [{ projectId }],
    });
  });
});

type Specs = Record<string, Record<string, unknown>>;

function check(tokens: Specs, changes: Record<string, unknown> = {}): Declaration {
  const withDigests = Object.entries(tokens).map(([title, spec]) => [title, { claims: "sha256:0", ...spec }]);
  return declare("TokenCheck", "gets in", { tokens: Object.fromEntries(withDigests), ...changes });
}

const claims = (...values: (Record<string, unknown> | string)[]): Record<string, TokenMaterial> =>
  Object.fromEntries(
    values.map((value, index) => [`t${index}`, { claims: typeof value === "string" ? value : JSON.stringify(value) }]),
  );

describe("a check of tokens", () => {
  const people = staff();
  const program = { declarations: [people, group(people)] };
  const dba = { sub: "ada", groups: ["dba"] };

  test("judges each against the program, with what is expected of it", async () => {
    const specs: Specs = {
      t0: { expect: { accepted: "staff", roles: ["readWrite@app"] } },
      t1: { expect: { accepted: "staff", roles: ["readWrite@app"] } },
      t2: { expect: { refused: true } },
    };
    const verdict = await judgeCheck(program, check(specs), claims(dba, { sub: "eve", groups: ["dbas"] }, "{"));
    expect(verdict.unmet).toMatchObject([
      { code: "FED150", path: ["tokens", "t1"], message: expect.stringContaining("none") },
    ]);
    expect(tokenLine("TokenCheck", verdict)).toBe(
      "tokens   2 of 3 as expected (TokenCheck); signature not checked of 3",
    );
  });

  test("takes claims for those of the provider that is named, where there are several", async () => {
    const hooks = apps({ configurationName: "hooks", audience: "hooks" });
    const both = { declarations: [people, group(people), hooks, user(hooks)] };
    const specs: Specs = {
      t0: { expect: { accepted: "hooks" } },
      t1: { identityProvider: "apps", expect: { refused: "FED207" } },
      t2: { expect: { refused: true } },
    };
    expect(
      (await judgeCheck(both, check(specs), claims({ sub: "ada" }, { sub: "eve" }, { sub: "ada" }))).unmet,
    ).toEqual([]);
  });

  test("goes by the server's version, the address and the project of a token", async () => {
    const two = { aud: ["mongodb", "other"], ...dba };
    const specs: Specs = {
      t0: { serverVersion: "7.0.5", expect: { refused: true } },
      t1: { serverVersion: "8.0", expect: { refused: "FED106" } },
      t2: { projectId: "0".repeat(24), expect: { accepted: true, roles: [] } },
    };
    const { unmet } = await judgeCheck(program, check(specs), claims(two, two, dba));
    expect(unmet.map(({ path }) => path)).toEqual([["tokens", "t0"]]);
  });

  test("judges nothing before all of it is known, and says what is missing", async () => {
    const spec = { expect: { accepted: "staff" } };
    const unknownOf = async (declaration: Declaration, materials: Record<string, TokenMaterial>, of = program) =>
      (await judgeCheck(of, declaration, materials)).unknown;
    expect(await unknownOf(check({ t0: spec }), { t0: { claims: UNKNOWN } })).toEqual(['claims of "t0"']);
    expect(await unknownOf(check({ t0: { expect: { principal: UNKNOWN } } }), claims(dba))).toEqual(['expect of "t0"']);
    expect(await unknownOf(check({ t0: spec }, { access: [UNKNOWN] }), claims(dba))).toEqual([
      'access of TokenCheck "gets in"',
    ]);
    const unknown = { declarations: [staff({ issuerUri: UNKNOWN })] };
    const missing = ['issuerUri of IdentityProvider "staff"'];
    const verdict = await judgeCheck(unknown, check({ t0: spec }), claims(dba));
    expect(verdict).toEqual({ unknown: missing, tokens: [], unmet: [], advice: [], assumed: [], leftOut: [] });
    const inProject = { ...spec, projectId };
    const noProject = { declarations: [people, group(people, { projectId: UNKNOWN })] };
    expect(await unknownOf(check({ t0: inProject }), claims(dba), noProject)).toEqual([
      'the project that "t0" is about',
    ]);
  });

  test("judges claims that are said to be of a provider of which only a reference is here, and says what it took for granted", async () => {
    const theirs = reference({ configurationName: "theirs" });
    const users = reference({
      configurationName: "hooks",
      authorizationType: "USER",
      idpType: "WORKLOAD",
      identityProviderId: OTHER_IDP,
    });
    const other = { declarations: [group(theirs), user(users, { principal: "hook" })] };
    const specs: Specs = {
      t0: { expect: { accepted: "reference of theirs", roles: ["readWrite@app"] } },
      t1: { expect: { accepted: "reference of theirs", roles: ["readWrite@app"] } },
      t2: { expect: { accepted: "reference of hooks", principal: "hook" } },
      t3: { identityProvider: "reference of hooks", expect: { refused: "FED207" } },
    };
    const texts = claims(dba, { sub: "eve", groups: [] }, { sub: "hook" }, { sub: "eve" });
    const verdict = await judgeCheck(other, check(specs), texts);
    expect(verdict.unmet.map(({ path }) => path)).toEqual([["tokens", "t1"]]);
    expect(verdict.tokens[0]?.judgement.login?.user).toBe(`${IDP}/ada`);
    expect(verdict.leftOut).toEqual([]);
    expect(tokenLine("TokenCheck", verdict)).toContain("; of theirs, hooks only a reference is here:");
  });

  test("tells apart what projects of Cloud Manager call by the same name", async () => {
    const other = OTHER_PROJECT;
    const inProject = (name: string, project: string) => ({
      ...staff({ federationSettingsId: undefined, projectId: project }),
      name,
    });
    const [here, there] = [inProject("here", projectId), inProject("there", other)];
    const both = {
      declarations: [
        here,
        group(here, { projectId: undefined, authenticationRestrictions: [{ clientSource: ["10.0.0.0/8"] }] }),
        there,
        group(there, {
          projectId: undefined,
          roles: [],
          privileges: [{ resource: { database: "app", collection: "orders" }, actions: ["find"] }],
        }),
      ],
    };
    const specs: Specs = {
      t0: { clientAddress: "10.0.0.1", expect: { accepted: "here", roles: ["readWrite@app"] } },
      t1: { clientAddress: "11.0.0.1", projectId, expect: { refused: "FED144" } },
      t2: { expect: { accepted: "there", roles: [], can: ["find app.orders"], cannot: ["write"] } },
      t3: { projectId: other, identityProvider: "there", expect: { accepted: "here" } },
    };
    const { unmet, advice, tokens } = await judgeCheck(both, check(specs), claims(dba, dba, dba, dba));
    expect(unmet.map(({ path }) => path)).toEqual([["tokens", "t3"]]);
    expect(advice).toEqual([]);
    expect(tokens[2]?.judgement.login?.user).toBe("corp/ada");
  });

  test("advises on tokens that get in as expected, each mistake once, and not on what the check itself says", async () => {
    const list = { ...dba, aud: ["mongodb"] };
    const nobody = { sub: "eve", groups: [] };
    const specs: Specs = {
      t0: { expect: { accepted: true } },
      t1: { expect: { accepted: true } },
      t2: { expect: { accepted: true, roles: [] } },
      t3: { expect: { accepted: true } },
      t4: { expect: { refused: "FED111" } },
      t5: { expect: { accepted: true, roles: ["root@admin"] } },
    };
    const texts = claims(list, list, nobody, nobody, { aud: ["mongodb"], sub: 7 }, list);
    const { advice, unmet } = await judgeCheck(program, check(specs), texts);
    expect(advice).toMatchObject([
      {
        code: "FED106",
        severity: "warning",
        path: ["tokens", "t0"],
        message: '"t0", "t1": aud is a list, of one audience',
      },
      { code: "FED201", path: ["tokens", "t3"], locations: [{ label: 'TokenCheck "gets in"' }] },
    ]);
    expect(advice).toHaveLength(2);
    // Of a token that fares otherwise they are told as what may be the reason.
    expect(unmet).toMatchObject([{ path: ["tokens", "t5"], why: expect.stringContaining("FED106 several-audiences") }]);
  });

  test("leaves out what a provider might take of which only a reference is here, and says so", async () => {
    const mixed = { declarations: [people, group(people), group(reference({ configurationName: "theirs" }))] };
    const foreign = { iss: "https://theirs.example", ...dba };
    const specs: Specs = {
      t0: { expect: { accepted: "reference of others" } },
      t1: { expect: { accepted: true } },
      t2: { expect: { refused: true } },
      t3: { expect: { refused: "FED132" } },
      t4: { expect: { accepted: "staff" } },
      t5: { expect: { accepted: "nobody" } },
    };
    const verdict = await judgeCheck(mixed, check(specs), claims(dba, foreign, foreign, foreign, dba, dba));
    expect(verdict.leftOut).toMatchObject([
      { code: "FED152", severity: "warning", message: 'not checked: "t0", "t1", "t2"' },
    ]);
    expect(verdict.unmet.map(({ path }) => path)).toEqual([["tokens", "t5"]]);
    // Without such a provider there is nothing to be uncertain about.
    expect((await judgeCheck(program, check({ t0: { expect: { refused: true } } }), claims(foreign))).leftOut).toEqual(
      [],
    );
  });
});
