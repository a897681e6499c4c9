/** The callbacks of `examples/node-callback`, each against a token endpoint on this machine. */

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { MongoClientOptions, OIDCCallbackFunction } from "mongodb";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import {
  clientCredentials,
  clientWith,
  entraManagedIdentity,
  entraServicePrincipal,
  githubActions,
} from "../../examples/node-callback/index.ts";
import { connectionFor } from "../../provider/connection/index.ts";

/** Shaped like a token, and none. */
const token = "header.claims.signature";
const secret = "s3cr+t: %40";

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
  readonly form: Record<string, string>;
}

/** A token endpoint that answers every request with this, or never. */
async function endpoint(answer: { status?: number; body?: unknown } | "never") {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    asked.push({
      method: request.method ?? "",
      url: new URL(request.url ?? "", "http://localhost"),
      headers: request.headers,
      form,
    });
    if (answer === "never") return;
    response.writeHead(answer.status ?? 200, { "content-type": "application/json", location: "/elsewhere" });
    response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?v=1` };
}

/** As the driver calls it. */
const called = (callback: OIDCCallbackFunction, timeoutContext = AbortSignal.timeout(10_000)) =>
  callback({ version: 1, timeoutContext });

async function failureOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "it did not fail",
    (error) => String(error),
  );
}

afterEach(() => vi.unstubAllEnvs());

describe("client credentials", () => {
  const at = (tokenEndpoint: string, more = {}) =>
    clientCredentials({ tokenEndpoint, clientId: "billing", clientSecret: secret, ...more });

  test("are exchanged for a token", async () => {
    const { asked, url } = await endpoint({ body: { access_token: token, expires_in: 3600, token_type: "Bearer" } });
    expect(await called(at(url, { scope: "mongodb", audience: "api://mongodb" }))).toEqual({
      accessToken: token,
      expiresInSeconds: 3600,
    });
    expect(asked).toMatchObject([
      { method: "POST", form: { grant_type: "client_credentials", scope: "mongodb", audience: "api://mongodb" } },
    ]);
    const sent = Buffer.from(asked[0]!.headers.authorization!.replace("Basic ", ""), "base64").toString();
    expect(sent, "as in a form: RFC 6749, section 2.3.1").toBe("billing:s3cr%2Bt%3A+%2540");
  });

  test("ask for nothing that they were not told to", async () => {
    const { asked, url } = await endpoint({ body: { access_token: token } });
    expect(await called(at(url))).toEqual({ accessToken: token });
    expect(asked[0]?.form).toEqual({ grant_type: "client_credentials" });
  });

  test.each([
    ["a refusal", { status: 401, body: { error: "invalid_client", hint: secret } }, /HTTP 401 \(invalid_client\)$/],
    ["a refusal without a code", { status: 500, body: `<html>${secret}` }, /HTTP 500$/],
    ["a code that is none", { status: 400, body: { error: `${secret} is wrong` } }, /HTTP 400$/],
    ["no JSON", { body: secret }, /without access_token$/],
    ["an opaque token", { body: { access_token: secret } }, /an opaque token/],
    ["a redirect, which would take the secret along", { status: 307 }, /fetch failed/],
  ])("tell of %s, and repeat no secret", async (_name, answer, message) => {
    const { asked, url } = await endpoint(answer);
    const failure = await failureOf(called(at(url)));
    expect(failure).toMatch(message);
    expect(failure).not.toContain("s3cr");
    expect(asked).toHaveLength(1);
  });

  test("give up when the driver does", async () => {
    const { url } = await endpoint("never");
    expect(await failureOf(called(at(url), AbortSignal.timeout(100)))).toContain("Timeout");
  });
});

describe("a job of GitHub Actions", () => {
  test("asks for a token for the audience", async () => {
    const { asked, url } = await endpoint({ body: { value: token } });
    vi.stubEnv("ACTIONS_ID_TOKEN_REQUEST_URL", url);
    vi.stubEnv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "pass");
    expect(await called(githubActions({ audience: "a&b" }))).toEqual({ accessToken: token });
    expect(asked[0]?.method).toBe("GET");
    expect(asked[0]?.headers.authorization).toBe("Bearer pass");
    expect(Object.fromEntries(asked[0]!.url.searchParams)).toEqual({ v: "1", audience: "a&b" });
  });

  test("says which permission is missing", async () => {
    vi.stubEnv("ACTIONS_ID_TOKEN_REQUEST_URL", "");
    expect(await failureOf(called(githubActions({ audience: "x" })))).toContain("id-token: write");
  });

  test("gives up when the driver does", async () => {
    const { url } = await endpoint("never");
    vi.stubEnv("ACTIONS_ID_TOKEN_REQUEST_URL", url);
    vi.stubEnv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "pass");
    expect(await failureOf(called(githubActions({ audience: "x" }), AbortSignal.timeout(100)))).toContain("Timeout");
  });
});

describe("Entra ID", () => {
  test("gives a managed identity of App Service a token, by MSAL", async () => {
    const expires_on = String(Math.floor(Date.now() / 1000) + 3600);
    const { asked, url } = await endpoint({ body: { access_token: token, expires_on, token_type: "Bearer" } });
    vi.stubEnv("IDENTITY_ENDPOINT", url.replace("?v=1", ""));
    vi.stubEnv("IDENTITY_HEADER", "pass");
    const clientId = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
    const { accessToken, expiresInSeconds } = await called(
      entraManagedIdentity({ resource: "api://mongodb", clientId }),
    );
    expect(accessToken).toBe(token);
    expect(expiresInSeconds).toBeGreaterThan(3500);
    expect(Object.fromEntries(asked[0]!.url.searchParams)).toMatchObject({
      resource: "api://mongodb",
      client_id: clientId,
    });
    expect(asked[0]?.headers["x-identity-header"]).toBe("pass");
  });

  test("takes a service principal with a secret", () => {
    const settings = { tenantId: "8f1c2a54-3b6d-4e0f-9a7b-5c4d3e2f1a0b", clientId: "x", scope: "y/.default" };
    expect(entraServicePrincipal({ ...settings, credential: { clientSecret: secret } })).toBeTypeOf("function");
  });
});

test("the driver takes what the stack says, with the callback", () => {
  const { uri, options, callback } = connectionFor(
    { idpType: "WORKLOAD", issuerUri: "https://token.actions.githubusercontent.com", audience: "mongodb" },
    { runsOn: "github-actions", host: "cluster0.abcde.mongodb.net" },
  );
  // As it comes out of a stack.
  const exported = JSON.parse(JSON.stringify({ uri, options })) as { uri: string; options: MongoClientOptions };
  const ours = githubActions({ audience: callback?.audience ?? "" });
  const { credentials, srvHost } = clientWith(exported, ours).options;
  expect(srvHost).toBe("cluster0.abcde.mongodb.net");
  expect(credentials).toMatchObject({ mechanism: "MONGODB-OIDC", mechanismProperties: { OIDC_CALLBACK: ours } });
});
