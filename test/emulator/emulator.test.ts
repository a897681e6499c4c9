import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type EmulatorOptions, readSeed, type Seed, startEmulator } from "../../provider/emulator/index.ts";
import { allProviders, clientOf, emulated, workforce, workload } from "./client.ts";

const OPS = "5f1ed0c0ffee5f1ed0c0a0b5";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "mongofed-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe("starting", () => {
  test("gives an empty organization, a project with a cluster, and an owner, on loopback", async () => {
    const { emulator, client, providers } = await emulated();
    expect(emulator.url).toBe(`http://127.0.0.1:${emulator.port}`);
    expect(emulator.env).toEqual({
      MONGODB_ATLAS_BASE_URL: emulator.url,
      MONGODB_ATLAS_PUBLIC_API_KEY: emulator.credentials.publicKey,
      MONGODB_ATLAS_PRIVATE_API_KEY: emulator.credentials.privateKey,
      MONGODB_ATLAS_ORG_ID: emulator.ids.orgId,
      MONGODB_ATLAS_FEDERATION_SETTINGS_ID: emulator.ids.federationSettingsId,
      MONGODB_ATLAS_PROJECT_ID: emulator.ids.projectId,
      MCLI_OPS_MANAGER_URL: emulator.url,
      MCLI_PUBLIC_API_KEY: emulator.credentials.publicKey,
      MCLI_PRIVATE_API_KEY: emulator.credentials.privateKey,
      MCLI_ORG_ID: emulator.ids.orgId,
    });
    expect((await client.get(providers + allProviders)).json.totalCount).toBe(0);
  });

  test("with a project of Cloud Manager names that one under the names of Cloud Manager", async () => {
    const emulator = await startEmulator({
      seed: {
        organizations: [
          { name: "Ours", projects: [{ name: "atlas" }, { id: OPS, name: "ops", automationConfig: "example" }] },
        ],
      },
    });
    onTestFinished(() => emulator.close());
    expect(emulator.env).toMatchObject({ MCLI_PROJECT_ID: OPS, MONGODB_ATLAS_PROJECT_ID: emulator.ids.projectId });
    expect(emulator.ids.projectId).not.toBe(OPS);
  });

  test("refuses any other address", async () => {
    await expect(startEmulator({ host: "0.0.0.0" } as unknown as EmulatorOptions)).rejects.toThrow(
      /listens on 127\.0\.0\.1 only, not on 0\.0\.0\.0/,
    );
  });

  test("says that a port is taken", async () => {
    const { emulator } = await emulated();
    await expect(startEmulator({ port: emulator.port })).rejects.toThrow(/EADDRINUSE/);
  });

  test("makes new keys every time", async () => {
    const [one, other] = [await emulated(), await emulated()];
    expect(one.emulator.credentials.privateKey).not.toBe(other.emulator.credentials.privateKey);
  });
});

describe("a seed", () => {
  const orgId = "a".repeat(24);
  const programs = "b".repeat(24);
  const yaml = `
organizations:
  - { id: ${orgId}, name: Corp, projects: [{ name: shop, clusters: [{ name: Old, instanceSize: M0, mongoDBMajorVersion: "6.0" }] }] }
federations:
  - federatedDomains: [example.com]
    identityProviders:
      - { protocol: SAML, displayName: Okta, oktaIdpId: 0oa17ziag59V93JYS358 }
      - { id: ${programs}, protocol: OIDC, idpType: WORKLOAD, displayName: apps, issuerUri: "https://i.example.com", audience: a, groupsClaim: g }
    connectedOrgs:
      - { orgId: ${orgId}, identityProviderId: 0oa17ziag59V93JYS358, dataAccessIdentityProviderIds: [${programs}], domainRestrictionEnabled: true }
apiKeys:
  - { publicKey: abcdefgh, privateKey: canary }
`;

  test("from a file brings organizations, projects, clusters, foreign identity providers and keys", async () => {
    const file = join(folder(), "seed.yaml");
    writeFileSync(file, yaml);
    const { emulator, client, providers, connection, projectId } = await emulated({ seed: readSeed(file) });
    expect(emulator.credentials).toMatchObject({ publicKey: "abcdefgh", privateKey: "canary" });
    expect((await client.get(providers + allProviders)).json.totalCount).toBe(2);
    expect((await client.get(`${providers}/${programs}`)).json.associatedOrgs).toHaveLength(1);
    expect((await client.get(connection)).json.domainRestrictionEnabled).toBe(true);
    const cluster = (await client.get(`/groups/${projectId}/clusters/Old`)).json;
    expect(cluster.mongoDBMajorVersion).toBe("6.0");
    expect(cluster.replicationSpecs[0].regionConfigs[0]).toMatchObject({
      backingProviderName: "AWS",
      electableSpecs: { instanceSize: "M0" },
      providerName: "TENANT",
    });
  });

  test("that is wrong is refused with the place", async () => {
    const file = join(folder(), "seed.yaml");
    writeFileSync(file, "organizations: [{ name: Corp, flavor: red }]");
    expect(() => readSeed(file)).toThrow(/organizations\[0\]/);
  });

  test.each([
    ["a connection of an organization", { federations: [{ connectedOrgs: [{ orgId: "f".repeat(24) }] }] }],
    [
      "an identity provider",
      { federations: [{ connectedOrgs: [{ orgId, dataAccessIdentityProviderIds: ["f".repeat(24)] }] }] },
    ],
    ["a role in an organization", { apiKeys: [{ roles: [{ orgId: "f".repeat(24), roleName: "ORG_OWNER" }] }] }],
  ])("that names %s it does not have is refused", async (_, part) => {
    const seed: Seed = { organizations: [{ id: orgId, name: "Corp" }], ...part };
    await expect(startEmulator({ seed })).rejects.toThrow(/which the seed lacks/);
  });
});

describe("a state file", () => {
  test("brings everything back after a restart: objects, keys and the time", async () => {
    const stateFile = join(folder(), "state.json");
    const first = await startEmulator({ stateFile });
    const path = `/federationSettings/${first.ids.federationSettingsId}/identityProviders`;
    const { id } = (await clientOf(first).post(path, workforce())).json;
    const seen = (await clientOf(first).get(`${path}/${id}`)).text;
    first.advanceClock(86_400_000);
    await first.close();

    const { emulator, client } = await emulated({ stateFile });
    expect(emulator.credentials).toEqual(first.credentials);
    expect(emulator.now().getTime()).toBeGreaterThan(Date.now() + 86_000_000);
    expect((await client.get(`${path}/${id}`)).text).toBe(seen);
  });

  test("is written before a change is answered, by the owner only, with nothing left lying about", async () => {
    const stateFile = join(folder(), "state.json");
    const { client, providers, emulator } = await emulated({ stateFile });
    await client.post(providers, workforce());
    // Another emulator on the same file sees it although the first was never closed.
    const second = await startEmulator({ stateFile });
    onTestFinished(() => second.close());
    expect(second.world().atlas).toEqual(emulator.world().atlas);
    expect(statSync(stateFile).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(stateFile, ".."))).toEqual(["state.json"]);
  });

  test("that is damaged is not taken for an empty world", async () => {
    const stateFile = join(folder(), "state.json");
    writeFileSync(stateFile, '{"version":1');
    await expect(startEmulator({ stateFile })).rejects.toThrow(/is not an emulator state/);
  });
});

describe("the request log", () => {
  test("tells method, path, query, status and who, and no secret", async () => {
    const { emulator, client, providers } = await emulated({
      seed: {
        organizations: [{ id: "a".repeat(24), name: "o" }],
        federations: [{ connectedOrgs: [{ orgId: "a".repeat(24) }] }],
        apiKeys: [{ name: "owner", publicKey: "p", privateKey: "canary-key" }],
        serviceAccounts: [{ clientId: "id", clientSecret: "canary-secret" }],
      },
    });
    await client.get(`${providers}?protocol=OIDC`);
    const token = await fetch(`${emulator.url}/api/oauth/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa("id:canary-secret")}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });
    const { access_token } = (await token.json()) as { access_token: string };

    const [challenge, list, oauth, ...rest] = emulator.requests();
    expect(challenge).toMatchObject({ id: 1, status: 401, credential: null });
    expect(list).toMatchObject({
      method: "GET",
      path: `/api/atlas/v2${providers}`,
      query: "protocol=OIDC",
      status: 200,
      delivered: true,
      credential: "owner",
      faults: [],
    });
    expect(list!.ms).toBeGreaterThanOrEqual(0);
    expect(oauth).toMatchObject({ path: "/api/oauth/token", credential: "service-account-1" });
    expect(rest).toEqual([]);

    const shown = JSON.stringify([emulator.requests(), emulator.world(), emulator.faults()]);
    for (const secret of ["canary", access_token, "Digest", btoa("id:canary-secret")])
      expect(shown).not.toContain(secret);
    emulator.clearRequests();
    expect(emulator.requests()).toEqual([]);
  });
});

describe("the world behind the clients' backs", () => {
  test("is seen as a copy", async () => {
    const { emulator } = await emulated();
    (emulator.world().atlas.organizations as unknown[]).length = 0;
    expect(emulator.world().atlas.organizations).toHaveLength(1);
  });

  test("an identity provider is changed, loses a key, and goes with its connections", async () => {
    const { emulator, client, providers, connection, orgId } = await emulated();
    const { id } = (await client.post(providers, workload())).json;
    emulator.edit({ edit: "connect", orgId, identityProviderId: id });
    emulator.edit({ edit: "update-identity-provider", id, fields: { description: "Bob" }, unset: ["updatedAt"] });
    const { json } = await client.get(`${providers}/${id}`);
    expect(json.description).toBe("Bob");
    expect(json).not.toHaveProperty("updatedAt");
    expect(json.associatedOrgs[0].orgId).toBe(orgId);
    emulator.edit({ edit: "remove-identity-provider", id });
    expect((await client.get(`${providers}/${id}`)).status).toBe(404);
    expect((await client.get(connection)).json.dataAccessIdentityProviderIds).toEqual([]);
  });

  test("an organization is disconnected, restricted, and leaves", async () => {
    const { emulator, client, providers, connection, orgId } = await emulated();
    const { id } = (await client.post(providers, workload())).json;
    await client.patch(connection, { dataAccessIdentityProviderIds: [id] });
    emulator.edit({ edit: "disconnect", orgId, identityProviderId: id });
    emulator.edit({ edit: "update-connected-org", orgId, fields: { domainRestrictionEnabled: true } });
    expect((await client.get(connection)).json).toMatchObject({
      dataAccessIdentityProviderIds: [],
      domainRestrictionEnabled: true,
    });
    emulator.edit({ edit: "remove-connected-org", orgId });
    expect((await client.get(connection)).status).toBe(404);
  });

  test("projects come and go", async () => {
    const { emulator, client, orgId, projectId } = await emulated();
    const added = emulator.edit({ edit: "add-project", orgId, name: "new" });
    emulator.edit({ edit: "add-cluster", projectId: added, cluster: { name: "Free", instanceSize: "M0" } });
    emulator.edit({ edit: "remove-project", id: projectId });
    expect((await client.get("/groups")).json.results).toMatchObject([{ id: added, clusterCount: 1 }]);
  });

  test("an edit of what is not there says so, and changes nothing", async () => {
    const { emulator } = await emulated();
    const before = emulator.world();
    const id = "f".repeat(24);
    expect(() => emulator.edit({ edit: "remove-identity-provider", id })).toThrow(/no identity provider f+/);
    expect(() => emulator.edit({ edit: "remove-connected-org", orgId: id })).toThrow(/in no federation/);
    expect(() => emulator.edit({ edit: "remove-credential", name: "x" })).toThrow(/no credential x/);
    expect(emulator.world()).toEqual(before);
  });

  test("reset brings back the beginning, keys included", async () => {
    const { emulator, client, providers } = await emulated();
    const before = emulator.world();
    await client.post(providers, workforce());
    emulator.inject({ fault: { kind: "login-page" } });
    emulator.setRateLimit("organizations", { capacity: 1, refill: 1, perSeconds: 1 });
    emulator.reset();
    expect(emulator.world()).toEqual(before);
    expect([emulator.faults(), emulator.requests()]).toEqual([[], []]);
    expect((await client.get("/orgs")).headers.get("ratelimit-limit")).toBe("300");
  });
});

describe("the admin endpoint", () => {
  async function admin() {
    const all = await emulated();
    const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
      const response = await fetch(`${all.emulator.url}/_emulator${path}`, {
        method,
        headers: { "content-type": "application/json", ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, json: JSON.parse(await response.text()) };
    };
    return { ...all, call };
  }

  test("does for other processes what the object does for its own", async () => {
    const { emulator, client, call, orgId, federationSettingsId } = await admin();
    expect((await call("GET", "/world")).json).toEqual(emulator.world());

    const fields = { protocol: "SAML" };
    const { id } = (await call("POST", "/edits", { edit: "add-identity-provider", federationSettingsId, fields })).json;
    expect((await call("POST", "/edits", { edit: "connect", orgId, identityProviderId: id })).status).toBe(200);
    expect(emulator.world().atlas.federations[0]!.connectedOrgs[0]!.identityProviderId).toMatch(/^0oa/);

    const fault = await call("POST", "/faults", { nth: 1, fault: { kind: "status", status: 500 } });
    expect(fault.status).toBe(201);
    expect((await client.get("/orgs")).status).toBe(500);
    expect((await call("GET", "/faults")).json).toMatchObject([{ id: fault.json.id, hit: 1 }]);
    expect((await call("DELETE", `/faults/${fault.json.id}`)).status).toBe(200);
    expect((await call("DELETE", `/faults/${fault.json.id}`)).status).toBe(404);

    await call("PUT", "/rate-limits/organizations", { capacity: 2, refill: 1, perSeconds: 60 });
    expect((await client.get("/orgs")).headers.get("ratelimit-limit")).toBe("2");
    await call("DELETE", "/rate-limits/organizations");
    expect((await client.get("/orgs")).headers.get("ratelimit-limit")).toBe("300");

    const { now } = (await call("POST", "/clock", { advanceMs: 3_600_000 })).json;
    expect(Date.parse(now)).toBeGreaterThan(Date.now() + 3_500_000);

    expect((await call("GET", "/requests")).json).toEqual(JSON.parse(JSON.stringify(emulator.requests())));
    await call("DELETE", "/requests");
    expect(emulator.requests()).toEqual([]);
    await call("POST", "/reset");
    expect(emulator.world().atlas.federations[0]!.identityProviders).toEqual([]);
  });

  test("is in no log and meets no fault", async () => {
    const { emulator, call } = await admin();
    emulator.inject({ fault: { kind: "login-page" } });
    expect((await call("GET", "/world")).status).toBe(200);
    expect(emulator.requests()).toEqual([]);
  });

  test("says what is wrong with what it is given", async () => {
    const { call } = await admin();
    expect(await call("POST", "/faults", { fault: { kind: "meteor" } })).toMatchObject({ status: 400 });
    expect((await call("POST", "/edits", { edit: "remove-credential", name: "x" })).json.error).toBe("no credential x");
    expect((await call("PUT", "/rate-limits/nothing", {})).status).toBe(400);
    expect((await call("GET", "/nothing")).status).toBe(404);
  });

  test("refuses web pages: by their origin, and by a name that leads to loopback", async () => {
    const { emulator, call } = await admin();
    expect((await call("POST", "/reset", undefined, { origin: "https://evil.example.com" })).status).toBe(403);
    const status = await new Promise((resolve, reject) => {
      const options = { port: emulator.port, path: "/_emulator/world", headers: { host: "evil.example.com" } };
      request({ host: "127.0.0.1", ...options }, (response) => resolve(response.resume().statusCode))
        .on("error", reject)
        .end();
    });
    expect(status).toBe(403);
  });
});

describe("closing", () => {
  test("ends connections that are idle, and requests that wait", async () => {
    const emulator = await startEmulator();
    const client = clientOf(emulator);
    await client.get("/orgs");
    const idle = connect(emulator.port, "127.0.0.1");
    await new Promise((resolve) => idle.once("connect", resolve));
    const ended = new Promise((resolve) => idle.once("close", resolve));
    idle.on("error", () => {});

    emulator.inject({ fault: { kind: "delay", ms: 3_600_000 } });
    const waiting = expect(client.get("/orgs")).rejects.toThrow();
    await expect.poll(() => emulator.faults()[0]!.hit).toBe(1);
    await emulator.close();
    await Promise.all([waiting, ended]);
    await expect(fetch(emulator.url)).rejects.toThrow();
  });
});
