import { describe, expect, test } from "vitest";
import { apiErrorSchema, oauthTokenSchema } from "../../schema/atlas.ts";
import { clientOf, digestAnswer, emulated, outcome, versioned, workforce } from "./client.ts";

const ours = "a".repeat(24);
const theirs = "b".repeat(24);
const ourProject = "c".repeat(24);
const theirProject = "d".repeat(24);

/** Two organizations in one federation, a third in none, and keys with all sorts of roles. */
const seed = {
  organizations: [
    { id: ours, name: "ours", projects: [{ id: ourProject, name: "ours", clusters: [{ name: "C" }] }] },
    { id: theirs, name: "theirs", projects: [{ id: theirProject, name: "theirs" }] },
    { id: "e".repeat(24), name: "outside" },
  ],
  federations: [{ connectedOrgs: [{ orgId: ours }, { orgId: theirs }] }],
  apiKeys: [
    { name: "owner", publicKey: "owner", privateKey: "k1", roles: [{ orgId: ours, roleName: "ORG_OWNER" }] },
    { name: "member", publicKey: "member", privateKey: "k2", roles: [{ orgId: ours, roleName: "ORG_MEMBER" }] },
    {
      name: "project",
      publicKey: "project",
      privateKey: "k3",
      roles: [{ groupId: ourProject, roleName: "GROUP_OWNER" }],
    },
    {
      name: "outsider",
      publicKey: "outsider",
      privateKey: "k4",
      roles: [{ orgId: "e".repeat(24), roleName: "ORG_OWNER" }],
    },
  ],
  serviceAccounts: [
    { name: "robot", clientId: "mdb_sa_id_1", clientSecret: "mdb_sa_sk_canary" },
    { name: "late", clientId: "mdb_sa_id_2", clientSecret: "s", secretExpiresAt: "2020-01-01T00:00:00Z" },
  ],
};

async function population() {
  const all = await emulated({ seed });
  const as = (publicKey: string) =>
    clientOf(all.emulator, {
      publicKey,
      privateKey: seed.apiKeys.find((key) => key.publicKey === publicKey)!.privateKey,
    });
  return { ...all, as };
}

describe("HTTP digest", () => {
  const method = "GET";
  const uri = `/api/atlas/v2/orgs/${ours}`;
  const owner = { username: "owner", password: "k1", method, uri };

  async function challenged() {
    const { emulator } = await population();
    const ask = async (authorization?: string) => {
      const headers = { accept: versioned("2025-03-12"), ...(authorization === undefined ? {} : { authorization }) };
      const response = await fetch(emulator.url + uri, { headers });
      return {
        status: response.status,
        text: await response.text(),
        challenge: response.headers.get("www-authenticate"),
      };
    };
    return { emulator, ask, challenge: (await ask()).challenge! };
  }

  test("the challenge and its body are those that were recorded", async () => {
    const { ask, challenge } = await challenged();
    expect(challenge).toMatch(
      /^Digest realm="MMS Public API", domain="", nonce="[A-Za-z0-9+/]{32}", algorithm=MD5, qop="auth", stale=false$/,
    );
    const { status, text } = await ask();
    expect(status).toBe(401);
    expect(text).toHaveLength(142);
    expect(apiErrorSchema.parse(JSON.parse(text)).errorCode).toBe("UNEXPECTED_ERROR");
  });

  test("the right answer is let in, and the nonce may be used again with the next count, in any order", async () => {
    const { ask, challenge } = await challenged();
    for (const count of [1, 3, 2]) expect((await ask(digestAnswer({ ...owner, challenge, count }))).status).toBe(200);
  });

  test("a count that was used is a replay", async () => {
    const { ask, challenge } = await challenged();
    const authorization = digestAnswer({ ...owner, challenge });
    expect((await ask(authorization)).status).toBe(200);
    const replayed = await ask(authorization);
    expect([replayed.status, replayed.challenge]).toEqual([401, expect.stringContaining("stale=false")]);
  });

  test("an old nonce is stale, and one that nobody gave out too", async () => {
    const { ask, challenge, emulator } = await challenged();
    emulator.advanceClock(10 * 60_000);
    const old = await ask(digestAnswer({ ...owner, challenge }));
    expect([old.status, old.challenge]).toEqual([401, expect.stringContaining("stale=true")]);
    const invented = challenge.replace(/nonce="[^"]*"/, 'nonce="invented"');
    expect((await ask(digestAnswer({ ...owner, challenge: invented }))).challenge).toContain("stale=true");
    // Who does not know the key does not learn that a nonce is stale.
    expect((await ask(digestAnswer({ ...owner, password: "wrong", challenge }))).challenge).toContain("stale=false");
  });

  test.each([
    ["a wrong key", { password: "k2" }],
    ["an unknown user", { username: "nobody" }],
    ["an answer for another method", { method: "DELETE" }],
    ["an answer for another path", { uri: "/api/atlas/v2/orgs" }],
  ])("%s is refused", async (_, wrong) => {
    const { ask, challenge } = await challenged();
    expect((await ask(digestAnswer({ ...owner, ...wrong, challenge }))).status).toBe(401);
  });

  test("the query is part of what is signed", async () => {
    const { as } = await population();
    expect((await as("owner").get("/orgs?itemsPerPage=5&name=our%20s")).status).toBe(200);
  });
});

describe("service accounts", () => {
  async function oauth() {
    const { emulator, providers } = await population();
    const post = async (path: string, form: Record<string, string>, account = "mdb_sa_id_1:mdb_sa_sk_canary") => {
      const response = await fetch(`${emulator.url}/api/oauth/${path}`, {
        method: "POST",
        headers: { authorization: `Basic ${Buffer.from(account).toString("base64")}` },
        body: new URLSearchParams(form),
      });
      return { status: response.status, headers: response.headers, json: JSON.parse(await response.text()) };
    };
    const grant = { grant_type: "client_credentials" };
    const token = async () => oauthTokenSchema.parse((await post("token", grant)).json).access_token;
    const use = async (accessToken: string) =>
      clientOf(emulator).get(providers, { authorization: `Bearer ${accessToken}` });
    return { emulator, post, grant, token, use };
  }

  test("get a token for an hour, which works until then", async () => {
    const { emulator, post, grant, use } = await oauth();
    const { status, json } = await post("token", grant);
    expect([status, json.expires_in, json.token_type]).toEqual([200, 3600, "Bearer"]);
    emulator.advanceClock(3_590_000);
    expect((await use(json.access_token)).status).toBe(200);
    emulator.advanceClock(10_000);
    const expired = await use(json.access_token);
    expect([expired.status, expired.headers.get("www-authenticate")]).toEqual([401, 'Bearer error="invalid_token"']);
  });

  test("can end a token", async () => {
    const { post, token, use } = await oauth();
    const [first, second] = [await token(), await token()];
    expect((await post("revoke", { token: first })).status).toBe(200);
    expect((await use(first)).status).toBe(401);
    expect((await use(second)).status).toBe(200);
  });

  test.each([
    ["a wrong secret", {}, "mdb_sa_id_1:wrong", "401 invalid_client"],
    ["an unknown client", {}, "nobody:mdb_sa_sk_canary", "401 invalid_client"],
    ["a secret that has expired", {}, "mdb_sa_id_2:s", "401 invalid_client"],
    ["another grant", { grant_type: "password" }, undefined, "400 unsupported_grant_type"],
  ])("%s gets none", async (_, form, account, expected) => {
    const { post, grant } = await oauth();
    const { status, json } = await post("token", { ...grant, ...form }, account);
    expect(`${status} ${json.error}`).toBe(expected);
  });

  test("get ten tokens a minute", async () => {
    const { emulator, post, grant } = await oauth();
    for (let count = 0; count < 10; count++) expect((await post("token", grant)).status).toBe(200);
    const refused = await post("token", grant);
    expect([refused.status, refused.json.errorCode]).toEqual([429, "RATE_LIMITED"]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(50);
    emulator.advanceClock(60_000);
    expect((await post("token", grant)).status).toBe(200);
  });
});

describe("who may do what", () => {
  test("an owner of one organization sees the federation, and changes its own organization only", async () => {
    const { as, providers, connections } = await population();
    const owner = as("owner");
    expect(outcome(await owner.post(providers, workforce()))).toBe("200");
    expect((await owner.get(connections)).json.totalCount).toBe(2);
    expect(outcome(await owner.patch(`${connections}/${ours}`, {}))).toBe("200");
    expect(outcome(await owner.patch(`${connections}/${theirs}`, {}))).toBe("403 USER_CANNOT_ACCESS_ORG");
  });

  test("a member who is no owner gets 401 and no challenge for everything about the federation", async () => {
    const { as, providers, connections } = await population();
    for (const path of [`/orgs/${ours}/federationSettings`, providers, connections, `${connections}/${ours}`]) {
      const answer = await as("member").get(path);
      expect(outcome(answer)).toBe("401 NOT_ORG_OWNER");
      expect(answer.headers.get("www-authenticate")).toBeNull();
    }
    expect(outcome(await as("member").get(`/orgs/${ours}`))).toBe("200");
  });

  test("a key of another organization learns nothing", async () => {
    const { as, providers } = await population();
    const outsider = as("outsider");
    expect(outcome(await outsider.get(`/orgs/${ours}`))).toBe("403 USER_CANNOT_ACCESS_ORG");
    expect(outcome(await outsider.get(`/orgs/${ours}/federationSettings`))).toBe("403 USER_CANNOT_ACCESS_ORG");
    expect(outcome(await outsider.get(`/groups/${ourProject}`))).toBe("403 USER_CANNOT_ACCESS_GROUP");
    expect(outcome(await outsider.get(providers))).toBe("404 RESOURCE_NOT_FOUND");
    expect((await outsider.get("/orgs")).json.results.map(({ name }: { name: string }) => name)).toEqual(["outside"]);
    expect((await outsider.get("/groups")).json.totalCount).toBe(0);
    // An organization of one's own that is in no federation has no settings.
    expect(outcome(await outsider.get(`/orgs/${"e".repeat(24)}/federationSettings`))).toBe("404 RESOURCE_NOT_FOUND");
  });

  test("a key of one project sees that project and its organization", async () => {
    const { as } = await population();
    const project = as("project");
    expect((await project.get("/groups")).json.results.map(({ id }: { id: string }) => id)).toEqual([ourProject]);
    expect(outcome(await project.get(`/groups/${ourProject}/clusters/C`))).toBe("200");
    expect(outcome(await project.get(`/groups/${theirProject}/clusters`))).toBe("403 USER_CANNOT_ACCESS_GROUP");
    expect(outcome(await project.get(`/orgs/${ours}`))).toBe("200");
    expect(outcome(await project.get(`/orgs/${ours}/federationSettings`))).toBe("401 NOT_ORG_OWNER");
  });

  test("a key that was removed is out at once", async () => {
    const { as, emulator } = await population();
    emulator.edit({ edit: "remove-credential", name: "owner" });
    expect((await as("owner").get("/orgs")).status).toBe(401);
  });
});

describe("rate limits", () => {
  test("every answer tells the bucket and what is left in it", async () => {
    const { client, connection, providers } = await emulated();
    const bucket = ({ headers }: { headers: Headers }) => [
      headers.get("ratelimit-limit"),
      headers.get("ratelimit-remaining"),
    ];
    expect(bucket(await client.get(connection))).toEqual(["500", "499"]);
    expect(bucket(await client.get(connection))).toEqual(["500", "498"]);
    expect(bucket(await client.get(providers))).toEqual(["300", "299"]);
    // A refusal counts like an answer.
    expect(bucket(await client.get(`${providers}/${"1".repeat(24)}`))).toEqual(["300", "298"]);
  });

  test("an empty bucket refuses, tells how long to wait, and fills up in steps", async () => {
    const { client, emulator, providers } = await emulated();
    emulator.setRateLimit("identity-providers", { capacity: 10, refill: 5, perSeconds: 60 });
    const statuses = async (count: number) => {
      const seen = [];
      for (let at = 0; at < count; at++) seen.push((await client.get(providers)).status);
      return seen.filter((status) => status === 200).length;
    };
    expect(await statuses(10)).toBe(10);
    emulator.advanceClock(5_000);
    const refused = await client.get(providers);
    expect(outcome(refused)).toBe("429 RATE_LIMITED_TOKEN_BUCKET");
    const wait = Number(refused.headers.get("retry-after"));
    expect(wait).toBeGreaterThanOrEqual(54);
    expect(wait).toBeLessThanOrEqual(55);
    expect(refused.json.parameters.slice(1)).toEqual([wait, 10, 5, 60]);
    // Too early is too early, and after the wait there are five, not ten.
    emulator.advanceClock((wait - 2) * 1000);
    expect(await statuses(1)).toBe(0);
    emulator.advanceClock(2_000);
    expect(await statuses(8)).toBe(5);
    emulator.setRateLimit("identity-providers", undefined);
    expect((await client.get(providers)).headers.get("ratelimit-limit")).toBe("300");
  });

  test("organizations and users have buckets of their own", async () => {
    const { as, emulator } = await population();
    emulator.setRateLimit("organizations", { capacity: 1, refill: 1, perSeconds: 60 });
    expect((await as("owner").get("/orgs")).status).toBe(200);
    expect((await as("owner").get("/orgs")).status).toBe(429);
    expect((await as("member").get("/orgs")).status).toBe(200);
    emulator.setRateLimit("organization", { capacity: 1, refill: 1, perSeconds: 60 });
    expect((await as("owner").get(`/orgs/${ours}`)).status).toBe(200);
    expect((await as("member").get(`/orgs/${ours}`)).status).toBe(429);
    expect((await as("outsider").get(`/orgs/${"e".repeat(24)}`)).status).toBe(200);
  });
});
