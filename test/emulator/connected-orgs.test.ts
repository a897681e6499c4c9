import { describe, expect, test } from "vitest";
import { connectedOrgConfigListSchema, connectedOrgConfigSchema } from "../../schema/atlas.ts";
import { allProviders, emulated, workforce, workload } from "./client.ts";

const otherOrg = "b".repeat(24);

test("a fresh connection is answered to the letter as recorded", async () => {
  const { client, connection, connections, orgId } = await emulated();
  const answer = await client.get(connection);
  expect(connectedOrgConfigSchema.parse(answer.json).orgId).toBe(orgId);
  expect(answer.text).toBe(
    `{"dataAccessIdentityProviderIds":[],"domainAllowList":[],"domainRestrictionEnabled":false,"identityProviderId":null,"instantUserProvisioningDisabled":false,"orgId":"${orgId}","postAuthRoleGrants":["ORG_OWNER"],"roleMappings":[],"userConflicts":null}`,
  );
  const list = connectedOrgConfigListSchema.parse((await client.get(connections)).json);
  expect(list.results).toEqual([answer.json]);
  expect(list.totalCount).toBe(1);
});

describe("the PATCH of an organization is mixed", () => {
  test("OIDC ids are replaced whole: [] to [a] to [a, b] to [b] to []", async () => {
    const { client, connection, providers } = await emulated();
    const a = (await client.post(providers, workload())).json.id;
    const b = (await client.post(providers, workforce())).json.id;
    for (const ids of [[a], [a, b], [b], []]) {
      const answer = await client.patch(connection, { dataAccessIdentityProviderIds: ids });
      expect([answer.status, answer.json.dataAccessIdentityProviderIds]).toEqual([200, ids]);
    }
    await client.patch(connection, { dataAccessIdentityProviderIds: [a] });
    expect((await client.patch(connection, {})).json.dataAccessIdentityProviderIds).toEqual([]);
  });

  test("leaving out identityProviderId disconnects SAML, sending it along keeps it", async () => {
    const { client, connection, federationSettingsId, emulator, orgId } = await emulated();
    const fields = { protocol: "SAML", oktaIdpId: "0oa17ziag59V93JYS358" };
    const saml = emulator.edit({ edit: "add-identity-provider", federationSettingsId, fields });
    emulator.edit({ edit: "connect", orgId, identityProviderId: saml });
    const kept = await client.patch(connection, { identityProviderId: "0oa17ziag59V93JYS358" });
    expect(kept.json.identityProviderId).toBe("0oa17ziag59V93JYS358");
    expect((await client.patch(connection, { dataAccessIdentityProviderIds: [] })).json.identityProviderId).toBeNull();
  });

  test("leaving out domainRestrictionEnabled makes it false", async () => {
    const { client, connection } = await emulated();
    expect((await client.patch(connection, { domainRestrictionEnabled: true })).json.domainRestrictionEnabled).toBe(
      true,
    );
    expect((await client.patch(connection, {})).json.domainRestrictionEnabled).toBe(false);
  });

  test("everything else that is left out is kept, fields that nobody knows too", async () => {
    const { client, connection, emulator, orgId } = await emulated();
    const fields = { newField: "kept", instantUserProvisioningDisabled: true };
    emulator.edit({ edit: "update-connected-org", orgId, fields });
    await client.patch(connection, { domainAllowList: ["example.com"] });
    expect((await client.patch(connection, { domainRestrictionEnabled: true })).json).toMatchObject({
      domainAllowList: ["example.com"],
      postAuthRoleGrants: ["ORG_OWNER"],
      ...fields,
    });
  });

  test("the whole object may be sent back as it was read, role mappings aside", async () => {
    const { client, connection } = await emulated();
    const { roleMappings: _, ...read } = (await client.get(connection)).json;
    expect((await client.patch(connection, read)).json).toEqual((await client.get(connection)).json);
  });
});

describe("a PATCH of an organization is refused", () => {
  test.each([
    ["with an empty SAML id", { identityProviderId: "" }, "VALIDATION_ERROR"],
    [
      "with an OIDC id that the federation lacks",
      { dataAccessIdentityProviderIds: ["c".repeat(24)] },
      "CONNECTED_ORG_CONFIG_IDP_NOT_IN_FEDERATION",
    ],
    [
      "with a SAML id that the federation lacks",
      { identityProviderId: "0oaNobody" },
      "CONNECTED_ORG_CONFIG_IDP_NOT_IN_FEDERATION",
    ],
    ["with role mappings but no SAML, even none", { roleMappings: [] }, "VALIDATION_ERROR"],
    ["with other default roles but no SAML", { postAuthRoleGrants: ["ORG_MEMBER"] }, "VALIDATION_ERROR"],
    ["with a role that does not exist", { postAuthRoleGrants: ["ORG_KING"] }, "INVALID_ENUM_VALUE"],
    ["with an unknown attribute", { flavor: "red" }, "INVALID_ATTRIBUTE"],
    ["for another organization than that of the path", { orgId: otherOrg }, "VALIDATION_ERROR"],
  ])("%s", async (_, body, code) => {
    const { client, connection } = await emulated();
    const before = await client.get(connection);
    const answer = await client.patch(connection, body);
    expect([answer.status, answer.json.errorCode]).toEqual([400, code]);
    expect((await client.get(connection)).text).toBe(before.text);
  });

  test("with two OIDC workforce identity providers, though one and any number of workloads are fine", async () => {
    const { client, connection, providers } = await emulated();
    const people = [];
    const programs = [];
    for (let count = 0; count < 2; count++) {
      people.push((await client.post(providers, workforce())).json.id);
      programs.push((await client.post(providers, workload())).json.id);
    }
    const connect = (...ids: string[]) => client.patch(connection, { dataAccessIdentityProviderIds: ids });
    expect((await connect(people[0], ...programs)).status).toBe(200);
    expect((await connect(...people)).status).toBe(400);
    // The swap of the one for the other is a single PATCH.
    expect((await connect(people[1], ...programs)).status).toBe(200);
  });

  test("with the id of a SAML identity provider among the OIDC ones, or one id twice", async () => {
    const { client, connection, providers, federationSettingsId, emulator } = await emulated();
    const saml = emulator.edit({ edit: "add-identity-provider", federationSettingsId, fields: { protocol: "SAML" } });
    expect((await client.patch(connection, { dataAccessIdentityProviderIds: [saml] })).status).toBe(400);
    const { id } = (await client.post(providers, workload())).json;
    expect((await client.patch(connection, { dataAccessIdentityProviderIds: [id, id] })).status).toBe(400);
  });
});

test("an identity provider tells the organizations that it is connected to", async () => {
  const { client, connection, providers } = await emulated();
  const { id } = (await client.post(providers, workload())).json;
  const org = (await client.patch(connection, { dataAccessIdentityProviderIds: [id] })).json;
  expect((await client.get(`${providers}/${id}`)).json.associatedOrgs).toEqual([org]);
  expect((await client.get(providers + allProviders)).json.results[0].associatedOrgs).toEqual([org]);
});

test("an organization leaves the federation, unless it is the last one", async () => {
  const { client, connection, connections, emulator, orgId, federationSettingsId } = await emulated();
  expect((await client.delete(connection)).status).toBe(400);
  emulator.edit({ edit: "add-organization", id: otherOrg, name: "other" });
  emulator.edit({ edit: "add-connected-org", orgId: otherOrg, federationSettingsId });
  expect((await client.get(connections)).json.totalCount).toBe(2);
  expect((await client.delete(connection)).status).toBe(204);
  expect((await client.get(`/orgs/${orgId}/federationSettings`)).status).toBe(404);
});
