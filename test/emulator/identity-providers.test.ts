import { describe, expect, test } from "vitest";
import {
  identityProviderListSchema,
  identityProviderSchema,
  oidcWorkforceIdentityProviderSchema,
  oidcWorkloadIdentityProviderSchema,
  samlIdentityProviderSchema,
} from "../../schema/atlas.ts";
import { allProviders, emulated, workforce, workload } from "./client.ts";

const WORKFORCE_KEYS = [
  "associatedDomains",
  "associatedOrgs",
  "audience",
  "authorizationType",
  "clientId",
  "createdAt",
  "description",
  "displayName",
  "groupsClaim",
  "id",
  "idpType",
  "issuerUri",
  "oktaIdpId",
  "protocol",
  "requestedScopes",
  "updatedAt",
  "userClaim",
];

describe("the answers have the recorded keys, in the recorded order", () => {
  test("of a workforce identity provider", async () => {
    const { client, providers } = await emulated();
    const created = await client.post(providers, workforce({ associatedDomains: ["example.com"], description: "d" }));
    expect(created.status).toBe(200);
    expect(created.headers.get("content-type")).toBe("application/vnd.atlas.2023-11-15+json;charset=utf-8");
    expect(oidcWorkforceIdentityProviderSchema.parse(created.json)).toMatchObject({
      associatedDomains: ["example.com"],
      associatedOrgs: [],
      oktaIdpId: null,
      requestedScopes: [],
      updatedAt: null,
    });
    expect(Object.keys(created.json)).toEqual(WORKFORCE_KEYS);
    expect(created.json.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect((await client.get(`${providers}/${created.json.id}`)).json).toEqual(created.json);
  });

  test("of a workload identity provider, which lacks three of them", async () => {
    const { client, providers } = await emulated();
    const created = await client.post(providers, workload());
    expect(oidcWorkloadIdentityProviderSchema.parse(created.json).description).toBeNull();
    const lacking = ["associatedDomains", "clientId", "requestedScopes"];
    expect(Object.keys(created.json)).toEqual(WORKFORCE_KEYS.filter((key) => !lacking.includes(key)));
  });

  test("of a SAML one, and fields that nobody knows are shown too", async () => {
    const { client, providers, federationSettingsId, emulator } = await emulated();
    const id = emulator.edit({
      edit: "add-identity-provider",
      federationSettingsId,
      fields: { protocol: "SAML", displayName: "Okta", newField: { deep: [1] } },
    });
    const { json } = await client.get(`${providers}/${id}`);
    expect(samlIdentityProviderSchema.parse(json)).toMatchObject({ displayName: "Okta", newField: { deep: [1] } });
    expect(Object.keys(json).filter((key) => key !== "newField")).toEqual([
      "acsUrl",
      "associatedDomains",
      "associatedOrgs",
      "audienceUri",
      "createdAt",
      "description",
      "displayName",
      "id",
      "idpType",
      "issuerUri",
      "oktaIdpId",
      "pemFileInfo",
      "protocol",
      "requestBinding",
      "responseSignatureAlgorithm",
      "slug",
      "ssoDebugEnabled",
      "ssoUrl",
      "status",
      "updatedAt",
    ]);
  });
});

describe("the list", () => {
  test("hides OIDC and workload identity providers unless it is asked for them", async () => {
    const { client, providers, federationSettingsId, emulator } = await emulated();
    const people = (await client.post(providers, workforce())).json.id;
    const programs = (await client.post(providers, workload())).json.id;
    const saml = emulator.edit({ edit: "add-identity-provider", federationSettingsId, fields: { protocol: "SAML" } });
    const ids = async (query: string) =>
      identityProviderListSchema.parse((await client.get(providers + query)).json).results.map(({ id }) => id);
    expect(await ids("")).toEqual([saml]);
    expect(await ids("?protocol=OIDC")).toEqual([people]);
    expect(await ids("?idpType=WORKLOAD")).toEqual([]);
    expect(await ids("?protocol=OIDC&idpType=WORKLOAD")).toEqual([programs]);
    expect(await ids(allProviders)).toEqual([people, programs, saml]);
  });

  test("repeats its filters in the links, and refuses values it does not know", async () => {
    const { client, providers, emulator } = await emulated();
    const list = await client.get(`${providers}?protocol=OIDC&idpType=WORKLOAD`);
    expect(list.headers.get("content-type")).toBe("application/vnd.atlas.2023-01-01+json;charset=utf-8");
    expect(list.json.links[0].href).toBe(
      `${emulator.url}/api/atlas/v2${providers}?idpType=WORKLOAD&protocol=OIDC&pageNum=1&itemsPerPage=100`,
    );
    const wrong = await client.get(`${providers}?protocol=OIDC,SAML`);
    expect([wrong.status, wrong.json.errorCode]).toEqual([400, "INVALID_ENUM_VALUE"]);
  });
});

describe("creating", () => {
  test.each([
    ["an unknown attribute", workforce({ flavor: "red" }), "INVALID_ATTRIBUTE"],
    ["a client id on a workload", workload({ clientId: "c" }), "INVALID_ATTRIBUTE"],
    ["a wrong type", workforce({ requestedScopes: "openid" }), "INVALID_ATTRIBUTE"],
    ["a value that no enum has", workforce({ authorizationType: "BOTH" }), "INVALID_ENUM_VALUE"],
    ["a type that does not exist", workforce({ idpType: "PETS" }), "INVALID_ENUM_VALUE"],
    ["a name of 51 characters", workforce({ displayName: "n".repeat(51) }), "VALIDATION_ERROR"],
    ["SAML", workforce({ protocol: "SAML" }), "VALIDATION_ERROR"],
    ["no protocol", workforce({ protocol: undefined }), "MISSING_ATTRIBUTE"],
    ["no issuer", workforce({ issuerUri: undefined }), "MISSING_ATTRIBUTE"],
    ["people without a client id", workforce({ clientId: undefined }), "MISSING_ATTRIBUTE"],
    ["GROUP without a groups claim", workforce({ groupsClaim: undefined }), "MISSING_ATTRIBUTE"],
    ["an id", workforce({ id: "a".repeat(24) }), "ATTRIBUTE_READ_ONLY"],
    ["text that is no JSON", "{", "MALFORMED_JSON"],
  ])("%s is refused", async (_, body, code) => {
    const { client, providers } = await emulated();
    const answer = await client.post(providers, body);
    expect([answer.status, answer.json.errorCode]).toEqual([400, code]);
    expect((await client.get(providers + allProviders)).json.totalCount).toBe(0);
  });

  test("people is what it means when the type is left out", async () => {
    const { client, providers } = await emulated();
    expect((await client.post(providers, workforce({ idpType: undefined }))).json.idpType).toBe("WORKFORCE");
  });

  test("the same issuer and audience twice is refused, until a test wants to see what comes of it", async () => {
    const { client, providers, emulator } = await emulated();
    const body = workforce();
    await client.post(providers, body);
    expect((await client.post(providers, body)).status).toBe(400);
    expect((await client.post(providers, workload({ audience: body.audience }))).status).toBe(400);
    emulator.edit({ edit: "set-behaviour", behaviour: { duplicateIdentityProviders: "allow" } });
    expect((await client.post(providers, body)).status).toBe(200);
  });

  test("several for people in one federation are fine, with the same name as well", async () => {
    const { client, providers } = await emulated();
    expect((await client.post(providers, workforce())).status).toBe(200);
    expect((await client.post(providers, workforce())).status).toBe(200);
  });
});

describe("changing", () => {
  test("merges: what is left out is kept, and the time of the change is told", async () => {
    const { client, providers, emulator } = await emulated();
    const old = (await client.post(providers, workforce({ description: "people", requestedScopes: ["openid"] }))).json;
    emulator.edit({ edit: "update-identity-provider", id: old.id, fields: { newField: 1 } });
    emulator.advanceClock(60_000);
    const patch = { protocol: "OIDC", idpType: "WORKFORCE", audience: "other" };
    const changed = (await client.patch(`${providers}/${old.id}`, patch)).json;
    expect(identityProviderSchema.parse(changed)).toEqual({
      ...old,
      audience: "other",
      newField: 1,
      updatedAt: expect.any(String),
    });
    expect(Date.parse(changed.updatedAt) - Date.parse(old.createdAt)).toBeGreaterThanOrEqual(60_000);
    expect((await client.get(`${providers}/${old.id}`)).json).toEqual(changed);
  });

  test("USER drops the groups claim, and GROUP then needs one", async () => {
    const { client, providers } = await emulated();
    const { id } = (await client.post(providers, workload())).json;
    const patch = (fields: object) =>
      client.patch(`${providers}/${id}`, { protocol: "OIDC", idpType: "WORKLOAD", ...fields });
    expect((await patch({ authorizationType: "USER" })).json.groupsClaim).toBeNull();
    expect((await patch({ authorizationType: "GROUP" })).json.errorCode).toBe("MISSING_ATTRIBUTE");
    expect((await patch({ authorizationType: "GROUP", groupsClaim: "roles" })).json.groupsClaim).toBe("roles");
  });

  test("null clears the description, and nothing else", async () => {
    const { client, providers } = await emulated();
    const { id } = (await client.post(providers, workforce({ description: "people" }))).json;
    const patch = (fields: object) => client.patch(`${providers}/${id}`, { protocol: "OIDC", ...fields });
    expect((await patch({ description: null })).json.description).toBeNull();
    expect((await patch({ groupsClaim: null })).status).toBe(400);
  });

  test("a workload may come with empty lists of domains and scopes, but not with full ones", async () => {
    const { client, providers } = await emulated();
    const created = await client.post(providers, { ...workload(), associatedDomains: [], requestedScopes: [] });
    expect(created.status).toBe(200);
    expect(created.json).not.toHaveProperty("associatedDomains");
    const full = { ...workload(), audience: "other", associatedDomains: ["example.com"] };
    expect((await client.post(providers, full)).status).toBe(400);
  });

  test("the type stays: leaving it out means WORKFORCE, so for a workload it must be said", async () => {
    const { client, providers } = await emulated();
    const { id } = (await client.post(providers, workload())).json;
    expect((await client.patch(`${providers}/${id}`, { protocol: "OIDC", displayName: "x" })).status).toBe(400);
    expect((await client.patch(`${providers}/${id}`, { idpType: "WORKLOAD", displayName: "x" })).status).toBe(400);
  });

  test("it cannot become the double of another", async () => {
    const { client, providers } = await emulated();
    const first = workforce();
    await client.post(providers, first);
    const { id } = (await client.post(providers, workforce())).json;
    const patch = { protocol: "OIDC", audience: first.audience };
    expect((await client.patch(`${providers}/${id}`, patch)).status).toBe(400);
  });

  test("SAML is left alone", async () => {
    const { client, providers, federationSettingsId, emulator } = await emulated();
    const id = emulator.edit({ edit: "add-identity-provider", federationSettingsId, fields: { protocol: "SAML" } });
    expect((await client.patch(`${providers}/${id}`, { protocol: "OIDC" })).status).toBe(400);
  });
});

describe("deleting", () => {
  test("answers 204 without a body, once", async () => {
    const { client, providers } = await emulated();
    const { id } = (await client.post(providers, workforce())).json;
    const deleted = await client.delete(`${providers}/${id}`);
    expect([deleted.status, deleted.text]).toEqual([204, ""]);
    expect((await client.delete(`${providers}/${id}`)).status).toBe(404);
  });

  test("is refused while it is connected", async () => {
    const { client, providers, connection } = await emulated();
    const { id } = (await client.post(providers, workforce())).json;
    await client.patch(connection, { dataAccessIdentityProviderIds: [id] });
    expect((await client.delete(`${providers}/${id}`)).status).toBe(400);
    await client.patch(connection, { dataAccessIdentityProviderIds: [] });
    expect((await client.delete(`${providers}/${id}`)).status).toBe(204);
  });

  test("revoking its keys is counted", async () => {
    const { client, providers, emulator } = await emulated();
    const { id } = (await client.post(providers, workforce())).json;
    expect((await client.delete(`${providers}/${id}/jwks`)).status).toBe(204);
    expect((await client.delete(`${providers}/${id}/jwks`)).status).toBe(204);
    expect(emulator.world().atlas.federations[0]!.jwksRevocations).toEqual({ [id]: 2 });
    expect((await client.get(`${providers}/${id}`)).status).toBe(200);
  });

  test("an id in capitals is the same id", async () => {
    const { client, providers } = await emulated();
    const { id } = (await client.post(providers, workforce())).json;
    expect((await client.get(`${providers}/${id.toUpperCase()}`)).json.id).toBe(id);
  });
});
