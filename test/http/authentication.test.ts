import { createHash } from "node:crypto";
import type http from "node:http";
import { describe, expect, test } from "vitest";
import { parseDigestChallenges } from "../../provider/http/challenge.ts";
import { digestHeader } from "../../provider/http/digest.ts";
import { type Answerer, clientOf, errorOf, get, json, post, type Seen, serve } from "./harness.ts";

describe("client credentials", () => {
  test("are sent to the token endpoint as HTTP Basic, once for many requests", async () => {
    const server = await serve((_request, response) => json(response, 200, {}));
    const client = clientOf(server.url, {
      authentication: {
        kind: "client-credentials",
        tokenUrl: `${server.url}/api/oauth/token`,
        clientId: "once",
        clientSecret: "s3cr3t",
      },
    });
    await Promise.all(Array.from({ length: 20 }, () => client.request(get())));
    expect(server.tokens).toHaveLength(1);
    expect(server.tokens[0]).toMatchObject({ method: "POST", body: "grant_type=client_credentials" });
    expect(server.tokens[0]?.headers.authorization).toBe(`Basic ${btoa("once:s3cr3t")}`);
    expect(server.tokens[0]?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect(new Set(server.seen.map(({ headers }) => headers.authorization))).toEqual(
      new Set(["Bearer tok-1-0123456789abcdef"]),
    );
  });

  test("share one token among all clients of a process that have them", async () => {
    const server = await serve((_request, response) => json(response, 200, {}));
    const authentication = {
      kind: "client-credentials",
      tokenUrl: `${server.url}/api/oauth/token`,
      clientId: "shared",
      clientSecret: "s3cr3t",
    } as const;
    const clients = [1, 2, 3].map(() => clientOf(server.url, { authentication }));
    await Promise.all(clients.map((client) => client.request(get())));
    expect(server.tokens).toHaveLength(1);
    await clientOf(server.url, { authentication: { ...authentication, clientSecret: "other" } }).request(get());
    expect(server.tokens).toHaveLength(2);
  });

  test("get a new token ten minutes before the old one expires", async () => {
    const server = await serve((_request, response) => json(response, 200, {}));
    const client = clientOf(server.url);
    await client.request(get());
    client.clock.advance(49 * 60_000);
    await client.request(get());
    expect(server.tokens).toHaveLength(1);
    client.clock.advance(2 * 60_000);
    await client.request(get());
    expect(server.tokens).toHaveLength(2);
  });

  test("keep the old token as long as it is valid when no new one can be had", async () => {
    const server = await serve((_request, response) => json(response, 200, {}), {
      token: (_request, response, count) =>
        count === 1
          ? json(response, 200, { access_token: "first-token-0123456789", expires_in: 3600 })
          : json(response, 400, {}),
    });
    const client = clientOf(server.url);
    await client.request(get());
    client.clock.advance(55 * 60_000);
    expect((await client.request(get())).status).toBe(200);
    client.clock.advance(6 * 60_000);
    expect((await errorOf(client.request(get()))).code).toBe("http-unauthorized");
  });

  test("after one 401 for 8 workers are renewed exactly once, and nobody notices", async () => {
    const valid = { token: 1 };
    const server = await serve((request, response) =>
      request.headers.authorization === `Bearer tok-${valid.token}-0123456789abcdef`
        ? setTimeout(() => json(response, 200, {}), 2)
        : json(response, 401, {}),
    );
    const client = clientOf(server.url);
    await client.request(get());
    valid.token = 2;
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => client.request(i % 2 ? get() : post())));
    expect(answers.map(({ status, attempts }) => [status, attempts])).toEqual(Array(8).fill([200, 1]));
    expect(server.tokens).toHaveLength(2);
    // It happens again an hour later, and again it is one.
    valid.token = 3;
    await Promise.all(Array.from({ length: 8 }, () => client.request(get())));
    expect(server.tokens).toHaveLength(3);
  });

  test("that are always answered 401 end in a clear error, and cost two tokens for any number of operations", async () => {
    const server = await serve((_request, response) => json(response, 401, { errorCode: "NOT_ORG_OWNER" }));
    const client = clientOf(server.url);
    const error = await errorOf(client.request(post()));
    expect(error).toMatchObject({
      code: "http-unauthorized",
      status: 401,
      sent: "no",
      body: { errorCode: "NOT_ORG_OWNER" },
    });
    expect(error.message).toContain("HTTP 401: the server refused a new token: may this service account do it");
    await Promise.all(Array.from({ length: 20 }, () => errorOf(client.request(get()))));
    expect(server.tokens).toHaveLength(2);
  });

  test("that the endpoint refuses end in an error that is the operation's own, and are not tried again for each", async () => {
    const server = await serve((_request, response) => json(response, 200, {}), {
      token: (_request, response) => json(response, 401, { error: "invalid_client" }),
    });
    const client = clientOf(server.url);
    const errors = await Promise.all(Array.from({ length: 20 }, () => errorOf(client.request(post()))));
    for (const error of errors) {
      expect(error).toMatchObject({
        code: "http-unauthorized",
        operation: "create a thing",
        path: "/things",
        sent: "no",
      });
      expect(error.message).toContain(
        "create a thing: POST /things: no access token from POST /api/oauth/token: the endpoint answered 401: is the client id right",
      );
    }
    expect(server.tokens).toHaveLength(1);
    expect(server.seen).toHaveLength(0);
  });

  test("never aliasOf the status of the token endpoint to the operation: its 404 is not a missing object", async () => {
    const server = await serve((_request, response) => json(response, 200, {}), {
      token: (_request, response) => json(response, 404, {}),
    });
    const error = await errorOf(clientOf(server.url).request(get()));
    expect(error).toMatchObject({ code: "http-unauthorized", status: undefined, sent: "no" });
  });

  test("wait together for a token endpoint that is limited, slow or failing, and ask it no more than ten times a minute", async () => {
    const times: number[] = [];
    const clock = { now: () => 0 };
    const server = await serve((_request, response) => json(response, 200, {}), {
      token: (_request, response, count) => {
        times.push(clock.now());
        if (count === 1) return json(response, 429, {}, { "retry-after": "20" });
        if (count < 4) return json(response, 500, {});
        setTimeout(() => json(response, 200, { access_token: "late-token-0123456789", expires_in: 3600 }), 5);
      },
    });
    const client = clientOf(server.url);
    clock.now = () => client.clock.now();
    const answers = await Promise.all(Array.from({ length: 30 }, () => client.request(post())));
    expect(answers).toHaveLength(30);
    expect(times).toHaveLength(4);
    expect(times[1]).toBeGreaterThanOrEqual(20_000);
  });

  test("that no endpoint answers with a token leave each operation its deadline", async () => {
    const server = await serve((_request, response) => json(response, 200, {}), { token: () => {} });
    const client = clientOf(server.url);
    const first = errorOf(client.request(post({ deadlineMs: 1_000 })));
    await client.clock.sleep(2_000);
    expect(await first).toMatchObject({ code: "http-timeout", sent: "no" });
  });

  test.each(["{}", '{"access_token":5}', '{"access_token":"a\\r\\nb"}', "<html>", '{"access_token":""}'])(
    "are not satisfied with %s for a token",
    async (body) => {
      const server = await serve((_request, response) => json(response, 200, {}), {
        token: (_request, response) => response.writeHead(200, { "content-type": "application/json" }).end(body),
      });
      expect((await errorOf(clientOf(server.url).request(get()))).code).toBe("http-unauthorized");
    },
  );

  test("are not sent to a token endpoint on another origin", async () => {
    const authentication = {
      kind: "client-credentials",
      tokenUrl: "https://evil.example/token",
      clientId: "a",
      clientSecret: "s3cr3t-other",
    } as const;
    expect(() => clientOf("https://cloud.example", { authentication })).toThrow(
      "the token URL is not on cloud.example, where the base URL is: no secret is sent elsewhere",
    );
  });

  test("of a client that was closed amid its request do not fail another client", async () => {
    const asked = Promise.withResolvers<void>();
    const server = await serve((_request, response) => json(response, 200, {}), {
      token: (_request, response, count) =>
        count === 1
          ? asked.resolve()
          : json(response, 200, { access_token: "second-token-0123456789", expires_in: 60 }),
    });
    const authentication = {
      kind: "client-credentials",
      tokenUrl: `${server.url}/api/oauth/token`,
      clientId: "closing",
      clientSecret: "s3cr3t",
    } as const;
    const [one, two] = [clientOf(server.url, { authentication }), clientOf(server.url, { authentication })];
    const first = errorOf(one.request(get()));
    await asked.promise;
    const second = two.request(get());
    await one.close();
    expect((await first).code).toBe("http-aborted");
    expect((await second).status).toBe(200);
  });
});

/** A digest server with a user "public" and a password "private"; counts challenges, checks uri and nc. */
function digestServer(options: { algorithm?: string; qop?: boolean; nonceUses?: number; stale?: boolean } = {}) {
  const state = { challenges: 0, nonce: 0, uses: new Set<string>() };
  const hash = (text: string) =>
    createHash(options.algorithm?.startsWith("SHA-256") ? "sha256" : "md5")
      .update(text)
      .digest("hex");
  const challenge = (response: http.ServerResponse, stale = false) => {
    state.challenges++;
    state.nonce++;
    state.uses.clear();
    const algorithm = options.algorithm ? `, algorithm=${options.algorithm}` : "";
    const qop = options.qop === false ? "" : ', qop="auth,auth-int"';
    const header = `Digest realm="MMS Public API", domain="", nonce="n${state.nonce}"${algorithm}${qop}, opaque="o,=\\"", stale=${stale}`;
    json(response, 401, { error: 401 }, { "www-authenticate": header });
  };
  const answer: Answerer = (request: Seen, response) => {
    const given = request.headers.authorization;
    if (given === undefined) return challenge(response);
    const field = (name: string) => new RegExp(`[ ,]${name}="?([^",]*)`).exec(given)?.[1] ?? "";
    if (field("nonce") !== `n${state.nonce}` || state.uses.size >= (options.nonceUses ?? Infinity))
      return challenge(response, options.stale);
    const nc = field("nc");
    if (options.qop !== false && (state.uses.has(nc) || field("uri") !== request.url))
      return json(response, 400, { nc });
    state.uses.add(nc);
    let a1 = hash("public:MMS Public API:private");
    if (options.algorithm?.endsWith("-sess")) a1 = hash(`${a1}:${field("nonce")}:${field("cnonce")}`);
    const proof = options.qop === false ? field("nonce") : `${field("nonce")}:${nc}:${field("cnonce")}:auth`;
    const expected = hash(`${a1}:${proof}:${hash(`${request.method}:${request.url}`)}`);
    return field("response") === expected ? json(response, 200, { nc }) : challenge(response);
  };
  return { answer, state };
}

const key = { kind: "digest", username: "public", password: "private" } as const;

describe("digest", () => {
  test.each([undefined, "MD5", "md5", "MD5-sess", "SHA-256", "SHA-256-sess"])(
    "with algorithm %s gets in",
    async (algorithm) => {
      const { answer, state } = digestServer(algorithm === undefined ? {} : { algorithm });
      const server = await serve(answer);
      const client = clientOf(server.url, { authentication: key });
      expect((await client.request(post({ query: { a: "b c", d: ["1", "2"] } }))).body).toEqual({ nc: "00000001" });
      expect((await client.request(get())).body).toEqual({ nc: "00000002" });
      expect(state.challenges).toBe(1);
      expect(server.seen).toHaveLength(3);
    },
  );

  test("in the old form without qop gets in", async () => {
    const { answer } = digestServer({ qop: false });
    const server = await serve(answer);
    expect((await clientOf(server.url, { authentication: key }).request(get())).status).toBe(200);
  });

  test("costs one challenge for 40 operations of 8 workers", async () => {
    const { answer, state } = digestServer();
    const server = await serve(answer);
    const client = clientOf(server.url, { authentication: key });
    await Promise.all(Array.from({ length: 40 }, (_, i) => client.request(i % 2 ? get() : post())));
    expect(state.challenges).toBe(1);
    expect(server.seen).toHaveLength(41);
  });

  test.each([true, false])("with a nonce that expires (stale=%s) takes the new one", async (stale) => {
    const { answer, state } = digestServer({ nonceUses: 3, stale });
    const server = await serve(answer);
    const client = clientOf(server.url, { authentication: key });
    for (let i = 0; i < 10; i++) expect((await client.request(post())).attempts).toBe(1);
    expect(state.challenges).toBe(4);
  });

  test("with a wrong password ends after one answered challenge", async () => {
    const { answer } = digestServer();
    const server = await serve(answer);
    const error = await errorOf(
      clientOf(server.url, { authentication: { ...key, password: "wrong password" } }).request(post()),
    );
    expect(error).toMatchObject({ code: "http-unauthorized", status: 401, sent: "no", body: { error: 401 } });
    expect(server.seen).toHaveLength(2);
  });

  test("always stale ends, too", async () => {
    const server = await serve((_request, response, count) =>
      json(response, 401, {}, { "www-authenticate": `Digest realm="r", nonce="${count}", qop="auth", stale=true` }),
    );
    expect((await errorOf(clientOf(server.url, { authentication: key }).request(get()))).status).toBe(401);
    expect(server.seen).toHaveLength(3);
  });

  test("is not answered where the server asks for something else", async () => {
    const server = await serve((_request, response) =>
      json(response, 401, {}, { "www-authenticate": 'Basic realm="x"' }),
    );
    expect((await errorOf(clientOf(server.url, { authentication: key }).request(get()))).status).toBe(401);
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]?.headers.authorization).toBeUndefined();
  });

  test("lets the others try when the one that went ahead fails", async () => {
    const { answer } = digestServer();
    const server = await serve((request, response, count) =>
      count === 1 ? response.destroy() : answer(request, response, count),
    );
    const client = clientOf(server.url, { authentication: key });
    const outcomes = await Promise.allSettled([client.request(post()), client.request(post()), client.request(get())]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
  });

  // RFC 7616, 3.9.1.
  test.each([
    ["MD5", "8ca523f5e9506fed4657c9700eebdbec"],
    ["SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"],
  ])("computes the response of the standard's example for %s", (algorithm, response) => {
    const challenge = parseDigestChallenges(
      `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
    );
    const header = digestHeader(challenge!, 1, "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", {
      username: "Mufasa",
      password: "Circle of Life",
      method: "GET",
      path: "/dir/index.html",
    });
    expect(header).toContain(`response="${response}"`);
    expect(header).toContain("nc=00000001");
    expect(header).toContain('uri="/dir/index.html"');
  });

  test("prefers SHA-256 among several challenges, and answers none that it cannot", () => {
    const both =
      'Basic realm="a, b", Digest realm="r", nonce="1", qop="auth", algorithm=MD5, Digest realm="r", nonce="2", qop="auth", algorithm=SHA-256';
    expect(parseDigestChallenges(both)).toMatchObject({ nonce: "2", hash: "sha256" });
    expect(parseDigestChallenges('Digest realm="r", nonce="1", qop="auth-int"')).toBeUndefined();
    expect(parseDigestChallenges('Digest realm="r", nonce="1", algorithm=SHA-512-256')).toBeUndefined();
    expect(parseDigestChallenges('Digest realm="r"')).toBeUndefined();
    expect(parseDigestChallenges("")).toBeUndefined();
  });
});

describe("the user agent", () => {
  test("tells version, engine, operation and runtime", async () => {
    const server = await serve((_request, response) => json(response, 200, {}));
    await clientOf(server.url, { engine: "terraform" }).request(get({ operation: "grant (Zoë; x)" }));
    expect(server.seen[0]?.headers["user-agent"]).toMatch(
      /^mongofed\/\d+\.\d+\.\d+ \(terraform; grant {2}Zo\? {2}x ; node\/\d+/,
    );
    expect(server.tokens[0]?.headers["user-agent"]).toContain("(terraform; get an access token; node/");
  });
});
