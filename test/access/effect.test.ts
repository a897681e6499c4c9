import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AccessResource, accessEffect, programResources, resourceRows } from "../../provider/access/resources.ts";
import type { Declaration } from "../../provider/rules/index.ts";
import { programConfig } from "../../provider/tokens/index.ts";
import { judge } from "../../provider/tokens/judge.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import "../support/draws.ts";
import { FEDERATION, IDP, ORG, OTHER_ORG, PROJECT } from "../support/ids.ts";

const ENTRA = {
  federationSettingsId: FEDERATION,
  identityProviderId: IDP,
  configurationName: "corp",
  idpType: "WORKFORCE",
  authorizationType: "GROUP",
};
const LOCAL = { projectId: PROJECT, configurationName: "corp", idpType: "WORKLOAD", authorizationType: "USER" };

let addresses = 0;
const resource = (kind: AccessResource["kind"], values: object, more: Partial<AccessResource> = {}): AccessResource => {
  addresses += 1;
  return { kind, name: `${kind}${addresses}`, values: { ...values }, addresses: [`urn:${addresses}`], ...more };
};
const group = (who: unknown, roles: unknown, more: object = {}) =>
  resource("OidcRole", { projectId: PROJECT, identityProvider: ENTRA, group: who, roles, ...more });
const user = (who: unknown, roles: unknown, more: object = {}) =>
  resource("FederatedUser", { identityProvider: LOCAL, principal: who, roles, ...more });
const role = (roleName: string, actions: readonly string[], roles: readonly string[] = []) =>
  resource("DatabaseRole", {
    projectId: PROJECT,
    roleName,
    privileges: [{ resource: { database: "app", collection: "" }, actions }],
    roles,
  });
const connection = (orgId: string) => resource("OrgConnection", { orgId, identityProvider: ENTRA });

const summary = (before: readonly AccessResource[], after: readonly AccessResource[]) =>
  accessEffect(before, after).rows.map(({ effect, kind, who, differences }) => [effect, kind, who, ...differences]);

describe("the effect on access", () => {
  test("lists grants that come, go and change, on both control planes", () => {
    expect(summary([group("a", ["read@app"])], [user("ada", ["read@app"])])).toEqual([
      ["gains", "program", "ada", "+ read@app"],
      ["loses", "group", "a", "- read@app"],
    ]);
    expect(summary([group("a", ["read@app"])], [group("a", ["read@app", "read@shop"])])).toEqual([
      ["gains", "group", "a", "+ read@shop"],
    ]);
    expect(summary([group("a", ["read@app"])], [group("a", ["read@shop"])])).toEqual([
      ["changes", "group", "a", "+ read@shop", "- read@app"],
    ]);
    expect(
      summary(
        [user("ada", ["read@app"])],
        [user("ada", ["read@app"], { authenticationRestrictions: [{ clientSource: ["10.0.0.0/8"] }] })],
      ),
    ).toEqual([["changes", "program", "ada", "restrictions: none -> from 10.0.0.0/8"]]);
  });

  test("is empty for a renamed resource, for other spellings of a role, and for an adopted object", () => {
    expect(summary([group("a", ["read@app"])], [group("a", [{ role: "read", database: "app" }])])).toEqual([]);
    const adopted = { ...group("a", ["read@app", "reader"]), isAdopted: true };
    expect(summary([], [adopted])).toEqual([]);
    expect(
      summary([group("a", ["reader"])], [group("a", ["reader"]), { ...role("reader", ["find"]), isAdopted: true }]),
    ).toEqual([]);
  });

  test("shows a wider role at everybody who inherits it", () => {
    const grants = [group("a", ["reader"]), group("b", ["lead"]), group("c", ["read@app"])];
    const before = [...grants, role("reader", ["find"]), role("lead", ["insert"], ["reader"])];
    const after = [...grants, role("reader", ["find", "remove"]), role("lead", ["insert"], ["reader"])];
    expect(summary(before, after)).toEqual([
      ["gains", "group", "a", "+ remove on app (reader@admin)"],
      ["gains", "group", "b", "+ remove on app (reader@admin)"],
    ]);
    expect(summary(after, before).map(([effect]) => effect)).toEqual(["loses", "loses"]);
  });

  test("takes access from all groups when the last connection of their identity provider goes", () => {
    const grants = [group("a", ["read@app"])];
    expect(summary([...grants, connection(ORG)], grants)).toEqual([["loses", "group", "a", "- can log in"]]);
    const aside = accessEffect([...grants, connection(ORG), connection(OTHER_ORG)], [...grants, connection(ORG)]);
    expect(aside.rows).toEqual([]);
    expect(aside.unknown).toEqual([expect.stringContaining(OTHER_ORG)]);
    // Another stack connects the identity provider.
    expect(summary(grants, grants)).toEqual([]);
  });

  test("joins a new identity provider to its grants, and a known one to its id", () => {
    const declared = resource("IdentityProvider", { ...ENTRA, identityProviderId: undefined });
    const grant = (who: string) =>
      resource("OidcRole", { projectId: PROJECT, group: who, roles: ["read@app"] }, { identityProvider: declared });
    expect(accessEffect([], [declared, grant("a")]).rows).toEqual([
      expect.objectContaining({ effect: "gains", who: "a", through: "corp" }),
    ]);
    expect(summary([resource("IdentityProvider", ENTRA), group("a", ["read@app"])], [declared, grant("a")])).toEqual(
      [],
    );
  });

  test("counts no unknown value as a loss, and names its declaration", () => {
    const recorded = group("a", ["read@app"]);
    const open = { ...group(UNKNOWN, ["read@app"]), addresses: recorded.addresses ?? [] };
    const effect = accessEffect([recorded], [open, group("b", [UNKNOWN, "read@app"])]);
    expect(effect.rows.map(({ who }) => who)).toEqual(["b"]);
    expect(effect.unknown).toEqual([`OidcRole "${open.name}"`, expect.stringMatching(/^roles of OidcRole/)]);
  });

  test("puts names beside ids of groups and projects", () => {
    const names = new Map([
      ["a", "DBA"],
      [PROJECT, "billing"],
    ]);
    expect(accessEffect([], [group("a", ["read@app"])], { names }).rows).toEqual([
      expect.objectContaining({ who: "a", name: "DBA", project: "billing", roles: ["read@app"] }),
    ]);
  });
});

const ROLES = ["r0", "r1", "r2", "r3"];
const builtIn = fc.constantFrom("read@app", "readWrite@shop", "dbOwner@app", "clusterMonitor@admin");
const roles = fc.uniqueArray(fc.oneof(builtIn, fc.constantFrom(...ROLES.map((name) => `${name}@admin`))), {
  maxLength: 4,
});
const GROUPS = ["a", "b", "c", "corp/team"];
const program = fc
  .record({
    groups: fc.array(roles, { minLength: GROUPS.length, maxLength: GROUPS.length }),
    // Some roles are not declared, and circles of inheritance occur.
    declared: fc.array(fc.record({ roles, actions: fc.subarray(["find", "insert", "remove"], { minLength: 1 }) }), {
      maxLength: ROLES.length,
    }),
  })
  .map(({ groups, declared }) => {
    const at = (kind: Declaration["kind"], name: string, inputs: object, provider?: Declaration): Declaration => ({
      kind,
      name,
      inputs: { ...inputs },
      location: { file: "index.ts", line: 1, column: 1, label: `${kind} "${name}"` },
      ...(provider === undefined ? {} : { identityProvider: provider }),
    });
    const provider = at("IdentityProvider", "staff", {
      ...ENTRA,
      identityProviderId: undefined,
      issuerUri: "https://idp.example.com",
      audience: "corp",
      clientId: "mongodb",
    });
    return {
      declarations: [
        provider,
        ...groups.map((given, index) =>
          at("OidcRole", `g${index}`, { projectId: PROJECT, group: GROUPS[index], roles: given }, provider),
        ),
        ...declared.map(({ roles: inherited, actions }, index) =>
          at("DatabaseRole", ROLES[index] ?? "", {
            projectId: PROJECT,
            roleName: ROLES[index],
            roles: inherited,
            privileges: [{ resource: { database: "app", collection: "" }, actions }],
          }),
        ),
      ],
    };
  });

test("agrees with the verdicts on tokens: the same roles and privileges for the same groups", async () => {
  await fc.assert(
    fc.asyncProperty(program, fc.subarray(GROUPS), async (declared, groups) => {
      const { config } = programConfig(declared);
      const claims = { iss: "https://idp.example.com", aud: "corp", sub: "ada", groups, iat: 1, exp: 2 };
      const { login } = await judge({ claims }, { ...(config && { config }) });
      expect(login).toBeDefined();
      const rows = resourceRows(programResources(declared)).filter(({ who }) => groups.includes(who.id));
      const privilegesOf = (role: string, allows: readonly { resource: unknown; actions: readonly string[] }[]) =>
        allows.flatMap(({ resource: where, actions }) =>
          actions.map((action) => JSON.stringify([role, where, action])),
        );
      const predicted = (login?.effective ?? []).flatMap(({ role, allows }) => [role, ...privilegesOf(role, allows)]);
      const reported = rows.flatMap((row) =>
        row.roles.flatMap(({ role, privileges }) => [role, ...privilegesOf(role, privileges)]),
      );
      expect(new Set(reported)).toEqual(new Set(predicted));
    }),
  );
});
