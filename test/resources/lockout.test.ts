import { describe, expect, test } from "vitest";
import type { Seed } from "../../provider/emulator/index.ts";
import type { Props } from "../../provider/resources/definition.ts";
import { identityProvider } from "../../provider/resources/identity-provider.ts";
import { orgConnection } from "../../provider/resources/org-connection.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import { providers, seed } from "../control-planes/atlas/harness.ts";
import { FEDERATION, IDP, ORG, OTHER_ORG, OTHER_PROJECT, PROJECT } from "../support/ids.ts";
import { type Bench, bench, changed, preview, RELATED, type State, same, up, update, workforce } from "./harness.ts";

const writes = (requests: string[]) => requests.filter((request) => !request.startsWith("GET"));

const withProjects: Seed = {
  ...seed,
  organizations: [
    {
      id: ORG,
      name: "Platform",
      projects: [
        { id: PROJECT, name: "billing" },
        { id: OTHER_PROJECT, name: "orders" },
      ],
    },
    { id: OTHER_ORG, name: "Payments" },
  ],
};

interface Scene extends Bench {
  readonly id: string;
  readonly state: State;
  readonly connection: State;
  readonly referenceTo: (state: State) => Props;
  grant(who: string, projectId?: string): void;
}

/** A provider that is connected to an organization of two projects. */
async function scene(program: Props = workforce): Promise<Scene> {
  const world = await bench({ seed: withProjects });
  const referenceTo = ({ outputs }: State) => {
    const { federationSettingsId, identityProviderId, configurationName, idpType, authorizationType } = outputs;
    return { federationSettingsId, identityProviderId, configurationName, idpType, authorizationType };
  };
  const state = await up(identityProvider, world.run(), program);
  const connection = await up(orgConnection, world.run(), { orgId: ORG, identityProvider: referenceTo(state) });
  const id = String(state.outputs.identityProviderId);
  world.requests();
  return {
    ...world,
    id,
    state,
    connection,
    referenceTo,
    grant(who, projectId = PROJECT) {
      const oidcAuthType = program.authorizationType === "USER" ? "USER" : "IDP_GROUP";
      world.emulator.edit({
        edit: "add-database-user",
        projectId,
        user: { username: `${id}/${who}`, oidcAuthType, roles: [{ roleName: "read", databaseName: "app" }] },
      });
    },
  };
}

describe("FED224: a change in place after which tokens no longer get in", () => {
  const byUser = { ...workforce, authorizationType: "USER" };
  const cases: [string, Props, Props, boolean][] = [
    ["issuerUri", workforce, { issuerUri: "https://new.example.com" }, true],
    ["audience", workforce, { audience: "api://new" }, true],
    ["authorizationType", workforce, { authorizationType: "USER" }, true],
    ["groupsClaim with GROUP", workforce, { groupsClaim: "roles" }, true],
    ["userClaim with USER", byUser, { userClaim: "oid" }, true],
    ["userClaim with GROUP", workforce, { userClaim: "oid" }, false],
    ["configurationName", workforce, { configurationName: "corp-2" }, false],
    ["description", workforce, { description: "others" }, false],
    ["clientId", workforce, { clientId: "client-2" }, false],
    ["requestedScopes", workforce, { requestedScopes: [] }, false],
    ["associatedDomains", workforce, { associatedDomains: [] }, false],
  ];
  test.each(cases)("%s", async (_name, program, change, refused) => {
    const { run, state, grant, requests } = await scene(program);
    grant("dba");
    const news = { ...program, ...change };
    if (!refused) {
      expect(await preview(identityProvider, run(), state, news)).toEqual(changed);
      // The guard costs nothing where it is not needed.
      expect(requests().filter((request) => /groups|databaseUsers/.test(request))).toEqual([]);
      return;
    }
    await expect(preview(identityProvider, run(), state, news)).rejects.toThrow(
      /FED224 locked-out: changing .* would lock out one principal: dba \(billing\)/,
    );
    await expect(update(identityProvider, run(), state, news)).rejects.toThrow("FED224");
    expect(writes(requests())).toEqual([]);
    // Allowed, it goes through.
    const allowed = { ...news, allowLockout: true };
    expect(await preview(identityProvider, run(), state, allowed)).toEqual(changed);
    await update(identityProvider, run(), state, allowed);
  });

  test("concerns nobody where nobody carries the prefix, and nobody in organizations that are not connected", async () => {
    const { run, state, emulator } = await scene();
    const user = { username: `${IDP}/dba`, oidcAuthType: "IDP_GROUP" as const };
    emulator.edit({ edit: "add-database-user", projectId: PROJECT, user });
    expect(await preview(identityProvider, run(), state, { ...workforce, audience: "new" })).toEqual(changed);
  });

  test("names ten of those concerned, and counts each once", async () => {
    const { run, state, grant, requests } = await scene();
    for (let number = 1; number <= 12; number++) grant(`group-${number}`);
    grant("group-1", OTHER_PROJECT);
    requests();
    const error = await preview(identityProvider, run(), state, { ...workforce, audience: "new" }).catch(String);
    expect(error).toContain("12 principals");
    expect(error).toContain("group-1 (billing, orders), group-2 (billing)");
    expect(error).toContain("group-10 (billing) and 2 more");
    expect(error).not.toContain("group-11");
    expect(requests().filter((request) => request.includes("databaseUsers"))).toHaveLength(2);
  });

  test("reports parts that the credentials cannot read, and counts them as empty", async () => {
    const { run, state, grant, fault } = await scene();
    grant("dba");
    fault("GET", `${PROJECT}/databaseUsers`, { kind: "status", status: 403 });
    const process = run();
    expect(await preview(identityProvider, process, state, { ...workforce, audience: "new" })).toEqual(changed);
    expect(process.told.join("\n")).toMatch(
      /^warning .*not known for all\n +not read: the database users of project billing \(HTTP 403/,
    );
  });

  test("fails if a part cannot be read for another reason", async () => {
    const { run, state, fault } = await scene();
    fault("GET", "databaseUsers", { kind: "login-page" });
    await expect(preview(identityProvider, run(), state, { ...workforce, audience: "new" })).rejects.toThrow(
      /proxy|login/,
    );
  });

  test("putting drift back is no such change: whom it shuts out, drift has let in", async () => {
    const { run, state, grant, emulator, id } = await scene();
    grant("dba");
    emulator.edit({ edit: "update-identity-provider", id, fields: { audience: "api://old" } });
    expect(await preview(identityProvider, run(), state, workforce)).toEqual(changed);
    await update(identityProvider, run(), state, workforce);
  });

  test("checks values unknown in the preview at up", async () => {
    const { run, state, grant } = await scene();
    grant("dba");
    expect(await preview(identityProvider, run(), state, { ...workforce, audience: UNKNOWN })).toEqual(changed);
  });

  test("an adoption that overwrites is one too", async () => {
    const { run, grant } = await scene();
    grant("dba");
    const program = { ...workforce, groupsClaim: "roles", adopt: "overwrite" };
    expect((await identityProvider.check(run(), {}, program)).findings).toMatchObject([{ code: "FED224" }]);
    const allowed = await identityProvider.check(run(), {}, { ...program, allowLockout: true });
    expect(allowed.findings).toEqual([]);
  });
});

describe("FED224: an end of the connection", () => {
  test("a swap is refused in the preview and by up", async () => {
    const { run, connection, referenceTo, grant, requests } = await scene();
    grant("dba");
    const other = await up(identityProvider, run(), { ...workforce, audience: "other", configurationName: "other" });
    const program = { orgId: ORG, identityProvider: referenceTo(other) };
    requests();
    await expect(preview(orgConnection, run(), connection, program)).rejects.toThrow(/FED224.*dba \(billing\)/);
    await expect(update(orgConnection, run(), connection, program)).rejects.toThrow("FED224");
    expect(writes(requests())).toEqual([]);
    const allowed = { ...program, allowLockout: true };
    expect(await preview(orgConnection, run(), connection, allowed)).toEqual(changed);
    const next = await update(orgConnection, run(), connection, allowed);
    expect(next.outputs).toMatchObject({ allowLockout: true, identityProvider: referenceTo(other) });
  });

  test("a disconnection goes by what is recorded; allowLockout alone is recorded without a write", async () => {
    const { run, state, connection, referenceTo, grant, requests } = await scene();
    grant("dba");
    await expect(orgConnection.delete(run(), connection.id, connection.outputs)).rejects.toThrow(
      /FED224.*disconnecting.*Platform.*dba \(billing\)/,
    );
    const program = { orgId: ORG, identityProvider: referenceTo(state), allowLockout: true };
    expect(await preview(orgConnection, run(), connection, program)).toEqual(changed);
    const next = await update(orgConnection, run(), connection, program);
    expect(writes(requests())).toEqual([]);
    expect(await preview(orgConnection, run(), next, program)).toEqual(same);
    expect(await preview(orgConnection, run(), next, { ...program, allowLockout: undefined })).toEqual(changed);
    await orgConnection.delete(run(), next.id, next.outputs);
  });

  test("a deletion does not call a principal foreign that the program may declare", async () => {
    const { run, state, connection, grant, plane, id } = await scene();
    grant("dba");
    const refused = async (deletion: Promise<void>) => {
      const text = String(await deletion.catch((error: Error) => error.message));
      expect(text).toContain("would lock out one principal: dba (billing)");
      expect(text).toContain("The list may include principals that the program declares.");
    };
    await refused(orgConnection.delete(run(), connection.id, connection.outputs));
    await plane.connections.change(FEDERATION, ORG, { remove: id });
    await refused(identityProvider.delete(run(), state.id, state.outputs));
  });

  test("a replaced connection is deleted although the program grants access through it, as its preview accepts", async () => {
    const { run, state, connection, referenceTo, grant } = await scene();
    grant("dba");
    const ours = { projectId: PROJECT, by: "GROUP", who: "dba" };
    const program = { orgId: OTHER_ORG, identityProvider: referenceTo(state), [RELATED]: { principals: [ours] } };
    const process = run();
    expect(await preview(orgConnection, process, connection, program)).toMatchObject({ replaces: ["orgId"] });
    await orgConnection.delete(process, connection.id, connection.outputs);
  });

  test("ignores principals of the program itself, and counts all others", async () => {
    const { run, state, connection, referenceTo, grant } = await scene();
    grant("dba");
    grant("dba", OTHER_PROJECT);
    const around = (...principals: object[]) => ({ [RELATED]: { principals } });
    const program = { orgId: OTHER_ORG, identityProvider: referenceTo(state) };
    const ours = { projectId: PROJECT, by: "GROUP", who: "dba" };
    await expect(preview(orgConnection, run(), connection, { ...program, ...around(ours) })).rejects.toThrow(
      /one principal that this stack does not manage: dba \(orders\)/,
    );
    const both = around(ours, { ...ours, projectId: OTHER_PROJECT });
    expect(await preview(orgConnection, run(), connection, { ...program, ...both })).toMatchObject({
      replaces: ["orgId"],
    });
    const { clientId: _, requestedScopes: __, associatedDomains: ___, ...programs } = workforce;
    const news = { ...programs, idpType: "WORKLOAD", audience: "other" };
    await expect(preview(identityProvider, run(), state, { ...news, ...around(ours) })).rejects.toThrow("dba (orders)");
    expect(await preview(identityProvider, run(), state, { ...news, ...both })).toMatchObject({
      replaces: ["idpType"],
    });
  });

  test("another organization is a disconnection, known in the preview, and allowed by the program of that run", async () => {
    const { run, state, connection, referenceTo, grant } = await scene();
    grant("dba");
    const program = { orgId: OTHER_ORG, identityProvider: referenceTo(state) };
    await expect(preview(orgConnection, run(), connection, program)).rejects.toThrow("FED224");
    const process = run();
    expect(await preview(orgConnection, process, connection, { ...program, allowLockout: true })).toMatchObject({
      replaces: ["orgId"],
    });
    await orgConnection.delete(process, connection.id, connection.outputs);
  });

  test("a provider is not deleted while anybody carries its prefix, connected or not", async () => {
    const { run, plane, state, grant, requests, id } = await scene();
    grant("dba");
    await plane.connections.change(FEDERATION, ORG, { remove: id });
    requests();
    await expect(identityProvider.delete(run(), state.id, state.outputs)).rejects.toThrow(/FED224.*deleting.*dba/);
    expect(writes(requests())).toEqual([]);
    const program = { ...workforce, allowLockout: true };
    expect(await preview(identityProvider, run(), state, program)).toEqual(changed);
    const next = await update(identityProvider, run(), state, program);
    expect(writes(requests())).toEqual([]);
    expect(await preview(identityProvider, run(), next, program)).toEqual(same);
    await identityProvider.delete(run(), next.id, next.outputs);
    expect(writes(requests())).toEqual([`DELETE ${providers}/${id}`]);
  });

  test("a replacement of the provider is refused in the preview", async () => {
    const { run, state, grant } = await scene();
    grant("dba");
    const { clientId: _, requestedScopes: __, associatedDomains: ___, ...programs } = workforce;
    const news = { ...programs, idpType: "WORKLOAD", audience: "other" };
    await expect(preview(identityProvider, run(), state, news)).rejects.toThrow("FED224");
    const process = run();
    expect(await preview(identityProvider, process, state, { ...news, allowLockout: true })).toMatchObject({
      replaces: ["idpType"],
    });
  });
});
