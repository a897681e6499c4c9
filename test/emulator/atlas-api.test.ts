import { describe, expect, test } from "vitest";
import {
  apiErrorSchema,
  clusterListSchema,
  clusterSchema,
  clusterStatusSchema,
  databaseUserListSchema,
  groupListSchema,
  groupSchema,
  organizationListSchema,
  organizationSchema,
  orgFederationSettingsSchema,
} from "../../schema/atlas.ts";
import { ABSENT, IDP } from "../support/ids.ts";
import { emulated } from "./client.ts";

describe("the read-only parts answer with the recorded keys, in the recorded order", () => {
  test("organizations", async () => {
    const { client, orgId, emulator } = await emulated();
    const list = await client.get("/orgs");
    expect(list.status).toBe(200);
    expect(organizationListSchema.parse(list.json).totalCount).toBe(1);
    expect(Object.keys(list.json)).toEqual(["links", "results", "totalCount"]);
    expect(Object.keys(list.json.results[0])).toEqual([
      "id",
      "isDeleted",
      "links",
      "name",
      "skipDefaultAlertsSettings",
    ]);
    expect(list.json.links).toEqual([
      { href: `${emulator.url}/api/atlas/v2/orgs?includeCount=true&name=&pageNum=1&itemsPerPage=100`, rel: "self" },
    ]);

    const one = await client.get(`/orgs/${orgId}`);
    expect(organizationSchema.parse(one.json).id).toBe(orgId);
    expect(one.json.links.map((link: { rel: string }) => link.rel.split("/").at(-1))).toEqual([
      "self",
      "groups",
      "teams",
      "users",
    ]);
  });

  test("projects", async () => {
    const { client, orgId, projectId } = await emulated();
    const one = await client.get(`/groups/${projectId}`);
    expect(groupSchema.parse(one.json).orgId).toBe(orgId);
    expect(Object.keys(one.json)).toEqual([
      "clusterCount",
      "created",
      "id",
      "links",
      "name",
      "orgId",
      "tags",
      "withDefaultAlertsSettings",
    ]);
    expect(one.json.clusterCount).toBe(1);
    for (const path of ["/groups", `/orgs/${orgId}/groups`]) {
      expect(groupListSchema.parse((await client.get(path)).json).results.map(({ id }) => id)).toEqual([projectId]);
    }
  });

  test("database users: groups on admin, users on $external, a page at a time", async () => {
    const { client, projectId, emulator } = await emulated();
    const path = `/groups/${projectId}/databaseUsers`;
    expect((await client.get(path)).json).toMatchObject({ results: [], totalCount: 0 });
    const idp = IDP;
    emulator.edit({
      edit: "add-database-user",
      projectId,
      user: { username: `${idp}/dba`, oidcAuthType: "IDP_GROUP", roles: [{ roleName: "read", databaseName: "app" }] },
    });
    emulator.edit({
      edit: "add-database-user",
      projectId,
      user: { username: `${idp}/ada`, oidcAuthType: "USER" },
    });
    const { json } = await client.get(path);
    expect(databaseUserListSchema.parse(json).results.map(({ databaseName }) => databaseName)).toEqual([
      "admin",
      "$external",
    ]);
    expect(json.results[0]).toEqual({
      awsIAMType: "NONE",
      databaseName: "admin",
      groupId: projectId,
      labels: [],
      ldapAuthType: "NONE",
      links: [{ href: `${emulator.url}/api/atlas/v2${path}/admin/${idp}%2Fdba`, rel: "self" }],
      oidcAuthType: "IDP_GROUP",
      roles: [{ databaseName: "app", roleName: "read" }],
      scopes: [],
      username: `${idp}/dba`,
      x509Type: "NONE",
    });
    expect(Object.keys(json.results[0])).toEqual(Object.keys(json.results[0]).toSorted());
    expect((await client.get(`${path}?itemsPerPage=1&pageNum=2`)).json.results).toHaveLength(1);

    emulator.edit({ edit: "remove-database-user", projectId, username: `${idp}/ada` });
    expect((await client.get(path)).json.totalCount).toBe(1);
    expect(() => emulator.edit({ edit: "remove-database-user", projectId, username: "nobody" })).toThrow("nobody");
    expect((await client.get(`/groups/${ABSENT}/databaseUsers`)).status).toBe(404);
  });

  test("clusters: an M10 with MongoDB 8.0 by default, and whether changes have reached it", async () => {
    const { client, projectId, emulator } = await emulated();
    const one = await client.get(`/groups/${projectId}/clusters/Cluster0`);
    const cluster = clusterSchema.parse(one.json);
    expect(cluster.mongoDBMajorVersion).toBe("8.0");
    expect(cluster.replicationSpecs?.[0]?.regionConfigs?.[0]?.electableSpecs?.instanceSize).toBe("M10");
    expect(cluster.connectionStrings?.standardSrv).toMatch(/^mongodb\+srv:\/\/cluster0\./);
    expect(Object.keys(one.json)).toEqual(Object.keys(one.json).toSorted());
    expect(clusterListSchema.parse((await client.get(`/groups/${projectId}/clusters`)).json).results).toHaveLength(1);

    const status = `/groups/${projectId}/clusters/Cluster0/status`;
    expect(clusterStatusSchema.parse((await client.get(status)).json)).toEqual({ changeStatus: "APPLIED" });
    emulator.edit({ edit: "update-cluster", projectId, name: "Cluster0", fields: { changeStatus: "PENDING" } });
    expect((await client.get(status)).json).toEqual({ changeStatus: "PENDING" });
    // The rest of the cluster is left as it was.
    expect((await client.get(`/groups/${projectId}/clusters/Cluster0`)).json).toEqual(one.json);
  });

  test("federation settings show SAML only, and no OIDC at all", async () => {
    const { client, orgId, federationSettingsId, emulator } = await emulated();
    const path = `/orgs/${orgId}/federationSettings`;
    const empty = await client.get(path);
    expect(orgFederationSettingsSchema.parse(empty.json).id).toBe(federationSettingsId);
    expect(empty.text).toBe(
      `{"federatedDomains":[],"hasRoleMappings":false,"id":"${federationSettingsId}","identityProviderId":null,"identityProviderStatus":"INACTIVE"}`,
    );
    const saml = emulator.edit({
      edit: "add-identity-provider",
      federationSettingsId,
      fields: { protocol: "SAML", oktaIdpId: "0oa17ziag59V93JYS358" },
    });
    emulator.edit({ edit: "connect", orgId, identityProviderId: saml });
    const active = (await client.get(path)).json;
    expect(active).toMatchObject({ identityProviderId: "0oa17ziag59V93JYS358", identityProviderStatus: "ACTIVE" });
  });
});

describe("versions", () => {
  test("a later date gets the newest version that is not newer, and the answer names it", async () => {
    const { client, orgId } = await emulated();
    const answer = await client.get(`/orgs/${orgId}`, { accept: "2025-02-19" });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/vnd.atlas.2023-01-01+json;charset=utf-8");
  });

  test.each([
    ["no version at all", null, 406],
    ["plain JSON", "application/json", 406],
    ["a version older than the first", "2022-12-31", 406],
    ["a date that no calendar has", "2023-02-30", 400],
    ["an invalid date", "tomorrow", 400],
  ])("%s is refused", async (_, accept, status) => {
    const { client, orgId } = await emulated();
    const answer = await client.get(`/orgs/${orgId}`, { accept });
    expect(answer.status).toBe(status);
    if (status === 400) expect(apiErrorSchema.parse(answer.json).errorCode).toBe("INVALID_VERSION_DATE");
    expect(answer.headers.get("content-type")).toBe("application/json");
  });

  test("the version of one identity provider that was SAML only is gone", async () => {
    const { client, providers } = await emulated();
    const answer = await client.get(`${providers}/0123456789abcdef01234567`, { accept: "2023-01-01" });
    expect(answer.status).toBe(410);
    expect(answer.json.errorCode).toBe("VERSION_GONE");
  });

  test("a body must be JSON by its content type, plain or of the version that is answered", async () => {
    const { client, connection } = await emulated();
    const send = (contentType: string) => client.patch(connection, { domainAllowList: [] }, { contentType });
    expect((await send("text/plain")).status).toBe(415);
    expect((await send("application/vnd.atlas.2020-01-01+json")).status).toBe(415);
    expect((await send("application/vnd.atlas.2023-01-01+json")).status).toBe(200);
    expect((await send("application/json; charset=utf-8")).status).toBe(200);
  });
});

describe("pagination", () => {
  const seed = {
    organizations: [
      { id: "a".repeat(24), name: "big", projects: Array.from({ length: 7 }, (_, at) => ({ name: `p${at}` })) },
    ],
  };

  test("pages hold all items once, with links to their neighbors", async () => {
    const { client, emulator } = await emulated({ seed });
    const pages = [];
    for (const pageNum of [1, 2, 3]) pages.push((await client.get(`/groups?pageNum=${pageNum}&itemsPerPage=3`)).json);
    expect(pages.flatMap(({ results }) => results.map(({ name }: { name: string }) => name))).toEqual(
      seed.organizations[0]!.projects.map(({ name }) => name),
    );
    expect(pages.map(({ totalCount }) => totalCount)).toEqual([7, 7, 7]);
    const at = (page: number) => `${emulator.url}/api/atlas/v2/groups?includeCount=true&pageNum=${page}&itemsPerPage=3`;
    expect(pages[1].links).toEqual([
      { href: at(2), rel: "self" },
      { href: at(1), rel: "previous" },
      { href: at(3), rel: "next" },
    ]);
    expect(pages[2].links.map(({ rel }: { rel: string }) => rel)).toEqual(["self", "previous"]);
  });

  test("a page past the last is empty, and the count can be left out", async () => {
    const { client } = await emulated({ seed });
    expect((await client.get("/groups?pageNum=9&itemsPerPage=3")).json).toMatchObject({ results: [], totalCount: 7 });
    expect(Object.keys((await client.get("/groups?includeCount=false")).json)).toEqual(["links", "results"]);
  });

  test.each(["itemsPerPage=0", "itemsPerPage=501", "itemsPerPage=ten", "pageNum=0", "envelope=true"])(
    "%s is refused",
    async (query) => {
      const { client } = await emulated({ seed });
      const answer = await client.get(`/groups?${query}`);
      expect(answer.status).toBe(400);
      expect(answer.json.errorCode).toBe("INVALID_QUERY_PARAMETER");
    },
  );

  test("500 items fit on a page", async () => {
    const { client } = await emulated({ seed });
    expect((await client.get("/groups?itemsPerPage=500")).json.results).toHaveLength(7);
  });
});

describe("refusals have the recorded form", () => {
  test("of a project that does not exist, to the letter", async () => {
    const { client } = await emulated();
    const answer = await client.get(`/groups/${"1".repeat(24)}`);
    expect(answer.status).toBe(404);
    expect(answer.headers.get("x-error-code")).toBe("GROUP_NOT_FOUND");
    expect(answer.text).toBe(
      '{"detail":"No group with ID 111111111111111111111111 exists.","error":404,"errorCode":"GROUP_NOT_FOUND","parameters":["111111111111111111111111"],"reason":"Not Found"}',
    );
  });

  test("of a cluster that does not exist, to the letter", async () => {
    const { client, projectId } = await emulated();
    expect((await client.get(`/groups/${projectId}/clusters/cluster-712`)).text).toBe(
      `{"detail":"No cluster named cluster-712 exists in group ${projectId}.","error":404,"errorCode":"CLUSTER_NOT_FOUND","parameters":["cluster-712","${projectId}"],"reason":"Not Found"}`,
    );
  });

  test("of everything else that is not there", async () => {
    const { client, providers } = await emulated();
    const codes = async (...answers: Promise<{ status: number; json: { errorCode: string } }>[]) =>
      (await Promise.all(answers)).map(({ status, json }) => `${status} ${apiErrorSchema.parse(json).errorCode}`);
    expect(
      await codes(
        client.get(`/orgs/${"1".repeat(24)}`),
        client.get(`${providers}/${"1".repeat(24)}`),
        client.get(`/federationSettings/${"1".repeat(24)}/identityProviders`),
        client.get("/nothing/here"),
        client.call("PUT", providers, { body: {} }),
      ),
    ).toEqual([
      "404 ORG_NOT_FOUND",
      "404 IDENTITY_PROVIDER_DOES_NOT_EXIST",
      "404 RESOURCE_NOT_FOUND",
      "501 EMULATOR_UNSUPPORTED",
      "405 METHOD_NOT_ALLOWED",
    ]);
  });
});
